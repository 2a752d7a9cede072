"""Which temporary conversations there are in this process, and whose.

The one rule: who is not the owner finds nothing, in the same words as where there is nothing; and
what nobody uses does not stay: memory is bounded for each person and in all.
"""

from __future__ import annotations

import threading
import time
import uuid

from django.conf import settings

from chat import running
from chat.models import Message, Turn, User
from chat.models.temporary import is_temporary
from chat.temporary.room import HeldFile, Room

GONE = (
    "This temporary conversation is not here. It was closed, nobody used it for a while, or the "
    "server was restarted; a server of several processes keeps each in one of them."
)

_rooms: dict[uuid.UUID, Room] = {}
_lock = threading.Lock()


class Gone(Exception):
    """It was closed while somebody looked at it."""


class TooMany(Exception):
    """`message` is for the person, who may close one of `rooms`."""

    def __init__(self, message: str, rooms: list[Room]) -> None:
        self.message = message
        self.rooms = rooms
        super().__init__(message)


def open_room(user: User, session_key: str) -> Room:
    """An empty one. Raise `TooMany`."""
    sweep_idle()
    limits = settings.LIMITS
    # Nothing was said in these, so that nothing is lost with them.
    for room in of_user(user):
        if not room.messages and not room.files:
            close(room)
    with _lock:
        own = [room for room in _rooms.values() if room.user.pk == user.pk]
        if len(own) >= limits.temporary_per_user:
            raise TooMany(f"{len(own)} temporary conversations are the limit.", own)
        is_full = len(_rooms) >= limits.temporary_in_all
        if is_full or sum(room.size for room in _rooms.values()) >= limits.temporary_bytes_in_all:
            raise TooMany("This server holds no more temporary conversations now.", own)
        room = Room(user, session_key)
        _rooms[room.key] = room
        return room


def find(user: User, key: uuid.UUID, *, session_key: str = "") -> Room | None:
    """The person's own; being looked at counts as being used."""
    sweep_idle()
    room = _rooms.get(key)
    if room is None or room.user.pk != user.pk:
        return None
    room.used_at = time.monotonic()
    room.session_key = session_key or room.session_key
    return room


def is_gone(key: uuid.UUID) -> bool:
    return is_temporary(key) and key not in _rooms


def everybody() -> list[Room]:
    return _of(None)


def of_user(user: User) -> list[Room]:
    """The oldest first."""
    return _of(user)


def turn(pk: int, user: User | None = None) -> Turn | None:
    """Of this person, or of whomever it is where the right was looked at before."""
    found = (room.turns.get(pk) for room in _of(user))
    return next((turn for turn in found if turn is not None), None)


def message(user: User, pk: int) -> Message | None:
    found = (room.messages.get(pk) for room in _of(user))
    return next((message for message in found if message is not None), None)


def file(user: User, id: uuid.UUID) -> HeldFile | None:
    found = (room.files.get(id) for room in _of(user))
    return next((file for file in found if file is not None), None)


def of_file(user: User, id: uuid.UUID) -> Room | None:
    return next((room for room in _of(user) if id in room.files), None)


def running_count(user: User) -> int:
    turns = (turn for room in of_user(user) for turn in list(room.turns.values()))
    return sum(turn.is_unfinished for turn in turns)


def close(room: Room) -> None:
    """Forget it; what still runs in it is stopped, and paid for."""
    with _lock:
        _rooms.pop(room.key, None)
    room.is_closed = True
    for live in running.turns():
        if live.turn_id in room.turns and live.task is not None:
            live.task.get_loop().call_soon_threadsafe(live.stop)


def close_of_session(session_key: str) -> None:
    """Somebody signs out."""
    for room in _of(None):
        if room.session_key == session_key:
            close(room)


def sweep_idle() -> None:
    oldest = time.monotonic() - settings.LIMITS.temporary_idle
    for room in _of(None):
        if room.used_at < oldest and not room.is_running:
            close(room)


def _of(user: User | None) -> list[Room]:
    with _lock:
        return [room for room in _rooms.values() if user is None or room.user.pk == user.pk]
