"""ChatGPT's `conversations.json`: a mapping of nodes with parents, some without a message.

What happens between a question and its answer (thinking, calls of tools and what they gave, images
that were made) is in nodes of its own; here it goes into the answer that it led to.
"""

from __future__ import annotations

import re
from typing import Any

from chat.imports import thoughts
from chat.imports.growing import Growing, Part, Source, Translated, in_order, moment, named
from chat.llm.payload import mapping, sequence, text
from chat.models.parts import quoted

SOURCE = Source("ChatGPT", "chatgpt")
_POINTER = re.compile(r"^[a-z-]+://")
Steps = tuple["Steps | None", list[Part]]
"""What was done before, and last."""
_HIDDEN = "is_visually_hidden_from_conversation"
_MEDIA = {"image_asset_pointer": "image/png", "audio_asset_pointer": "audio/wav"}


def is_one(json: dict[str, Any]) -> bool:
    return isinstance(json.get("mapping"), dict)


def translated(json: dict[str, Any]) -> Translated:
    nodes = {key: mapping(node) for key, node in json["mapping"].items()}
    messages = {key: mapping(node.get("message")) for key, node in nodes.items()}
    parents = {key: text(node.get("parent")) for key, node in nodes.items()}
    times = {key: moment(message.get("create_time")) for key, message in messages.items()}
    growing = Growing(
        SOURCE,
        text(json.get("conversation_id")) or text(json.get("id")),
        text(json.get("title")),
        moment(json.get("create_time")),
        is_archived=json.get("is_archived") is True,
    )
    default = text(json.get("default_model_slug"))
    has_children = set(parents.values())
    numbers: dict[str, int | None] = {}
    steps: dict[str, Steps] = {}
    for key in in_order(parents, times):
        message, above = messages[key], parents[key]
        parent, before = numbers.get(above), steps.get(above)
        role = text(mapping(message.get("author")).get("role"))
        if (role == "system" or _is_hidden(message)) and not growing.system:
            growing.system = _system(mapping(message.get("content")))
        parts = [] if role == "system" or _is_hidden(message) else _parts(message)
        if role == "user" and parts:
            if before:
                parent = growing.add("assistant", _all(before), parent=parent, model=default)
            numbers[key] = growing.add("user", parts, parent=parent, at=times[key])
            continue
        is_step = role == "tool" or text(message.get("recipient")) not in ("", "all")
        is_thought = all(part["type"] == "reasoning" for part in parts)
        if (is_step or is_thought) and key in has_children:
            numbers[key] = parent
            if before or parts:
                steps[key] = (before, parts)
        elif before or parts:
            metadata = mapping(message.get("metadata"))
            model = text(metadata.get("model_slug")) or default
            whole = thoughts.joined(_all((before, parts)))
            options = {"model": model, "provider": "openai" if model else ""}
            is_cut = text(message.get("status")) == "in_progress"
            numbers[key] = growing.add(
                "assistant", whole, parent=parent, at=times[key], is_cut=is_cut, **options
            )
        else:
            numbers[key] = parent
    growing.leaf = numbers.get(text(json.get("current_node")))
    return growing.finish()


def _all(steps: Steps) -> list[Part]:
    """Linked rather than copied on the way, because a way may be long."""
    found: list[list[Part]] = []
    rest: Steps | None = steps
    while rest is not None:
        rest, parts = rest
        found.append(parts)
    return [part for parts in reversed(found) for part in parts]


def _is_hidden(message: dict[str, Any]) -> bool:
    return mapping(message.get("metadata")).get(_HIDDEN) is True


def _system(content: dict[str, Any]) -> str:
    """A system message, or what people tell ChatGPT about themselves once for all."""
    about = [text(content.get(name)) for name in ("user_profile", "user_instructions")]
    return _words(content) or "\n\n".join(filter(None, about))


def _parts(message: dict[str, Any]) -> list[Part]:
    content = mapping(message.get("content"))
    match text(content.get("content_type")):
        case "thoughts":
            found = [mapping(thought) for thought in sequence(content.get("thoughts"))]
            lines = [text(thought.get("content")) for thought in found]
            return thoughts.reasoning("\n\n".join(filter(None, lines)))
        case "reasoning_recap" | "model_editable_context" | "user_editable_context":
            return []
        case "code" | "execution_output" | "system_error":
            name = text(mapping(message.get("author")).get("name"))
            label = text(message.get("recipient")) or name
            language = text(content.get("language"))
            label = label if label not in ("", "all") else language or "code"
            words = text(content.get("text"))
            return thoughts.words(quoted(label, words)) if words.strip() else []
        case "tether_quote":
            title, url = text(content.get("title")), text(content.get("url"))
            return thoughts.words("\n".join(filter(None, [title, url, text(content.get("text"))])))
    files = [part for asset in sequence(content.get("parts")) for part in _asset(mapping(asset))]
    return [*files, *_attached(message, files), *thoughts.words(_words(content))]


def _asset(asset: dict[str, Any]) -> list[Part]:
    kind = text(asset.get("content_type"))
    inner = mapping(asset.get("audio_asset_pointer")) or asset
    id = _POINTER.sub("", text(inner.get("asset_pointer")))
    spoken = thoughts.words(text(asset.get("text")))
    if not id:
        return spoken
    media_type = _MEDIA.get(text(inner.get("content_type")) or kind, "application/octet-stream")
    return [named(media_type, id), *spoken]


def _attached(message: dict[str, Any], shown: list[Part]) -> list[Part]:
    """Files of a message that are no pictures in it; their ids are how the archive names them."""
    rows = map(mapping, sequence(mapping(message.get("metadata")).get("attachments")))
    ids = {part.get("name") for part in shown}
    found = ((text(row.get("id")), row) for row in rows)
    return [
        named(text(row.get("mime_type")) or text(row.get("mimeType")), id or text(row.get("name")))
        for id, row in found
        if id not in ids
    ]


def _words(content: dict[str, Any]) -> str:
    parts = [part for part in sequence(content.get("parts")) if isinstance(part, str)]
    return "\n\n".join(part for part in parts if part) or text(content.get("text"))
