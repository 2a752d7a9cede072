"""Parts of a message as JSON, and back. The stored form is ours: it outlives every dialect."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from chat.llm.events import Citation
from chat.llm.types import (
    MediaPart,
    Part,
    ReasoningPart,
    RefusalPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)


def storable(text: str) -> str:
    """The text without what a database refuses: NUL and lone surrogates become U+FFFD, so that
    SQLite and PostgreSQL keep the same characters."""
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        # The detour joins halves of a pair that arrived apart; what is still alone is replaced.
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def part_to_json(part: Part) -> dict[str, Any]:
    match part:
        case TextPart(text=text):
            return {"type": "text", "text": text}
        case ReasoningPart():
            return _sparse("reasoning", part, "signature", "encrypted") | {"text": part.text}
        case RefusalPart(text=text):
            return {"type": "refusal", "text": text}
        case ToolCallPart():
            fields: dict[str, Any] = {"name": part.name, "arguments": part.arguments}
            return _sparse("tool_call", part, "id", "signature") | fields
        case ToolResultPart():
            fields = {"content": part.content, "is_error": part.is_error}
            return _sparse("tool_result", part, "call_id", "name") | fields
        case MediaPart():
            json = _sparse("media", part, "url", "name") | {"media_type": part.media_type}
            if part.data is not None:
                json["data"] = base64.b64encode(part.data).decode("ascii")
            return json


def citations_to_json(citations: Iterable[Citation]) -> list[dict[str, Any]]:
    """One part for all that an answer cites, or none. Shown and exported, never sent back."""
    items = [{"url": citation.url, "title": citation.title} for citation in citations]
    return [{"type": "citations", "items": items}] if items else []


def parts_from_json(parts: Iterable[dict[str, Any]]) -> tuple[Part, ...]:
    return tuple(part_from_json(part) for part in parts if part["type"] != "citations")


def part_from_json(json: dict[str, Any]) -> Part:
    fields = {name: value for name, value in json.items() if name != "type"}
    match json["type"]:
        case "text":
            return TextPart(**fields)
        case "reasoning":
            return ReasoningPart(**fields)
        case "refusal":
            return RefusalPart(**fields)
        case "tool_call":
            return ToolCallPart(**fields)
        case "tool_result":
            return ToolResultPart(**fields)
        case "media":
            if "data" in fields:
                fields["data"] = base64.b64decode(fields["data"])
            return MediaPart(**fields)
    raise ValueError(f"no such part: {json['type']}")


def _sparse(kind: str, part: Part, *names: str) -> dict[str, Any]:
    values = {name: getattr(part, name) for name in names}
    return {"type": kind} | {name: value for name, value in values.items() if value is not None}
