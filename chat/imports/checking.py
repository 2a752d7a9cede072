"""From the bytes of one conversation to what may be kept of it: shape, tree, sizes, dates."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from chat.imports import foreign, schema
from chat.imports.unreadable import Unreadable
from chat.llm.payload import decode
from chat.models.parts import storable

DEPTH = 64
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
DEAREST = Decimal(1_000_000)
"""US dollars for one answer."""


@dataclass(frozen=True, slots=True)
class Checked:
    """`json` holds nothing but what a database takes; `known` is the same, typed. `source` is who
    wrote the file; `files` are bytes that came within it, by their hash."""

    known: schema.Conversation
    json: dict[str, Any]
    source: str
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        return self.known.id


def check(data: bytes) -> Checked:
    """Raise `Unreadable`."""
    try:
        decoded = decode(data)
    except ValueError as error:
        is_deep = isinstance(error.__cause__, RecursionError)
        reason = "it is nested too deeply" if is_deep else "it is not JSON, or was cut"
        raise Unreadable(reason) from None
    name = storable(_name(decoded))
    try:
        found = foreign.translated(decoded)
        json = _storable(found.json, DEPTH)
        known = schema.conversation(json)
        _check_tree(known)
        _check_turns(known)
    except RecursionError:
        raise Unreadable("it is nested too deeply", name) from None
    except ValueError as error:
        raise Unreadable(str(error), name) from None
    return Checked(known, json, found.source, found.files)


def _name(decoded: Any) -> str:
    title = (decoded.get("title") or decoded.get("name")) if isinstance(decoded, dict) else ""
    return " ".join(title[:1000].split())[:60] if isinstance(title, str) else ""


def _check_tree(conversation: schema.Conversation) -> None:
    seen: set[int] = set()
    last = 0
    for message in conversation.messages:
        if message.id <= last:
            raise ValueError("its messages are not numbered in their order")
        if message.parent is not None and message.parent not in seen:
            raise ValueError("a message follows one that was not written yet")
        seen.add(last := message.id)
    positions = [lane.position for lane in conversation.lanes]
    if len(set(positions)) < len(positions):
        raise ValueError("two of its lanes are at the same place")
    if any(lane.leaf is not None and lane.leaf not in seen for lane in conversation.lanes):
        raise ValueError("a lane shows a message that is not there")
    moments = [conversation.created_at, conversation.active_at]
    moments += [message.created_at for message in conversation.messages]
    if min(moments) < EARLIEST:
        raise ValueError("it claims to be older than 1970")


def _check_turns(conversation: schema.Conversation) -> None:
    positions = {lane.position for lane in conversation.lanes}
    for message in conversation.messages:
        turn = message.turn
        if turn is None:
            continue
        if message.role != "assistant" or turn.prompt != message.parent:
            raise ValueError("a receipt is not that of an answer to the message before it")
        if turn.lane not in positions:
            raise ValueError("an answer is of a lane that is not there")
        if turn.cost is not None and not _is_possible(turn.cost):
            raise ValueError("an answer costs what none can cost")


def _is_possible(cost: Decimal) -> bool:
    return cost.is_finite() and 0 <= cost < DEAREST


def _storable(value: Any, depth: int) -> Any:
    if depth == 0:
        raise RecursionError
    match value:
        case str():
            return storable(value)
        case list():
            return [_storable(item, depth - 1) for item in value]
        case dict():
            return {storable(key): _storable(item, depth - 1) for key, item in value.items()}
        case float() if not math.isfinite(value):
            raise ValueError("there is a number in it that is none")
    return value
