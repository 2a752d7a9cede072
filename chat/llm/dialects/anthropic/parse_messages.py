"""A caller's messages as ours. Results of tools, which stand in the user's messages there, become
messages of their own; blocks that only Anthropic's servers understand are passed over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from chat.llm.dialects.reading import Fields, invalid
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

_ROLES: dict[str, Role] = {"user": "user", "assistant": "assistant", "system": "system"}


def parse_messages(system: Any, items: list[Any] | None) -> tuple[Message, ...]:
    if not items:
        raise invalid("messages", "a list that is not empty")
    messages: list[Message] = []
    if system:
        messages.append(Message("system", _parts(system, "system")))
    for number, item in enumerate(items):
        messages += _message(Fields(item, f"messages[{number}]"))
    return with_tool_ids(messages)


def cache_ttl(body: dict[str, Any]) -> str | None:
    """How long caches are to live, where it is not the usual five minutes."""
    items = body.get("messages")
    said = [item.get("content") for item in _objects(items)]
    results = [block.get("content") for content in said for block in _objects(content)]
    places = (body.get("system"), body.get("tools"), *said, *results, [body])
    for block in (block for place in places for block in _objects(place)):
        marker = block.get("cache_control")
        ttl = marker.get("ttl") if isinstance(marker, dict) else None
        if isinstance(ttl, str) and ttl != "5m":
            return ttl
    return None


def _objects(items: Any) -> list[dict[str, Any]]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _message(fields: Fields) -> list[Message]:
    role = _ROLES.get(fields.required_text("role"))
    if role is None:
        raise invalid(fields.path("role"), "user, assistant or system")
    parts = _parts(fields.any("content"), fields.path("content"))
    if role != "user":
        return [Message(role, parts)]
    results = tuple(part for part in parts if isinstance(part, ToolResultPart))
    rest = tuple(part for part in parts if not isinstance(part, ToolResultPart))
    messages = [Message("tool", results)] if results else []
    return [*messages, Message("user", rest)] if rest or not results else messages


def _parts(content: Any, path: str) -> tuple[Part, ...]:
    if isinstance(content, str):
        return (TextPart(content),)
    if not isinstance(content, list):
        raise invalid(path, "a string or a list of blocks")
    return tuple(
        part
        for number, item in enumerate(content)
        for part in _block(Fields(item, f"{path}[{number}]"))
    )


def _block(block: Fields) -> list[Part]:
    match block.text("type"):
        case "text":
            is_boundary = bool(block.any("cache_control"))
            return [TextPart(block.text("text") or "", is_cache_boundary=is_boundary)]
        case "image":
            return [_marked(block, _media(block, "image/*"))]
        case "document":
            return [_marked(block, _media(block, "application/pdf"))]
        case "thinking":
            return [ReasoningPart(block.text("thinking") or "", block.text("signature") or None)]
        case "redacted_thinking":
            return [ReasoningPart(encrypted=block.text("data") or "")]
        case "tool_use":
            arguments = block.object("input")
            written = msgspec.json.encode(arguments.rest if arguments else {}).decode()
            return [ToolCallPart(block.required_text("name"), written, block.text("id") or None)]
        case "tool_result":
            return _tool_result(block)
        case None:
            raise invalid(block.path("type"), "a kind of block")
        case _:
            return []


def _tool_result(block: Fields) -> list[Part]:
    """A picture among the results is shown to the model as one of the user's."""
    content = block.any("content")
    parts = _parts(content, block.path("content")) if content is not None else ()
    words = "".join(part.text for part in parts if isinstance(part, TextPart))
    call_id, is_error = block.text("tool_use_id"), block.flag("is_error") or False
    pictures = [part for part in parts if isinstance(part, MediaPart)]
    is_boundary = bool(block.any("cache_control"))
    result = ToolResultPart(call_id, words, is_error=is_error, is_cache_boundary=is_boundary)
    return [result, *pictures]


def _marked(block: Fields, part: MediaPart) -> MediaPart:
    return replace(part, is_cache_boundary=bool(block.any("cache_control")))


def _media(block: Fields, media_type: str) -> MediaPart:
    source, name = block.object("source"), block.text("title")
    if source is None:
        raise invalid(block.path("source"), "an object")
    match source.text("type"):
        case "url":
            return MediaPart(media_type, url=source.required_text("url"), name=name)
        case "text":
            words = source.text("data") or ""
            return MediaPart("text/plain", data=words.encode("utf-8", "replace"), name=name)
        case "base64":
            data = decode_base64(source.text("data") or "")
            if not data:
                raise invalid(source.path("data"), "base64")
            return MediaPart(source.required_text("media_type"), data=data, name=name)
        case _:
            raise invalid(source.path("type"), "base64, url or text: files are not kept here")
