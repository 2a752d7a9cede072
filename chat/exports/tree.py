"""A conversation as JSON: the whole tree, every receipt, nothing that means something on this
server only. See docs/export.md and its schema beside it.

The one rule: messages, lanes and answers are named by their places in the file, so that the same
conversation gives the same JSON wherever it was imported.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chat.exports.batches import batches
from chat.exports.files import Export
from chat.models import Conversation, Lane, Message, Turn
from chat.models.label import Label

FORMAT = "playground.conversations"
VERSION = 1
OURS = "Playground"
"""Who wrote a turn that came from an export of ours. It goes without saying, so that what was taken
from one server to another is the same file again."""


def pieces(conversation: Conversation, export: Export) -> Iterator[str]:
    """One line."""
    ids = list(conversation.messages.order_by("pk").values_list("pk", flat=True))
    numbers = {pk: number for number, pk in enumerate(ids, start=1)}
    positions = dict(conversation.lanes.values_list("pk", "position"))
    yield f'{_text(_head(conversation, export))[:-1]}, "messages": ['
    between = ""
    for batch in batches(conversation, ids):
        rows = conversation.messages.filter(pk__in=batch)
        for message in list(rows.select_related("turn").order_by("pk")):
            yield between + _text(_message(message, numbers, positions=positions, export=export))
            between = ", "
    # Last, because a message that was written meanwhile is not among them.
    yield f'], "lanes": {_text([_lane(lane, numbers) for lane in conversation.lanes.all()])}}}'


def _head(conversation: Conversation, export: Export) -> dict[str, Any]:
    """Where a conversation is kept is its owner's; a colleague does not take that away."""
    is_own = conversation.user_id == export.user.pk
    folder = conversation.folder if is_own else None
    return {
        "id": str(conversation.pk),
        "title": conversation.title,
        "is_title_automatic": conversation.is_title_automatic,
        "created_at": iso(conversation.created_at),
        "active_at": iso(conversation.active_at),
        "pinned_at": iso(conversation.pinned_at) if is_own else None,
        "archived_at": iso(conversation.archived_at) if is_own else None,
        "folder": _label(folder) if folder else None,
        "tags": [_label(tag) for tag in conversation.tags.all()] if is_own else [],
    }


def _label(label: Label) -> dict[str, str]:
    return {"name": label.name, "colour": label.colour}


def _lane(lane: Lane, numbers: dict[int, int]) -> dict[str, Any]:
    return {
        "position": lane.position,
        "leaf": numbers.get(lane.leaf_id, len(numbers) or None) if lane.leaf_id else None,
        "model": lane.model,
        "system": lane.system,
        "parameters": lane.parameters,
    }


def _message(
    message: Message, numbers: dict[int, int], *, positions: dict[int, int], export: Export
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": numbers[message.pk],
        "parent": numbers[message.parent_id] if message.parent_id else None,
        "role": message.role,
        "created_at": iso(message.created_at),
        "parts": [_part(part, export) for part in message.parts],
    }
    if message.name:
        found["name"] = message.name
    if message.starred_at:
        found["starred_at"] = iso(message.starred_at)
    turn = getattr(message, "turn", None)
    return found | ({"turn": _turn(turn, numbers, positions=positions)} if turn else {})


def _part(part: dict[str, Any], export: Export) -> dict[str, Any]:
    """A file is named, counted and hashed; where its bytes lie is this server's matter."""
    if part["type"] == "media":
        export.add(part)
    return {name: value for name, value in part.items() if name != "file"}


def _turn(turn: Turn, numbers: dict[int, int], *, positions: dict[int, int]) -> dict[str, Any]:
    origin = {"imported_from": turn.imported_from} if turn.imported_from not in ("", OURS) else {}
    return {
        "prompt": numbers[turn.prompt_id],
        "lane": positions.get(turn.lane_id, 0),
        # One that still runs is exported as what the file can know of it.
        "status": "failed" if turn.state == "interrupted" else _ended(turn),
        "error": turn.failure,
        "receipt": turn.receipt,
        "timeline": turn.timeline,
        "input_tokens": turn.input_tokens,
        "output_tokens": turn.output_tokens,
        "cost": None if turn.cost is None else f"{turn.cost:f}",
        "created_at": iso(turn.created_at),
        "started_at": iso(turn.started_at),
        "finished_at": iso(turn.finished_at),
    } | origin


def _ended(turn: Turn) -> str:
    return "stopped" if turn.is_unfinished else turn.status


def iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
