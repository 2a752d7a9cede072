"""A conversation as JSON: the whole tree, every receipt, nothing that means something on this
server only. See docs/export.md.

The one rule: messages, lanes and answers are named by their places in the file, so that the same
conversation gives the same JSON wherever it was imported.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chat.models import Conversation, Lane, Message, Turn

FORMAT = "playground.conversations"
VERSION = 1
LOCAL = ("imported",)
"""What an import adds to a receipt. It says nothing about the answer, and stays here."""


def conversation_to_json(conversation: Conversation) -> dict[str, Any]:
    messages = list(conversation.messages.select_related("turn").order_by("pk"))
    numbers = {message.pk: number for number, message in enumerate(messages, start=1)}
    lanes = list(conversation.lanes.all())
    positions = {lane.pk: lane.position for lane in lanes}
    return {
        "id": str(conversation.pk),
        "title": conversation.title,
        "is_title_automatic": conversation.is_title_automatic,
        "created_at": iso(conversation.created_at),
        "active_at": iso(conversation.active_at),
        "lanes": [_lane(lane, numbers) for lane in lanes],
        "messages": [_message(message, numbers, positions=positions) for message in messages],
    }


def _lane(lane: Lane, numbers: dict[int, int]) -> dict[str, Any]:
    return {
        "position": lane.position,
        "leaf": numbers.get(lane.leaf_id) if lane.leaf_id else None,
        "model": lane.model,
        "system": lane.system,
        "parameters": lane.parameters,
    }


def _message(
    message: Message, numbers: dict[int, int], *, positions: dict[int, int]
) -> dict[str, Any]:
    json: dict[str, Any] = {
        "id": numbers[message.pk],
        "parent": numbers[message.parent_id] if message.parent_id else None,
        "role": message.role,
        "created_at": iso(message.created_at),
        "parts": [_part(part) for part in message.parts],
    }
    turn = getattr(message, "turn", None)
    return json | ({"turn": _turn(turn, numbers, positions=positions)} if turn else {})


def _part(part: dict[str, Any]) -> dict[str, Any]:
    """A file is named, counted and hashed; where its bytes lie is this server's matter."""
    return {name: value for name, value in part.items() if name != "file"}


def _turn(turn: Turn, numbers: dict[int, int], *, positions: dict[int, int]) -> dict[str, Any]:
    return {
        "prompt": numbers[turn.prompt_id],
        "lane": positions.get(turn.lane_id, 0),
        # One that still runs is exported as what the file can know of it.
        "status": "failed" if turn.state == "interrupted" else _ended(turn),
        "error": turn.failure,
        "receipt": {key: value for key, value in turn.receipt.items() if key not in LOCAL},
        "timeline": turn.timeline,
        "input_tokens": turn.input_tokens,
        "output_tokens": turn.output_tokens,
        "cost": None if turn.cost is None else f"{turn.cost:f}",
        "created_at": iso(turn.created_at),
        "started_at": iso(turn.started_at),
        "finished_at": iso(turn.finished_at),
    }


def _ended(turn: Turn) -> str:
    return "stopped" if turn.is_unfinished else turn.status


def iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
