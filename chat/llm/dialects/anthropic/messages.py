"""Messages in Anthropic's shape: blocks in their order, system text at the front.

Thinking goes back with its signature or not at all: the provider refuses it otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from chat.llm.dialects.tool_ids import with_tool_ids
from chat.llm.media import encode_base64
from chat.llm.types import (
    MediaPart,
    Message,
    Part,
    ReasoningPart,
    RefusalPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)

Blocks = list[dict[str, Any]]
_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9_-]")


def encode_messages(
    messages: Iterable[Message],
) -> tuple[str | Blocks | None, list[dict[str, Any]], dict[str, str]]:
    """System text, messages, and what of them could not be said: name and reason."""
    dropped: dict[str, str] = {}
    system: Blocks = []
    encoded: list[dict[str, Any]] = []
    for message in with_tool_ids(messages):
        blocks = _blocks(_allowed(message, dropped), dropped)
        if message.name is not None:
            dropped["name"] = "this dialect has no names of speakers"
        if message.role == "system":
            if encoded:
                dropped["system_position"] = "system text stands at the front in this dialect"
            system += blocks
        elif blocks:
            role = "assistant" if message.role == "assistant" else "user"
            encoded.append({"role": role, "content": _content(blocks)})
    return _content(system) if system else None, encoded, dropped


def _allowed(message: Message, dropped: dict[str, str]) -> tuple[Part, ...]:
    """Only people show something there; from anybody else it is refused."""
    if message.role in ("user", "tool"):
        return message.parts
    parts = tuple(part for part in message.parts if not isinstance(part, MediaPart))
    if len(parts) < len(message.parts):
        whose = "the model" if message.role == "assistant" else "the system text"
        dropped[f"{message.role}_media"] = f"this dialect takes no files back from {whose}"
    return parts


def _content(blocks: Blocks) -> str | Blocks:
    if len(blocks) == 1 and blocks[0].keys() == {"type", "text"}:
        return str(blocks[0]["text"])
    return blocks


def _blocks(parts: tuple[Part, ...], dropped: dict[str, str]) -> Blocks:
    return [block for part in parts if (block := _block(part, dropped)) is not None]


def _block(part: Part, dropped: dict[str, str]) -> dict[str, Any] | None:
    match part:
        case TextPart() | RefusalPart():
            return _text(part)
        case ReasoningPart():
            return _thinking(part, dropped)
        case MediaPart():
            return _media(part, dropped)
        case ToolCallPart():
            if part.signature is not None:
                dropped["tool_call_signature"] = "it belongs to another provider"
            id = _NOT_IN_IDS.sub("_", part.id or "")
            return {"type": "tool_use", "id": id, "name": part.name, "input": _input(part)}
        case ToolResultPart():
            id = _NOT_IN_IDS.sub("_", part.call_id or "")
            block = {"type": "tool_result", "tool_use_id": id, "content": part.content}
            return block | ({"is_error": True} if part.is_error else {}) | _marker(part)


def _text(part: TextPart | RefusalPart) -> dict[str, Any] | None:
    if not part.text:  # an empty block is an error there
        return None
    marker = _marker(part) if isinstance(part, TextPart) else {}
    return {"type": "text", "text": part.text, **marker}


def _marker(part: TextPart | ToolResultPart | MediaPart) -> dict[str, Any]:
    return {"cache_control": {"type": "ephemeral"}} if part.is_cache_boundary else {}


def _thinking(part: ReasoningPart, dropped: dict[str, str]) -> dict[str, Any] | None:
    if part.signature is not None:
        return {"type": "thinking", "thinking": part.text, "signature": part.signature}
    if part.encrypted is not None:
        return {"type": "redacted_thinking", "data": part.encrypted}
    dropped["reasoning_history"] = "this dialect takes back only thinking that it signed"
    return None


def _input(part: ToolCallPart) -> dict[str, Any]:
    try:
        arguments = msgspec.json.decode(part.arguments or "{}")
    except (msgspec.DecodeError, RecursionError):
        arguments = part.arguments
    return arguments if isinstance(arguments, dict) else {"arguments": arguments}


def _media(part: MediaPart, dropped: dict[str, str]) -> dict[str, Any] | None:
    kind = part.media_type.partition("/")[0]
    if kind not in ("image", "application", "text"):
        dropped[kind] = f"Anthropic takes no {kind}"
        return None
    title = {"title": part.name} if part.name and kind != "image" else {}
    name = "image" if kind == "image" else "document"
    return {"type": name, "source": _source(part), **title, **_marker(part)}


def _source(part: MediaPart) -> dict[str, Any]:
    if part.url is not None:
        return {"type": "url", "url": part.url}
    if part.media_type == "text/plain":
        words = (part.data or b"").decode("utf-8", "replace")
        return {"type": "text", "media_type": part.media_type, "data": words}
    data = encode_base64(part.data or b"")
    return {"type": "base64", "media_type": part.media_type, "data": data}
