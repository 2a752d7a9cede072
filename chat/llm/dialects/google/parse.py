"""A caller's generateContent body as a request of ours.

The model and whether to stream stand in the URL there, so they are given beside it.
"""

from __future__ import annotations

from typing import Any, cast, get_args

from chat.llm.dialects.google.fields import AnyCase, json_schema
from chat.llm.dialects.google.parse_contents import parse_contents
from chat.llm.dialects.reading import invalid
from chat.llm.types import (
    Parameters,
    ReasoningEffort,
    Request,
    ResponseFormat,
    Tool,
    ToolChoice,
)

_ELSEWHERE = ("safetySettings", "cachedContent", "serviceTier", "labels", "modelArmorConfig")
"""Fields that go on to Google alone, or nowhere, under the one name by which they are known."""
_MODES = {"AUTO": "auto", "NONE": "none", "ANY": "required", "VALIDATED": "auto"}


def parse_request(body: Any, *, model: str, is_streamed: bool) -> Request:
    """Raise `BadRequest`, whose `parameter` names the field."""
    fields = AnyCase(body)
    messages = parse_contents(fields.any("systemInstruction"), fields.any("contents"))
    config = fields.object("generationConfig") or AnyCase({}, "generationConfig")
    tools_given = fields.items("tools")
    tools = _tools(tools_given)
    choice = _tool_choice(fields.object("toolConfig"))
    known = {name: value for name in _ELSEWHERE if (value := fields.any(name)) is not None}
    fields.any("model")  # it stands in the address
    extra = {**fields.rest, **known, **_own_tools(tools_given)}
    parameters = _parameters(config, tools, choice, extra=extra)
    return Request(model.removeprefix("models/"), messages, parameters, is_streamed)


def _parameters(
    config: AnyCase,
    tools: tuple[Tool, ...] | None,
    choice: ToolChoice | None,
    *,
    extra: dict[str, Any],
) -> Parameters:
    effort, budget = _thinking(config.object("thinkingConfig"))
    is_logged, alternatives = config.flag("responseLogprobs"), config.whole("logprobs")
    return Parameters(
        temperature=config.number("temperature"),
        max_output_tokens=config.whole("maxOutputTokens"),
        top_p=config.number("topP"),
        top_k=config.whole("topK"),
        frequency_penalty=config.number("frequencyPenalty"),
        presence_penalty=config.number("presencePenalty"),
        seed=config.whole("seed"),
        stop_sequences=_stop(config),
        reasoning_effort=effort,
        reasoning_budget_tokens=budget,
        response_format=_format(config),
        tools=tools,
        tool_choice=choice,
        logprobs=(alternatives or 0) if is_logged else None,
        choices=config.whole("candidateCount"),
        extra=extra | ({"generationConfig": config.rest} if config.rest else {}),
    )


def _stop(config: AnyCase) -> tuple[str, ...] | None:
    items = config.items("stopSequences")
    if items is None:
        return None
    if not all(isinstance(item, str) for item in items):
        raise invalid("generationConfig.stopSequences", "a list of strings")
    return tuple(items)


def _thinking(config: AnyCase | None) -> tuple[ReasoningEffort | None, int | None]:
    if config is None:
        return None, None
    level, budget = config.text("thinkingLevel"), config.whole("thinkingBudget")
    if level is not None and level.lower() not in get_args(ReasoningEffort):
        raise invalid("generationConfig.thinkingConfig.thinkingLevel", "minimal, low, … or high")
    if budget == 0:
        return "none", None
    known = cast(ReasoningEffort | None, level.lower() if level else None)
    return known, budget if budget is not None and budget > 0 else None


def _format(config: AnyCase) -> ResponseFormat | None:
    media_type = config.text("responseMimeType")
    given, own = config.any("responseJsonSchema"), config.any("responseSchema")
    if given is not None or own is not None:
        schema = json_schema(own) if given is None else given
        if not isinstance(schema, dict):
            raise invalid("generationConfig.responseJsonSchema", "an object")
        return ResponseFormat("json_schema", schema=schema)
    if media_type == "application/json":
        return ResponseFormat("json")
    return ResponseFormat("text") if media_type == "text/plain" else None


def _own_tools(items: list[Any] | None) -> dict[str, Any]:
    """Those that run on Google's servers: each by its name."""
    entries = (item for item in items or () if isinstance(item, dict))
    return {
        f"tools.{name}": value
        for entry in entries
        for name, value in entry.items()
        if name.replace("_", "").lower() != "functiondeclarations"
    }


def _tools(items: list[Any] | None) -> tuple[Tool, ...] | None:
    """Functions."""
    if items is None:
        return None
    tools: list[Tool] = []
    for number, item in enumerate(items):
        entry = AnyCase(item, f"tools[{number}]")
        for place, function in enumerate(entry.items("functionDeclarations") or ()):
            path = f"tools[{number}].functionDeclarations[{place}]"
            tools.append(_function(AnyCase(function, path)))
    return tuple(tools) or None


def _function(function: AnyCase) -> Tool:
    given, own = function.object("parametersJsonSchema"), function.any("parameters")
    schema = json_schema(own or {}) if given is None else given.rest
    if not isinstance(schema, dict):
        raise invalid(function.path("parameters"), "an object")
    return Tool(function.required_text("name"), function.text("description") or "", schema)


def _tool_choice(config: AnyCase | None) -> ToolChoice | None:
    calling = config.object("functionCallingConfig") if config is not None else None
    mode = calling.text("mode") if calling is not None else None
    if calling is None or mode is None:
        return None
    if mode.upper() not in _MODES:
        raise invalid("toolConfig.functionCallingConfig.mode", "AUTO, ANY or NONE")
    names = calling.items("allowedFunctionNames") or []
    if mode.upper() == "ANY" and len(names) == 1 and isinstance(names[0], str):
        return ToolChoice("tool", names[0])
    return ToolChoice(cast(Any, _MODES[mode.upper()]))
