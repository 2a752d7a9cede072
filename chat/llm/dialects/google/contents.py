"""Messages in Google's shape: contents of parts, system text apart.

A signature stands on the part that it came with: on a call, or on the text (often empty) after the
thoughts. Gemini 3 refuses a call of its history that has none.
"""

from __future__ import annotations

import mimetypes
from typing import Any

import msgspec

from chat.llm.dialects.google.signatures import FOREIGN_CALL
from chat.llm.dialects.tool_ids import with_tool_ids
from chat.llm.media import decode_base64, encode_base64
from chat.llm.types import (
    MediaPart,
    Message,
    Part,
    ReasoningPart,
    RefusalPart,
    Request,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)

Parts = list[dict[str, Any]]


def encode_contents(
    request: Request, *, has_ids: bool
) -> tuple[Parts, list[dict[str, Any]], dict[str, str]]:
    """System parts, contents, and what could not be said: name and reason."""
    dropped: dict[str, str] = {}
    system: Parts = []
    contents: list[dict[str, Any]] = []
    for message in with_tool_ids(request.messages):
        if message.name is not None:
            dropped["name"] = "this dialect has no names of speakers"
        encoded = (_part(part, has_ids, dropped) for part in _allowed(message, dropped))
        parts = [part for part in encoded if part is not None]
        if message.role == "system":
            if contents:
                dropped["system_position"] = "system text stands at the front in this dialect"
            system += parts
        elif parts:
            role = "model" if message.role == "assistant" else "user"
            if role == "model" and "gemini-3" in request.model:
                _sign(parts)
            contents.append({"role": role, "parts": parts})
    return system, contents, dropped


def _allowed(message: Message, dropped: dict[str, str]) -> tuple[Part, ...]:
    if message.role != "system" or not any(isinstance(p, MediaPart) for p in message.parts):
        return message.parts
    dropped["system_media"] = "this dialect takes only text from the system"
    return tuple(part for part in message.parts if not isinstance(part, MediaPart))


def _sign(parts: Parts) -> None:
    """Only the first call of a step carries a signature."""
    first = next((part for part in parts if "functionCall" in part), None)
    if first is not None:
        first.setdefault("thoughtSignature", FOREIGN_CALL)


def _part(part: Part, has_ids: bool, dropped: dict[str, str]) -> dict[str, Any] | None:
    match part:
        case TextPart() | RefusalPart():
            if isinstance(part, TextPart) and part.is_cache_boundary:
                dropped["cache_boundary"] = "Google caches by itself or by an object of its own"
            return {"text": part.text}
        case ReasoningPart():
            return _thinking(part, dropped)
        case MediaPart():
            return _media(part)
        case ToolCallPart():
            call = {"name": part.name, "args": _arguments(part.arguments)}
            id = {"id": part.id} if has_ids and part.id else {}
            return {"functionCall": call | id, **_signed(part.signature, dropped)}
        case ToolResultPart():
            result = {"name": part.name or "", "response": _response(part)}
            id = {"id": part.call_id} if has_ids and part.call_id else {}
            return {"functionResponse": result | id}


def _thinking(part: ReasoningPart, dropped: dict[str, str]) -> dict[str, Any] | None:
    if part.encrypted is not None and not part.text:
        dropped["reasoning_encrypted"] = "this dialect has no encrypted thinking"
        return None
    signed = _signed(part.signature, dropped)
    if not part.text and not signed:
        return None
    return {"text": part.text, **({"thought": True} if part.text else {}), **signed}


def _signed(signature: str | None, dropped: dict[str, str]) -> dict[str, str]:
    if not signature:
        return {}
    if decode_base64(signature) is None:
        dropped["reasoning_signature"] = "it belongs to another provider"
        return {}
    return {"thoughtSignature": signature}


def _media(part: MediaPart) -> dict[str, Any]:
    if part.data is not None:
        return {"inlineData": {"mimeType": part.media_type, "data": encode_base64(part.data)}}
    media_type = part.media_type
    if media_type.endswith("/*"):
        guessed, _ = mimetypes.guess_type(part.url or "")
        media_type = guessed or {"image/*": "image/jpeg", "video/*": "video/mp4"}.get(
            media_type, ""
        )
    return {"fileData": {"mimeType": media_type, "fileUri": part.url}}


def _arguments(written: str) -> dict[str, Any]:
    try:
        arguments = msgspec.json.decode(written or "{}")
    except (msgspec.DecodeError, RecursionError):
        arguments = written
    return arguments if isinstance(arguments, dict) else {"arguments": arguments}


def _response(part: ToolResultPart) -> dict[str, Any]:
    return {"error" if part.is_error else "result": part.content}
