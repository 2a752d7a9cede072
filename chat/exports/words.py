"""The path that a conversation shows, as Markdown and as HTML: for reading, not for importing.
Where several lanes are compared, the path of each, one after another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.utils.html import format_html

from chat import thread
from chat.exports.batches import batches
from chat.exports.files import Export
from chat.figures import figures
from chat.models import Conversation, Lane, Message, Turn
from chat.models.message import path_ids
from chat.rendering import render

IMAGE = '<img src="{}" alt="{}" width="{}" height="{}">'
_FENCES = re.compile(r"^ {0,3}(~{3,})", re.MULTILINE)


def markdown(conversation: Conversation, export: Export) -> Iterator[str]:
    yield f"# {conversation}\n"
    yield f"\nBegun {conversation.created_at:%Y-%m-%d %H:%M} UTC.\n"
    for lane, title in _lanes(conversation):
        if title:
            yield f"\n## {title}\n"
        if text := lane.system.strip():
            yield f"\n## System message\n\n{text}\n"
        for message in path(lane):
            yield f"\n## {_name(message)}\n"
            for part in message.parts:
                if text := _part(part, export):
                    yield f"\n{text}\n"
            if line := _line(_turn(message)):
                yield f"\n*{line}*\n"


def html(conversation: Conversation, export: Export) -> Iterator[str]:
    """An article; the page around it is in `formats`. A block at a time, because it may hold an
    image."""
    yield render_to_string("_export.html", {"conversation": conversation})
    for lane, title in _lanes(conversation):
        if title:
            yield format_html('<h2 class="lane">{}</h2>\n', title)
        if text := lane.system.strip():
            shown = '<section><h2>System message</h2><div class="words system">{}</div></section>\n'
            yield format_html(shown, text)
        for message in path(lane):
            opening = '<section class="{}"><h2>{}</h2>\n<div class="words">'
            yield format_html(opening, message.role, _name(message))
            for part in message.parts:
                yield from _blocks(part, export)
            yield "</div>\n"
            if line := _line(_turn(message)):
                yield format_html('<p class="line">{}</p>', line)
            yield "</section>\n"
    yield "</article>\n"


def path(lane: Lane) -> Iterator[Message]:
    """A few messages at a time."""
    for batch in batches(lane.conversation, path_ids(lane.leaf_id)):
        rows = Message.objects.filter(pk__in=batch).select_related("turn")
        found = {row.pk: row for row in rows}
        yield from (found[pk] for pk in batch if pk in found)


def _lanes(conversation: Conversation) -> list[tuple[Lane, str]]:
    """Each with its title; one alone needs none."""
    lanes = list(conversation.lanes.all())
    if len(lanes) < 2:
        return [(lane, "") for lane in lanes]
    return [
        (lane, f"Lane {number}: {lane.model.partition('/')[2] or 'no model'}")
        for number, lane in enumerate(lanes, start=1)
    ]


def _part(part: dict[str, Any], export: Export) -> str:
    match part["type"]:
        case "text" | "refusal":
            return str(part["text"])
        case "reasoning":
            quoted = part["text"].strip().replace("\n", "\n> ")
            return f"> Thought:\n>\n> {quoted}" if quoted else ""
        case "tool_call":
            return _fenced(f"{part['name']} {part['arguments']}")
        case "tool_result":
            return _fenced(part["content"])
        case "citations":
            return "\n".join(f"- {item['title'] or ''} <{item['url']}>" for item in part["items"])
    name = re.sub(r"([\\\[\]])", r"\\\1", part.get("name") or part["media_type"])
    place = export.add(part)
    if place is None:
        return f"[{name}]"
    return f"{'!' if part['media_type'].startswith('image/') else ''}[{name}]({place})"


def _fenced(text: str) -> str:
    """In a fence that nothing in it can close."""
    longest = max((len(run) for run in _FENCES.findall(text)), default=3)
    fence = "~" * (longest + 1)
    return f"{fence}\n{text}\n{fence}"


def _blocks(part: dict[str, Any], export: Export) -> Iterator[str]:
    """Safe HTML. What is too large for a page, or no image, is named."""
    match part["type"]:
        case "media":
            yield _file(part, export)
        case "reasoning":
            form = '<details class="thought"><summary>Thought</summary>{}</details>'
            yield format_html(form, render(part["text"]))
        case "text" | "refusal":
            yield format_html("{}", render(part["text"]))
        case _:
            yield from thread.part_blocks(part)


def _file(part: dict[str, Any], export: Export) -> str:
    name = part.get("name") or part["media_type"]
    if address := export.inline(part):
        return format_html(IMAGE, address, name, part.get("width", ""), part.get("height", ""))
    size = f", {filesizeformat(part['size'])}" if "size" in part else ""
    is_here = "file" in part
    note = "not in this page: the JSON and Markdown exports have it" if is_here else "not stored"
    return format_html('<p class="file">{}{} ({})</p>', name, size, note)


def _name(message: Message) -> str:
    turn = _turn(message)
    return str(turn.receipt["sent"]["model_name"]) if turn else message.role.capitalize()


def _turn(message: Message) -> Turn | None:
    return getattr(message, "turn", None)


def _line(turn: Turn | None) -> str:
    pairs = figures(turn) if turn else []
    return " · ".join(f"{value} {unit}".strip() for value, unit in pairs)
