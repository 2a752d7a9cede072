"""The bodies of the API, as JSON Schema: what every caller uses, and no ban on the rest."""

from __future__ import annotations

from typing import Any


def reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(*required: str, **properties: Any) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    return schema | ({"required": list(required)} if required else {})


def _list(items: dict[str, Any], *, least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": items} | ({"minItems": least} if least else {})


def _one_of(*values: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}


TEXT = {"type": "string"}
NAME = {"type": "string", "minLength": 1}
NUMBER = {"type": "number"}
WHOLE = {"type": "integer"}
COUNT = {"type": "integer", "minimum": 0}
FLAG = {"type": "boolean"}
ANYTHING: dict[str, Any] = {}
MOMENT = {"type": ["integer", "null"], "description": "Seconds since 1970."}
TEXT_PART = _object("type", "text", type={"const": "text"}, text=TEXT)
CONTENT = {"oneOf": [TEXT, _list(TEXT_PART)]}

_OPENAI = {
    "ChatCompletionRequest": _object(
        "model",
        "messages",
        model=NAME,
        messages=_list(
            _object(
                "role",
                "content",
                role=_one_of("system", "developer", "user", "assistant"),
                content=CONTENT,
            ),
            least=1,
        ),
        stream=FLAG,
        stream_options=_object(include_usage=FLAG),
        max_completion_tokens=WHOLE,
        max_tokens=WHOLE,
        temperature=NUMBER,
        top_p=NUMBER,
        frequency_penalty=NUMBER,
        presence_penalty=NUMBER,
        seed=WHOLE,
        stop={"oneOf": [TEXT, _list(TEXT)]},
        n=WHOLE,
        logprobs=FLAG,
        top_logprobs=WHOLE,
        tools=_list(
            _object(
                "type",
                "function",
                type={"const": "function"},
                function=_object("name", name=NAME, description=TEXT, parameters=_object()),
            )
        ),
        tool_choice={"oneOf": [_one_of("auto", "none", "required"), _object("function")]},
        parallel_tool_calls=FLAG,
        response_format={"oneOf": [_object("type", type=_one_of("text", "json_object"))]},
        reasoning_effort=_one_of("none", "minimal", "low", "medium", "high", "xhigh", "max"),
        user=TEXT,
    ),
    "ChatCompletion": _object(
        "id",
        "object",
        "model",
        "choices",
        "usage",
        id=TEXT,
        object={"const": "chat.completion"},
        created=COUNT,
        model=TEXT,
        choices=_list(
            _object("index", "message", index=COUNT, message=_object(), finish_reason=ANYTHING)
        ),
        usage=_object(
            "prompt_tokens",
            "completion_tokens",
            "total_tokens",
            prompt_tokens=COUNT,
            completion_tokens=COUNT,
            total_tokens=COUNT,
        ),
    ),
}
_ANTHROPIC = {
    "MessageRequest": _object(
        "model",
        "messages",
        "max_tokens",
        model=NAME,
        messages=_list(
            _object(
                "role", "content", role=_one_of("user", "assistant", "system"), content=CONTENT
            ),
            least=1,
        ),
        max_tokens=WHOLE,
        system=CONTENT,
        stream=FLAG,
        temperature=NUMBER,
        top_p=NUMBER,
        top_k=WHOLE,
        stop_sequences=_list(TEXT),
        tools=_list(
            _object("name", "input_schema", name=NAME, description=TEXT, input_schema=_object())
        ),
        tool_choice=_object("type", type=_one_of("auto", "any", "none")),
        thinking=_object("type", type=_one_of("enabled", "disabled", "adaptive")),
        metadata=_object(user_id=TEXT),
    ),
    "Message": _object(
        "id",
        "type",
        "role",
        "content",
        "usage",
        id=TEXT,
        type={"const": "message"},
        role={"const": "assistant"},
        model=TEXT,
        content=_list(_object("type", type=TEXT)),
        stop_reason=ANYTHING,
        stop_sequence=ANYTHING,
        usage=_object("input_tokens", "output_tokens", input_tokens=COUNT, output_tokens=COUNT),
    ),
    "MessageTokens": _object("input_tokens", input_tokens=COUNT),
}
_GENERATED = _object(
    "candidates",
    candidates=_list(_object("content", content=_object(), finishReason=TEXT, index=COUNT)),
    usageMetadata=_object(promptTokenCount=COUNT, totalTokenCount=COUNT),
    modelVersion=TEXT,
    responseId=TEXT,
)
_GOOGLE = {
    "GenerateContentRequest": _object(
        "contents",
        contents=_list(
            _object(
                "parts",
                role=_one_of("user", "model"),
                parts=_list(_object("text", text=TEXT), least=1),
            ),
            least=1,
        ),
        systemInstruction=_object("parts", parts=_list(_object("text", text=TEXT))),
        generationConfig=_object(
            temperature=NUMBER,
            topP=NUMBER,
            topK=WHOLE,
            maxOutputTokens=WHOLE,
            stopSequences=_list(TEXT),
            seed=WHOLE,
            responseMimeType=_one_of("text/plain", "application/json"),
        ),
        tools=_list(_object(functionDeclarations=_list(_object("name", name=NAME)))),
    ),
    "GeneratedContent": _GENERATED,
    "GeneratedContents": _list(_GENERATED),
    "ContentTokens": _object("totalTokens", totalTokens=COUNT),
}
_TASK = _object(
    "id",
    "object",
    "status",
    "created_at",
    id=TEXT,
    object={"const": "task"},
    status=reference("TaskStatus"),
    model=TEXT,
    format=_one_of("openai", "anthropic", "google"),
    request_id=TEXT,
    created_at=MOMENT,
    started_at=MOMENT,
    finished_at=MOMENT,
    expires_at=MOMENT,
    result=ANYTHING,
    error=ANYTHING,
    error_status=ANYTHING,
)

SCHEMAS: dict[str, Any] = {
    **_OPENAI,
    **_ANTHROPIC,
    **_GOOGLE,
    "Model": _object(),
    "Models": _object(),
    "TaskStatus": _one_of("queued", "running", "completed", "failed", "cancelled"),
    "Task": _TASK,
    "Tasks": _object("object", "data", "has_more", object={"const": "list"}, data=_list(_TASK)),
    "Error": _object("error", error=_object("message", message=TEXT)),
}
