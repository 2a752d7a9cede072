"""From the bytes of one conversation to what may be kept of it: shape, tree, sizes, dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from chat.imports import foreign, schema
from chat.models.parts import storable

DEPTH = 64
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
DEAREST = Decimal(1_000_000)
"""US dollars for one answer."""


class Unreadable(Exception):
    """`name` says which conversation, as far as that can be made out, and `reason` why."""

    def __init__(self, reason: str, name: str = "") -> None:
        self.reason = reason
        self.name = name
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Checked:
    """`json` holds nothing but what a database takes; `known` is the same, typed."""

    known: schema.Conversation
    json: dict[str, Any]

    @property
    def id(self) -> UUID:
        return self.known.id


def check(data: bytes) -> Checked:
    """Raise `Unreadable`."""
    try:
        json = _storable(msgspec.json.decode(data), DEPTH)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Unreadable("it is not JSON") from None
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None
    name = str(json.get("title") or json.get("name") or "") if isinstance(json, dict) else ""
    try:
        json = foreign.translated(json)
        known = schema.conversation(json)
        _check_tree(known)
        _check_turns(known)
    except ValueError as error:
        raise Unreadable(str(error), name[:60]) from None
    return Checked(known, json)


def _check_tree(conversation: schema.Conversation) -> None:
    count = len(conversation.messages)
    for number, message in enumerate(conversation.messages, start=1):
        if message.id != number:
            raise ValueError("its messages are not numbered 1, 2, 3 …")
        if message.parent is not None and message.parent >= number:
            raise ValueError("a message follows one that was not written yet")
    positions = [lane.position for lane in conversation.lanes]
    if len(set(positions)) < len(positions):
        raise ValueError("two of its lanes are at the same place")
    if any(lane.leaf is not None and lane.leaf > count for lane in conversation.lanes):
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
    return value
