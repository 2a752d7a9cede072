"""A path of the tree as the page shows it: one item a message, its parts rendered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.html import format_html, format_html_join

from chat.figures import figures
from chat.file_html import file_html
from chat.models import Lane, Message, Turn
from chat.rendering import render_blocks


@dataclass(frozen=True, slots=True)
class PartView:
    """One part as HTML: a string a block, each safe to place."""

    number: int
    kind: str
    blocks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    message: Message
    turn: Turn | None
    parts: tuple[PartView, ...]
    siblings: tuple[int, ...]
    """Every message with the same parent, oldest first, this one included."""

    @property
    def is_assistant(self) -> bool:
        return self.message.role == Message.Role.ASSISTANT

    @property
    def state(self) -> str:
        return self.turn.state if self.turn else "completed"

    @property
    def model_label(self) -> str:
        return str(self.turn.receipt["sent"]["model_name"]) if self.turn else ""

    @property
    def figures(self) -> list[tuple[str, str]]:
        return figures(self.turn) if self.turn else []

    @property
    def position(self) -> int:
        return self.siblings.index(self.message.pk) + 1

    @property
    def previous_sibling(self) -> int | None:
        return self.siblings[self.position - 2] if self.position > 1 else None

    @property
    def next_sibling(self) -> int | None:
        return self.siblings[self.position] if self.position < len(self.siblings) else None


def items(lane: Lane, leaf: Message | None = None) -> list[Item]:
    """From the first message to `leaf`, or to the lane's own leaf."""
    path = leaf.path() if leaf else lane.path()
    return _items(path)


def items_after(leaf: Message, after: int | None) -> list[Item]:
    """The end of the path to `leaf`: what comes after the message `after`."""
    path = leaf.path()
    start = next((i + 1 for i, row in enumerate(path) if row.pk == after), 0)
    return _items(path[start:])


def part_views(parts: Iterable[dict[str, Any]]) -> tuple[PartView, ...]:
    """Stored parts, rendered."""
    return tuple(
        PartView(number, part["type"], part_blocks(part)) for number, part in enumerate(parts)
    )


def part_blocks(part: dict[str, Any]) -> tuple[str, ...]:
    match part["type"]:
        case "text" | "reasoning" | "refusal":
            return render_blocks(part["text"])
        case "tool_call":
            template = '<div class="tool-call"><code>{}</code><pre><code>{}</code></pre></div>'
            return (format_html(template, part["name"], part["arguments"]),)
        case "tool_result":
            return (format_html('<pre class="tool-result"><code>{}</code></pre>', part["content"]),)
        case "citations":
            return (_citations(part["items"]),)
        case _:
            return (file_html(part),)


def _citations(items: list[dict[str, Any]]) -> str:
    """A provider's links are as untrusted as a model's: web addresses only."""
    links = [
        (item["url"], item["title"] or urlsplit(item["url"]).netloc)
        for item in items
        if item["url"].startswith(("https://", "http://"))
    ]
    template = '<li><a href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a></li>'
    return format_html("<ol>{}</ol>", format_html_join("", template, links))


def _items(path: list[Message]) -> list[Item]:
    siblings = _siblings(path)
    return [
        Item(
            message=message,
            turn=getattr(message, "turn", None),
            parts=part_views(message.parts),
            siblings=tuple(siblings[message.parent_id]),
        )
        for message in path
    ]


def _siblings(path: list[Message]) -> dict[int | None, list[int]]:
    found: dict[int | None, list[int]] = defaultdict(list)
    if not path:
        return found
    rows = Message.objects.filter(conversation_id=path[0].conversation_id)
    parents = {message.parent_id for message in path}
    related = rows.filter(parent__in=parents - {None}).values_list("pk", "parent_id")
    for pk, parent in related.order_by("pk"):
        found[parent].append(pk)
    if None in parents:
        found[None] = list(rows.filter(parent=None).order_by("pk").values_list("pk", flat=True))
    return found
