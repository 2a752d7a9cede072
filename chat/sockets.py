"""Which sockets are open in this process, and whose.

The one rule: every few seconds each of them has to be somebody's right still. Signing out, a new
password, deactivation and expiry all show in the session and the user's row, whichever process
they happened in, so that no signal has to arrive.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID
from weakref import WeakKeyDictionary

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from chat import database
from chat.models import Conversation, Membership, User
from chat.standings import Standing, standings
from chat.temporary import rooms

SIGNED_OUT = 4401
TOO_SLOW = 4408
TOO_OLD = 4409
TOO_MANY = 4429


@dataclass(frozen=True, slots=True, order=True)
class Person:
    """As others see them."""

    name: str
    initials: str


class Socket(Protocol):
    """What the sweep needs of a consumer."""

    session_key: str
    user_id: int
    person: Person
    address: str
    opened_at: float
    pinged_at: float
    blocked_since: float | None

    @property
    def watching(self) -> str | None:
        """The id of a conversation."""

    async def ping(self) -> None: ...
    async def tell_standing(self, standing: Standing) -> None:
        """How the conversation stands that it watches; the same again is not told."""

    async def look_away(self) -> None: ...
    async def tell_viewers(self, conversation_id: str, count: int) -> None: ...
    async def tell_present(self, people: tuple[Person, ...]) -> None:
        """Who else watches it; the same again is not told."""

    async def tell_changed(self, conversation_id: str) -> None: ...
    async def end(self, code: int) -> None: ...


_open: set[Socket] = set()
_sweeps: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Task[None]] = WeakKeyDictionary()


def has_room(user_id: int, address: str) -> bool:
    limits = settings.LIMITS
    of_user = sum(socket.user_id == user_id for socket in _open)
    of_address = sum(socket.address == address for socket in _open)
    return of_user < limits.sockets_per_user and of_address < limits.sockets_per_address


def add(socket: Socket) -> None:
    _open.add(socket)
    loop = asyncio.get_running_loop()
    sweep = _sweeps.get(loop)
    if sweep is None or sweep.done():
        _sweeps[loop] = loop.create_task(_sweep_while_open(), name="socket sweep")


def remove(socket: Socket) -> None:
    _open.discard(socket)


def of_user(user_id: int) -> list[Socket]:
    return [socket for socket in _open if socket.user_id == user_id]


async def tell_changed(user_id: int, conversation_id: str) -> None:
    """To every open page of a person's: a conversation is new, or has another title."""
    for socket in of_user(user_id):
        await socket.tell_changed(conversation_id)


def watching(conversation_id: str) -> list[Socket]:
    return [socket for socket in _open if socket.watching == conversation_id]


def count() -> Counter[int]:
    """Open sockets by user."""
    return Counter(socket.user_id for socket in _open)


async def end_all(code: int) -> None:
    """The server is going away."""
    await asyncio.gather(*(socket.end(code) for socket in tuple(_open)))


def entitled(session_keys: Iterable[str]) -> dict[str, User]:
    """The user behind each session that still lets somebody in, in two queries."""
    rows = Session.objects.filter(session_key__in=set(session_keys), expire_date__gt=timezone.now())
    sessions = {row.session_key: row.get_decoded() for row in rows}
    ids = {data[SESSION_KEY] for data in sessions.values() if SESSION_KEY in data}
    users = {str(user.pk): user for user in User.objects.filter(pk__in=ids, is_active=True)}
    found: dict[str, User] = {}
    for key, data in sessions.items():
        user = users.get(data.get(SESSION_KEY, ""))
        # The hash is of the password: a new one ends every session that was opened with the old.
        if user and constant_time_compare(
            data.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()
        ):
            found[key] = user
    return found


def hidden(pairs: Collection[tuple[int, str]]) -> set[tuple[int, str]]:
    """Those of a person and a conversation where the one may not see the other, in two queries."""
    rows = Conversation.with_deleted.filter(pk__in={id for _, id in pairs})
    found = {str(row.pk): row for row in rows.only("user", "team", "deleted_at")}
    teams = {row.team_id for row in found.values() if row.team_id}
    members = set(Membership.objects.filter(team__in=teams).values_list("user", "team"))

    def is_seen(user: int, row: Conversation) -> bool:
        is_whose = row.user_id == user if row.team_id is None else (user, row.team_id) in members
        return is_whose and row.deleted_at is None

    gone = {(user, id) for user, id in pairs if rooms.is_gone(UUID(id))}
    return gone | {(user, id) for user, id in pairs if id in found and not is_seen(user, found[id])}


async def _sweep_while_open() -> None:
    while _open:
        await asyncio.sleep(settings.LIMITS.socket_recheck)
        await sweep()


async def sweep() -> None:
    """Close who may not stay, ping who was left in silence."""
    looked_at = tuple(_open)
    users = await database.run(entitled, [socket.session_key for socket in looked_at])
    watched = {(socket.user_id, socket.watching) for socket in looked_at if socket.watching}
    lost = await database.run(hidden, watched)
    stand = await database.run(standings, {pk for _, pk in watched})
    now = time.monotonic()
    limits = settings.LIMITS
    for socket in looked_at:
        user = users.get(socket.session_key)
        if user is None or user.pk != socket.user_id:
            await socket.end(SIGNED_OUT)
        elif now - socket.opened_at > limits.socket_seconds:
            await socket.end(TOO_OLD)
        elif socket.blocked_since and now - socket.blocked_since > limits.acknowledgement_wait:
            await socket.end(TOO_SLOW)
        elif now - socket.pinged_at > limits.socket_ping:
            await socket.ping()
        if (socket.user_id, socket.watching) in lost:
            await socket.look_away()
        elif socket.watching in stand:
            await socket.tell_standing(stand[socket.watching])
