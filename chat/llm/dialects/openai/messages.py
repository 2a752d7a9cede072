"""Messages in OpenAI's shape. Its assistant messages keep no order between thinking, text and tool
calls, so parts come out in that order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chat.llm.dialects.openai.extras import encode_reasoning_details
from chat.llm.dialects.tool_ids import with_tool_ids
from chat.llm.media import encode_base64, media_url
from chat.llm.providers import Provider
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


def encode_messages(
    messages: Iterable[Message], provider: Provider
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The messages, and what of them could not be said: name and reason."""
    dropped: dict[str, str] = {}
    encoded: list[dict[str, Any]] = []
    for message in with_tool_ids(messages):
        encoded += _encode(message, provider, dropped)
    return encoded, dropped


def _encode(message: Message, provider: Provider, dropped: dict[str, str]) -> list[dict[str, Any]]:
    results = [part for part in message.parts if isinstance(part, ToolResultPart)]
    if results:
        encoded = [_tool_result(part) for part in results]
        if any(part.is_error for part in results):
            dropped["is_error"] = "this dialect cannot mark a tool's result as an error"
        rest = tuple(part for part in message.parts if not isinstance(part, ToolResultPart))
        if rest:
            encoded += _encode(Message("user", rest), provider, dropped)
        return encoded
    fields: dict[str, Any] = {"role": message.role}
    if message.name is not None:
        fields["name"] = message.name
    if message.role == "assistant":
        fields |= _assistant(message, provider, dropped)
    else:
        fields["content"] = _content(_allowed(message, dropped), provider, dropped)
    return [fields]


def _allowed(message: Message, dropped: dict[str, str]) -> tuple[Part, ...]:
    if message.role != "system" or not any(isinstance(p, MediaPart) for p in message.parts):
        return message.parts
    dropped["system_media"] = "this dialect takes only text from the system"
    return tuple(part for part in message.parts if not isinstance(part, MediaPart))


def _tool_result(part: ToolResultPart) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": part.call_id or "", "content": part.content}


def _assistant(message: Message, provider: Provider, dropped: dict[str, str]) -> dict[str, Any]:
    calls = [part for part in message.parts if isinstance(part, ToolCallPart)]
    said = tuple(part for part in message.parts if isinstance(part, TextPart))
    content = _content(said, provider, dropped) if said else None
    fields: dict[str, Any] = {"content": content}
    refusal = "".join(part.text for part in message.parts if isinstance(part, RefusalPart))
    if refusal:
        fields["refusal"] = refusal
    fields |= _thinking(message, provider, dropped)
    if calls:
        fields["tool_calls"] = [_tool_call(part) for part in calls]
    if content is None and not calls and not refusal:
        fields["content"] = ""
    if any(isinstance(part, MediaPart) for part in message.parts):
        dropped["assistant_media"] = "this dialect takes no images or sound back from the model"
    return fields


def _thinking(message: Message, provider: Provider, dropped: dict[str, str]) -> dict[str, Any]:
    parts = [part for part in message.parts if isinstance(part, ReasoningPart)]
    if not parts:
        return {}
    match provider.reasoning_history:
        case "reasoning_details":
            return {"reasoning_details": encode_reasoning_details(parts)}
        case "reasoning_content":
            if any(part.signature or part.encrypted for part in parts):
                dropped["reasoning_signature"] = f"{provider.label} takes thinking as plain text"
            text = "".join(part.text for part in parts)
            return {"reasoning_content": text} if text else {}
        case _:
            dropped["reasoning_history"] = f"{provider.label} takes no earlier thinking back"
            return {}


def _tool_call(part: ToolCallPart) -> dict[str, Any]:
    function = {"name": part.name, "arguments": part.arguments or "{}"}
    call: dict[str, Any] = {"id": part.id, "type": "function", "function": function}
    if part.signature is not None:
        call["extra_content"] = {"google": {"thought_signature": part.signature}}
    return call


def _content(
    parts: tuple[Part, ...], provider: Provider, dropped: dict[str, str]
) -> str | list[dict[str, Any]]:
    """A plain string where one will do: some servers know nothing else."""
    if len(parts) == 1 and isinstance(parts[0], TextPart) and not parts[0].is_cache_boundary:
        return parts[0].text
    content: list[dict[str, Any]] = []
    for part in parts:
        match part:
            case TextPart():
                text: dict[str, Any] = {"type": "text", "text": part.text}
                if part.is_cache_boundary and provider.has_cache_markers:
                    text["cache_control"] = {"type": "ephemeral"}
                elif part.is_cache_boundary:
                    dropped["cache_boundary"] = f"{provider.label} takes no cache markers"
                content.append(text)
            case MediaPart():
                content.append(_media(part))
            case _:
                dropped[type(part).__name__] = "this dialect has no place for it in this message"
    if len(content) == 1 and content[0].keys() == {"type", "text"}:
        return str(content[0]["text"])
    return content if content else ""


def _media(part: MediaPart) -> dict[str, Any]:
    kind = part.media_type.partition("/")[0]
    if kind == "image":
        return {"type": "image_url", "image_url": {"url": media_url(part)}}
    if kind == "audio" and part.data is not None:
        sound = {"data": encode_base64(part.data), "format": sound_format(part.media_type)}
        return {"type": "input_audio", "input_audio": sound}
    if kind == "video":
        return {"type": "video_url", "video_url": {"url": media_url(part)}}
    file = {"file_data": media_url(part)}
    return {"type": "file", "file": file | ({"filename": part.name} if part.name else {})}


def sound_format(media_type: str) -> str:
    """OpenAI's short names: `audio/mpeg` is mp3, `audio/x-wav` is wav."""
    name = media_type.partition("/")[2].partition(";")[0].removeprefix("x-")
    return {"mpeg": "mp3", "wave": "wav", "mp4": "m4a"}.get(name, name)
