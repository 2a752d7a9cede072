"""A caller's contents as messages of ours."""

from __future__ import annotations

from typing import Any

import msgspec

from chat.llm.dialects.google import signatures
from chat.llm.dialects.google.fields import AnyCase
from chat.llm.dialects.reading import invalid
from chat.llm.dialects.tool_ids import with_tool_ids
from chat.llm.media import decode_base64
from chat.llm.types import (
    MediaPart,
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)

_ROLES: dict[str, Role] = {"user": "user", "model": "assistant", "function": "tool"}


def parse_contents(system: Any, contents: Any) -> tuple[Message, ...]:
    """A bare string and a single content are taken for what they mean."""
    items = contents if isinstance(contents, list) else [contents]
    if not items or contents is None:
        raise invalid("contents", "a list that is not empty")
    messages: list[Message] = []
    if system:
        messages.append(Message("system", _content(system, "systemInstruction")[1]))
    for number, item in enumerate(items):
        role, parts = _content(item, f"contents[{number}]")
        results = tuple(part for part in parts if isinstance(part, ToolResultPart))
        rest = tuple(part for part in parts if not isinstance(part, ToolResultPart))
        if results:
            messages.append(Message("tool", results))
        if rest or not results:
            messages.append(Message("user" if role == "tool" else role, rest))
    return with_tool_ids(messages)


def _content(item: Any, path: str) -> tuple[Role, tuple[Part, ...]]:
    if isinstance(item, str):
        return "user", (TextPart(item),)
    content = AnyCase(item, path)
    role = _ROLES.get(content.text("role") or "user")
    if role is None:
        raise invalid(content.path("role"), "user or model")
    parts = content.any("parts")
    entries = parts if isinstance(parts, list) else [parts] if parts is not None else []
    found = (
        _part(entry, f"{content.path('parts')}[{number}]") for number, entry in enumerate(entries)
    )
    return role, tuple(part for part in found if part is not None)


def _part(item: Any, path: str) -> Part | None:
    """None for parts that only Google's servers understand."""
    if isinstance(item, str):
        return TextPart(item)
    part = AnyCase(item, path)
    signature, encrypted = signatures.read(part.text("thoughtSignature"))
    call, result = part.object("functionCall"), part.object("functionResponse")
    inline, file = part.object("inlineData"), part.object("fileData")
    if call is not None:
        arguments = msgspec.json.encode(call.any("args") or {}).decode()
        name, id = call.required_text("name"), call.text("id") or None
        return ToolCallPart(name, arguments, id, signature)
    if result is not None:
        return _tool_result(result)
    if inline is not None:
        data = decode_base64(inline.text("data") or "")
        if not data:
            raise invalid(inline.path("data"), "base64")
        return MediaPart(inline.required_text("mimeType"), data=data)
    if file is not None:
        url = file.required_text("fileUri")
        return MediaPart(file.text("mimeType") or "application/octet-stream", url=url)
    words = part.text("text")
    if words is None:
        return None
    if encrypted is not None:
        return ReasoningPart(words, encrypted=encrypted)
    if part.flag("thought") or (signature is not None and not words):
        return ReasoningPart(words, signature)
    return TextPart(words)


def _tool_result(result: AnyCase) -> ToolResultPart:
    """A lone `result`, `output` or `error` is what it holds; any other object is itself."""
    response = result.any("response")
    fields = response if isinstance(response, dict) else {"result": response}
    content: Any = fields
    if len(fields) == 1 and fields.keys() <= {"result", "output", "error"}:
        (content,) = fields.values()
    if not isinstance(content, str):
        content = msgspec.json.encode(content).decode()
    name, id = result.text("name") or None, result.text("id") or None
    return ToolResultPart(id, content, name, is_error=fields.keys() == {"error"})
