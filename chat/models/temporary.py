"""The same things where nothing may be stored: they live in the memory of one process.

The one rule: they never reach a database. `save` writes nothing, and their ids are of a range that
no row will ever have, so that a query that is made by mistake finds nothing.
"""

from __future__ import annotations

import secrets
import threading
import uuid
from typing import Any, Protocol

from django.utils import timezone

from chat.llm import types as llm
from chat.models.conversation import Conversation, Lane
from chat.models.message import Message, llm_role
from chat.models.parts import parts_from_json
from chat.models.turn import Turn

FIRST_ID = 2**52
"""Numbers of a browser are exact up to 2**53."""
_VERSION = 8
"""Of the UUID, the one that RFC 9562 leaves to us: rows have 4."""
_lock = threading.Lock()
# Anywhere in the range: what another process counts, or did before a restart, is not met again.
_last_id = FIRST_ID + secrets.randbelow(2**51)


def next_id() -> int:
    """Greater than the one before, as the ids of rows are."""
    global _last_id
    with _lock:
        _last_id += 1
        return _last_id


def next_key() -> uuid.UUID:
    """122 random bits."""
    number = secrets.randbits(128) & ~(0xF << 76) & ~(0x3 << 62)
    return uuid.UUID(int=number | _VERSION << 76 | 0x2 << 62)


def is_temporary(key: int | uuid.UUID) -> bool:
    """Whether the id is of something in memory: it says so by itself."""
    if isinstance(key, uuid.UUID):
        return key.version == _VERSION
    return FIRST_ID <= key < 2 * FIRST_ID


class Room(Protocol):
    """What these need of the one place where they are all together."""

    def path(self, message: Message) -> list[Message]: ...
    def latest_leaf(self, message: Message) -> Message: ...
    def siblings(self, message: Message) -> tuple[int, ...]: ...
    def items_after(self, leaf: Message, after: int | None) -> tuple[Any, ...]: ...
    def others(self, turn: Turn) -> list[Turn]: ...
    def read(self, id: uuid.UUID) -> bytes | None: ...


class Unsaved:
    def save(self, *args: Any, **kwargs: Any) -> None:
        """There is nothing to write: the object is what is kept."""


class TemporaryConversation(Unsaved, Conversation):
    is_temporary = True

    class Meta:
        proxy = True

    def __str__(self) -> str:
        return "Temporary conversation"

    def touch(self, *, title_from: str) -> None:
        """It takes no title: browsers write titles down."""
        self.active_at = timezone.now()


class TemporaryLane(Unsaved, Lane):
    class Meta:
        proxy = True


class TemporaryMessage(Unsaved, Message):
    room: Room

    class Meta:
        proxy = True

    def to_llm(self) -> llm.Message:
        parts = parts_from_json(self.parts, read=self.room.read)
        return llm.Message(role=llm_role(self.role), parts=parts)

    def path(self) -> list[Message]:
        return self.room.path(self)

    def latest_leaf(self) -> Message:
        return self.room.latest_leaf(self)


class TemporaryTurn(Unsaved, Turn):
    room: Room

    class Meta:
        proxy = True

    @property
    def is_stale(self) -> bool:
        """It cannot outlive its process."""
        return False

    @property
    def is_again(self) -> bool:
        return self.room.siblings(self.answer)[0] != self.answer_id

    @property
    def has_others(self) -> bool:
        return bool(self.others())

    def others(self) -> list[Turn]:
        return self.room.others(self)

    def request_stop(self) -> None:
        self.stop_requested_at = timezone.now()
