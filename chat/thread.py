"""A path of the tree as the page shows it: one item a message, its parts rendered.

The one rule: a page shows a window of the path and reads no more than that, however long it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.db.models import TextField
from django.db.models.functions import Cast, Length
from django.utils.html import format_html, format_html_join

from chat.figures import figures
from chat.file_html import FILES, file_html
from chat.models import Lane, Message, Turn
from chat.models.message import path_ids
from chat.rendering import render_blocks

MESSAGES = 40
"""At most so many in one window."""
CHARACTERS = 1024 * 1024
"""A window that has more of them ends, but shows a question with its answer at least."""
LONG_PART = 16
"""Blocks."""
CONTEXT = 8
"""Messages before the one that was asked for."""


@dataclass(frozen=True, slots=True)
class PartView:
    """One part as HTML: a string a block, each safe to place."""

    number: int
    kind: str
    blocks: tuple[str, ...]

    @property
    def is_long(self) -> bool:
        """Worth laying out only where it is looked at."""
        return len(self.blocks) > LONG_PART


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


@dataclass(frozen=True, slots=True)
class Hidden:
    """What the answers of a piece that is not shown have cost and taken, all together."""

    cost: Decimal = Decimal(0)
    is_part_unknown: bool = False
    context_tokens: int = 0
    """Of the last of them that was counted."""


@dataclass(frozen=True, slots=True)
class Window:
    """The piece of the path to `leaf` that a page shows, and how much there is above and below."""

    items: tuple[Item, ...] = ()
    leaf: int | None = None
    earlier: int = 0
    later: int = 0
    above: Hidden = Hidden()
    below: Hidden = Hidden()

    @property
    def first(self) -> int | None:
        return self.items[0].message.pk if self.items else None

    @property
    def last(self) -> int | None:
        return self.items[-1].message.pk if self.items else None


def leaf_through(lane: Lane, message: Message) -> int:
    """Where the path through `message` ends: the lane's own leaf, if it leads through it."""
    if lane.leaf_id is not None and message.pk in path_ids(lane.leaf_id):
        return lane.leaf_id
    return message.latest_leaf().pk


def window(
    leaf: int | None,
    *,
    around: int | None = None,
    before: int | None = None,
    after: int | None = None,
) -> Window:
    """The end of the path to `leaf`, or the piece at one of its messages."""
    ids = path_ids(leaf)
    start, end = _bounds(ids, around, before, after)
    items = _items(ids[start:end])
    if len(items) == len(ids):
        return Window(items, leaf)
    above, below = _hidden(items[0].message, ids[:start], ids[end:])
    return Window(items, leaf, start, len(ids) - end, above, below)


def items_after(leaf: int, after: int | None) -> tuple[Item, ...]:
    """The end of the path to `leaf`: what comes after the message `after`."""
    ids = path_ids(leaf)
    return _items(ids[ids.index(after) + 1 :] if after in ids else ids)


def part_views(parts: Iterable[dict[str, Any]], *, files: str = FILES) -> tuple[PartView, ...]:
    """Stored parts, rendered; `files` is where their files are to be had."""
    return tuple(
        PartView(number, part["type"], part_blocks(part, files))
        for number, part in enumerate(parts)
    )


def part_blocks(part: dict[str, Any], files: str = FILES) -> tuple[str, ...]:
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
            return (file_html(part, files),)


def _citations(items: list[dict[str, Any]]) -> str:
    """A provider's links are as untrusted as a model's: web addresses only."""
    links = [
        (item["url"], item["title"] or urlsplit(item["url"]).netloc)
        for item in items
        if item["url"].startswith(("https://", "http://"))
    ]
    template = '<li><a href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a></li>'
    return format_html("<ol>{}</ol>", format_html_join("", template, links))


def _bounds(
    ids: Sequence[int], around: int | None, before: int | None, after: int | None
) -> tuple[int, int]:
    if after in ids:
        start = ids.index(after) + 1
        return start, start + _fitting(ids[start:])
    if around in ids and (at := ids.index(around)) < len(ids) - MESSAGES + CONTEXT:
        start = at - _fitting(ids[max(0, at - CONTEXT) : at][::-1])
        return start, at + _fitting(ids[at:])
    end = ids.index(before) if before in ids else len(ids)
    return end - _fitting(ids[:end][::-1]), end


def _fitting(ids: Sequence[int]) -> int:
    """How many of the first of these fit into a window."""
    ids = ids[:MESSAGES]
    length = Length(Cast("parts", TextField()))
    rows = Message.objects.filter(pk__in=ids).values_list("pk", length)
    lengths, total = dict(rows), 0
    for number, pk in enumerate(ids):
        total += lengths[pk]
        if total > CHARACTERS and number >= 2:
            return number
    return len(ids)


def _items(ids: Sequence[int]) -> tuple[Item, ...]:
    found = Message.objects.filter(pk__in=ids).select_related("turn").defer("turn__timeline")
    rows = {row.pk: row for row in found}
    siblings = _siblings(list(rows.values()))
    return tuple(
        Item(
            message=rows[pk],
            turn=getattr(rows[pk], "turn", None),
            parts=part_views(rows[pk].parts),
            siblings=tuple(siblings[rows[pk].parent_id]),
        )
        for pk in ids
    )


def _hidden(shown: Message, *pieces: Sequence[int]) -> list[Hidden]:
    """All turns of the conversation are read, four numbers each: a database takes no list of all
    the messages of a long path."""
    rows = Turn.objects.filter(conversation=shown.conversation_id)
    figures = rows.values_list("answer_id", "cost", "input_tokens", "output_tokens")
    turns = {answer: (cost, (read or 0) + (wrote or 0)) for answer, cost, read, wrote in figures}
    found = []
    for piece in pieces:
        known = [turns[pk] for pk in piece if pk in turns]
        total = sum((cost for cost, _ in known if cost is not None), Decimal(0))
        counted = [tokens for _, tokens in known if tokens]
        is_part_unknown = any(cost is None for cost, _ in known)
        found.append(Hidden(total, is_part_unknown, counted[-1] if counted else 0))
    return found


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
