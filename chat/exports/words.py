"""The path that a conversation shows, as Markdown and as HTML: for reading, not for importing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html

from chat import thread
from chat.figures import figures
from chat.models import Conversation, Message, Turn
from chat.rendering import render

FENCE = "~~~~"


def markdown(conversation: Conversation) -> str:
    return "\n\n".join(_markdown(conversation)) + "\n"


def html(conversation: Conversation) -> str:
    """An article; the page around it is in `formats`."""
    rows = [(message, _turn(message), _blocks(message)) for message in path(conversation)]
    context = {
        "conversation": conversation,
        "rows": [
            {"message": message, "name": _name(message), "line": _line(turn), "blocks": blocks}
            for message, turn, blocks in rows
        ],
        "system": system(conversation),
    }
    return render_to_string("_export.html", context)


def path(conversation: Conversation) -> list[Message]:
    lane = conversation.lanes.first()
    return lane.path() if lane else []


def system(conversation: Conversation) -> str:
    lane = conversation.lanes.first()
    return lane.system.strip() if lane else ""


def _markdown(conversation: Conversation) -> Iterator[str]:
    yield f"# {conversation}"
    yield f"Begun {conversation.created_at:%Y-%m-%d %H:%M} UTC."
    if text := system(conversation):
        yield f"## System message\n\n{text}"
    for message in path(conversation):
        yield f"## {_name(message)}"
        yield from (text for part in message.parts if (text := _part(part)))
        if line := _line(_turn(message)):
            yield f"*{line}*"


def _part(part: dict[str, Any]) -> str:
    match part["type"]:
        case "text" | "refusal":
            return str(part["text"])
        case "reasoning":
            quoted = part["text"].strip().replace("\n", "\n> ")
            return f"> Thought:\n>\n> {quoted}" if quoted else ""
        case "tool_call":
            return f"{FENCE}\n{part['name']} {part['arguments']}\n{FENCE}"
        case "tool_result":
            return f"{FENCE}\n{part['content']}\n{FENCE}"
        case "citations":
            return "\n".join(f"- {item['title'] or ''} <{item['url']}>" for item in part["items"])
    return f"[{part.get('name') or part['media_type']}]"


def _blocks(message: Message) -> list[str]:
    """Safe HTML. Files are named: a page that is taken away has none of them beside it."""
    found: list[str] = []
    for part in message.parts:
        if part["type"] == "media":
            name = part.get("name") or part["media_type"]
            found.append(format_html('<p class="file">{}</p>', name))
        elif part["type"] == "reasoning":
            form = '<details class="thought"><summary>Thought</summary>{}</details>'
            found += [format_html(form, block) for block in _safe(part)]
        else:
            found += [format_html("{}", block) for block in _safe(part)]
    return found


def _safe(part: dict[str, Any]) -> Iterator[str]:
    if part["type"] in ("text", "reasoning", "refusal"):
        yield render(part["text"])
    else:
        yield from thread.part_blocks(part)


def _name(message: Message) -> str:
    turn = _turn(message)
    return str(turn.receipt["sent"]["model_name"]) if turn else message.role.capitalize()


def _turn(message: Message) -> Turn | None:
    return getattr(message, "turn", None)


def _line(turn: Turn | None) -> str:
    pairs = figures(turn) if turn else []
    return " · ".join(f"{value} {unit}".strip() for value, unit in pairs)
