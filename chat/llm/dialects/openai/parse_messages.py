"""A caller's messages as ours."""

from __future__ import annotations

from typing import Any

from chat.llm.dialects.openai.extras import reasoning_details
from chat.llm.dialects.reading import Fields, invalid
from chat.llm.dialects.tool_ids import with_tool_ids
from chat.llm.media import decode_base64, decode_data_url
from chat.llm.payload import mapping, text_or_none
from chat.llm.types import (
    MediaPart,
    Message,
    Part,
    ReasoningPart,
    RefusalPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)

_ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "function": "tool",
}
_SOUND_TYPES = {"mp3": "audio/mpeg", "m4a": "audio/mp4"}


def parse_messages(items: list[Any] | None) -> tuple[Message, ...]:
    """Results of tools that follow one another become one message."""
    if not items:
        raise invalid("messages", "a list that is not empty")
    messages: list[Message] = []
    for number, item in enumerate(items):
        message = _message(Fields(item, f"messages[{number}]"))
        if message.role == "tool" and messages and messages[-1].role == "tool":
            messages[-1] = Message("tool", messages[-1].parts + message.parts)
        else:
            messages.append(message)
    return with_tool_ids(messages)


def _message(fields: Fields) -> Message:
    role = _ROLES.get(fields.required_text("role"))
    if role is None:
        raise invalid(fields.path("role"), "system, developer, user, assistant or tool")
    content = _content(fields)
    name = text_or_none(fields.text("name"))
    if role == "tool":
        words = "".join(part.text for part in content if isinstance(part, TextPart))
        return Message("tool", (ToolResultPart(fields.text("tool_call_id"), words, name),))
    if role != "assistant":
        return Message(role, content, name)
    refusal = fields.text("refusal")
    parts = (*_thinking(fields), *(part for part in content if part != TextPart("")))
    parts += (RefusalPart(refusal),) if refusal else ()
    return Message(role, (*parts, *_tool_calls(fields)), name)


def _thinking(fields: Fields) -> tuple[Part, ...]:
    plain = fields.text("reasoning_content") or fields.text("reasoning")
    details = fields.items("reasoning_details")
    if details:
        return tuple(
            ReasoningPart(delta.text, delta.signature, delta.encrypted)
            for delta in reasoning_details(details, 0, is_text_known=False)
        )
    return (ReasoningPart(plain),) if plain else ()


def _tool_calls(fields: Fields) -> tuple[Part, ...]:
    calls: list[Part] = []
    for number, item in enumerate(fields.items("tool_calls") or ()):
        call = Fields(item, fields.path(f"tool_calls[{number}]"))
        function = call.object("function")
        if function is None:
            raise invalid(call.path("function"), "an object")
        google = mapping(mapping(call.any("extra_content")).get("google"))
        calls.append(
            ToolCallPart(
                function.required_text("name"),
                function.text("arguments") or "{}",
                text_or_none(call.text("id")),
                text_or_none(google.get("thought_signature")),
            )
        )
    return tuple(calls)


def _content(fields: Fields) -> tuple[Part, ...]:
    content = fields.any("content")
    if content is None:
        return ()
    if isinstance(content, str):
        return (TextPart(content),)
    if not isinstance(content, list):
        raise invalid(fields.path("content"), "a string or a list of parts")
    path = fields.path("content")
    return tuple(_part(Fields(item, f"{path}[{n}]")) for n, item in enumerate(content))


def _part(part: Fields) -> Part:
    match part.text("type"):
        case "text" | "input_text" | "output_text":
            words = part.text("text") or ""
            return TextPart(words, is_cache_boundary=bool(part.any("cache_control")))
        case "refusal":
            return RefusalPart(part.text("refusal") or "")
        case "image_url":
            return _linked(part, "image_url", "image/*")
        case "video_url":
            return _linked(part, "video_url", "video/*")
        case "input_audio":
            return _sound(part)
        case "file":
            return _file(part)
        case _:
            raise invalid(part.path("type"), "text, image_url, input_audio, video_url or file")


def _linked(part: Fields, field: str, media_type: str) -> MediaPart:
    inner = part.any(field)
    url = inner if isinstance(inner, str) else Fields(inner, part.path(field)).text("url")
    if not url:
        raise invalid(part.path(f"{field}.url"), "an address or a data URL")
    return _media(url, media_type, part.path(f"{field}.url"))


def _sound(part: Fields) -> MediaPart:
    sound = part.object("input_audio")
    data = decode_base64((sound.text("data") if sound else None) or "")
    if sound is None or not data:
        raise invalid(part.path("input_audio.data"), "base64")
    name = sound.required_text("format")
    return MediaPart(_SOUND_TYPES.get(name, f"audio/{name}"), data=data)


def _file(part: Fields) -> MediaPart:
    file = part.object("file")
    url = file.text("file_data") if file else None
    if file is None or not url:
        raise invalid(part.path("file.file_data"), "a data URL: files are not kept here")
    return _media(url, "application/pdf", part.path("file.file_data"), name=file.text("filename"))


def _media(url: str, media_type: str, path: str, *, name: str | None = None) -> MediaPart:
    if not url.startswith("data:"):
        return MediaPart(media_type, url=url, name=name)
    decoded = decode_data_url(url)
    if decoded is None:
        raise invalid(path, "an address or a data URL with base64")
    return MediaPart(decoded[0], data=decoded[1], name=name)
