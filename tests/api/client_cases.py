"""What real clients put on the wire, as they were seen to. A case is named after what it sends."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.api.stage import MODEL, completion, contents, message

GENAI = {"x_goog_api_client": "google-genai-sdk/3.4.0 gl-python/3.11"}
BETAS = (
    "claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,"
    "prompt-caching-scope-2026-01-05,effort-2025-11-24"
)
SCHEMA = {
    "type": "OBJECT",
    "property_ordering": ["max_length"],
    "properties": {"max_length": {"type": "STRING", "max_length": 9}, "n": {"type": "integer"}},
    "required": ["max_length"],
}
PLAIN = {
    "type": "object",
    "propertyOrdering": ["max_length"],
    "properties": {"max_length": {"type": "string", "maxLength": 9}, "n": {"type": "integer"}},
    "required": ["max_length"],
}
PICTURE = "iVBORw0KGgo="


@dataclass(frozen=True)
class Case:
    """`understood` takes what it is about out of the body that the provider got."""

    name: str
    body: dict[str, Any]
    understood: Callable[[dict[str, Any]], Any]
    expected: Any
    path: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def google(version: str, method: str = "generateContent") -> str:
    return f"/api/{version}/models/{MODEL}:{method}"


def turn(*parts: Any, role: str = "user") -> dict[str, Any]:
    return {"role": role, "parts": list(parts)}


def config(**fields: Any) -> dict[str, Any]:
    return contents(generationConfig=fields)


def tool_of(sent: dict[str, Any]) -> Any:
    return sent["tools"][0]["function"]


CALLED = [
    turn({"text": "Weather?"}),
    turn(
        {
            "function_call": {"name": "look", "args": {"at": "Oslo"}},
            "thoughtSignature": "c2lnbmVk",
        },
        role="model",
    ),
    turn({"function_response": {"name": "look", "response": {"result": "rain"}}}),
]

GOOGLE = (
    Case(
        "google-genai 3: v1 as the version of the API",
        contents(),
        lambda sent: sent["messages"],
        [{"role": "user", "content": "Hello"}],
        google("v1"),
        GENAI,
    ),
    Case(
        "google-genai 2, LangChain, pydantic-ai: v1beta",
        contents(),
        lambda sent: sent["messages"],
        [{"role": "user", "content": "Hello"}],
    ),
    Case(
        "google-genai: inlineData.mime_type",
        contents(contents=[turn({"inlineData": {"mime_type": "image/png", "data": PICTURE}})]),
        lambda sent: sent["messages"][0]["content"][0]["image_url"]["url"],
        f"data:image/png;base64,{PICTURE}",
    ),
    Case(
        "google-genai: thinkingConfig.thinking_budget of nothing",
        config(thinkingConfig={"thinking_budget": 0}),
        lambda sent: sent["reasoning_effort"],
        "none",
    ),
    Case(
        "google-genai: responseSchema with types in upper case, property_ordering and max_length",
        config(responseMimeType="application/json", responseSchema=SCHEMA),
        lambda sent: sent["response_format"]["json_schema"]["schema"],
        PLAIN,
    ),
    Case(
        "google-genai: functionDeclarations with parameters_json_schema",
        contents(
            tools=[{"functionDeclarations": [{"name": "f", "parameters_json_schema": PLAIN}]}]
        ),
        lambda sent: tool_of(sent)["parameters"],
        PLAIN,
    ),
    Case(
        "litellm: generationConfig.max_output_tokens",
        contents(generationConfig={"max_output_tokens": 9, "topP": 0.5}),
        lambda sent: (sent["max_completion_tokens"], sent["top_p"]),
        (9, 0.5),
    ),
    Case(
        "litellm: function_declarations with types in lower case",
        contents(tools=[{"function_declarations": [{"name": "f", "parameters": PLAIN}]}]),
        lambda sent: tool_of(sent)["parameters"],
        PLAIN,
    ),
    Case(
        "litellm: function_call, function_response and thoughtSignature",
        contents(contents=CALLED),
        lambda sent: [
            (said["role"], (said.get("tool_calls") or [{}])[0].get("function", {}).get("name"))
            for said in sent["messages"]
        ],
        [("user", None), ("assistant", "look"), ("tool", None)],
    ),
    Case(
        "litellm: system_instruction and tool_config in snake_case",
        contents(
            system_instruction={"parts": [{"text": "Be brief."}]},
            tools=[{"function_declarations": [{"name": "f"}]}],
            tool_config={"function_calling_config": {"mode": "ANY"}},
        ),
        lambda sent: (sent["messages"][0], sent["tool_choice"]),
        ({"role": "system", "content": "Be brief."}, "required"),
    ),
)

OPENAI = (
    Case(
        "LangChain, pydantic-ai: max_completion_tokens",
        completion(max_completion_tokens=9),
        lambda sent: sent["max_completion_tokens"],
        9,
    ),
    Case(
        "older clients: max_tokens",
        completion(max_tokens=9),
        lambda sent: sent["max_completion_tokens"],
        9,
    ),
    Case(
        "pydantic-ai, llm: stream of false",
        completion(stream=False),
        lambda sent: sent["messages"],
        [{"role": "user", "content": "Hello"}],
    ),
    Case(
        "agents: a message of the developer, and parallel_tool_calls",
        completion(
            messages=[
                {"role": "developer", "content": "Be brief."},
                {"role": "user", "content": "Hello"},
            ],
            tools=[{"type": "function", "function": {"name": "f", "parameters": PLAIN}}],
            parallel_tool_calls=False,
        ),
        lambda sent: (sent["messages"][0]["role"], sent["parallel_tool_calls"]),
        ("system", False),
    ),
)

ANTHROPIC = (
    Case(
        "Anthropic SDK 2: bearer and version 2026-10-21",
        message(),
        lambda sent: sent["messages"],
        [{"role": "user", "content": "Hello"}],
        headers={"anthropic_version": "2026-10-21"},
    ),
    Case(
        "litellm, aider, Vercel: version 2023-06-01",
        message(temperature=0.5),
        lambda sent: sent["temperature"],
        0.5,
        headers={"anthropic_version": "2023-06-01"},
    ),
    Case(
        "a version that nobody has heard of",
        message(),
        lambda sent: len(sent["messages"]),
        1,
        headers={"anthropic_version": "2031-01-01"},
    ),
)


def agent(**fields: Any) -> dict[str, Any]:
    """Claude Code's whole request."""
    ephemeral = {"type": "ephemeral"}
    system = [
        {"type": "text", "text": text, "cache_control": ephemeral} for text in ("A", "B", "C")
    ]
    tools = [
        {
            "name": f"Tool{number}",
            "description": "It works. " * 300,
            "input_schema": {"type": "object", "properties": {"path": {"type": "string"}}},
        }
        for number in range(12)
    ]
    tools[-1]["cache_control"] = ephemeral
    return {
        "model": MODEL,
        "max_tokens": 32000,
        "stream": True,
        "system": system,
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "<reminder>"}]},
            {"role": "system", "content": "In the middle."},
            {
                "role": "user",
                "content": [{"type": "text", "text": "say hi", "cache_control": ephemeral}],
            },
        ],
        "tools": tools,
        "metadata": {"user_id": json.dumps({"device": "d", "session": "s"})},
        "thinking": {"type": "adaptive", "display": "omitted"},
        "context_management": {"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]},
        "output_config": {"effort": "high"},
    } | fields
