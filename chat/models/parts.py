"""Parts of a message as JSON, and back. The stored form is ours: it outlives every dialect.

The one rule: no bytes in it. Media is named by its file, counted and hashed.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

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
from chat.models import blobs


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


def storable_json(value: Any) -> Any:
    """The same for every text within; and no number that JSON has no word for."""
    match value:
        case str():
            return storable(value)
        case float() if not math.isfinite(value):
            return None
        case dict():
            return {storable(str(name)): storable_json(item) for name, item in value.items()}
        case list() | tuple():
            return [storable_json(item) for item in value]
    return value


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
                json["size"] = len(part.data)
                json["sha256"] = hashlib.sha256(part.data).hexdigest()
            return json


def citations_to_json(citations: Iterable[Citation]) -> list[dict[str, Any]]:
    """One part for all that an answer cites, or none. Shown and exported, never sent back."""
    items = [{"url": citation.url, "title": citation.title} for citation in citations]
    return [{"type": "citations", "items": items}] if items else []


def parts_from_json(
    parts: Iterable[dict[str, Any]], *, read: Callable[[UUID], bytes | None] = blobs.read
) -> tuple[Part, ...]:
    """With the bytes of their files, from the disk unless `read` has them. Texts that came as files
    become one text with the words that follow: some servers know nothing but a single string."""
    found: list[Part] = []
    is_joined = False
    for json in parts:
        if json["type"] == "citations":
            continue
        part = part_from_json(json, read=read)
        last = found[-1] if found else None
        if is_joined and isinstance(part, TextPart) and isinstance(last, TextPart):
            found[-1] = TextPart(f"{last.text}\n\n{part.text}")
        else:
            found.append(part)
        is_joined = json["type"] == "media" and isinstance(part, TextPart)
    return tuple(found)


def part_from_json(
    json: dict[str, Any], *, read: Callable[[UUID], bytes | None] = blobs.read
) -> Part:
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
            return _media(fields, read)
    raise ValueError(f"no such part: {json['type']}")


def _media(fields: dict[str, Any], read: Callable[[UUID], bytes | None]) -> Part:
    """A text file is text, whatever the model. Without data and address its bytes are gone."""
    data = read(UUID(fields["file"])) if "file" in fields else None
    media_type, name = fields["media_type"], fields.get("name")
    if data is not None and media_type == "text/plain":
        return TextPart(quoted(name or "file", data.decode("utf-8", "replace")))
    return MediaPart(media_type, data=data, url=fields.get("url"), name=name)


def quoted(name: str, text: str) -> str:
    """A file's text in a prompt, in a fence that nothing in it can close."""
    longest = max((len(run) for run in re.findall("`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{name}\n{fence}\n{text.rstrip()}\n{fence}"


def _sparse(kind: str, part: Part, *names: str) -> dict[str, Any]:
    values = {name: getattr(part, name) for name in names}
    return {"type": kind} | {name: value for name, value in values.items() if value is not None}
