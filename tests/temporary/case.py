"""A room of Alice's, and everything that was ever written down, to look for words in."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection
from django.test import Client

from chat import running, temporary
from chat.models import Turn, User
from chat.temporary import Room
from tests.turns.stage import TurnCase

CANARY = "kingfisher"
"""It is said, and may be found nowhere."""


class RoomCase(TurnCase):
    def setUp(self) -> None:
        self.addCleanup(close_all)

    async def room(self, user: User | None = None) -> Room:
        client = await signed_in(user or self.alice)
        return await sync_to_async(temporary.open_room)(
            user or self.alice, client.session.session_key or ""
        )

    async def say(self, room: Room, text: str | None, **fields: Any) -> Turn:
        """And wait for the answer to end."""
        if text is not None:
            fields.setdefault("parent", room.lane.leaf_id)
        turn = await self.ask(text, conversation=room.key, **fields)
        return await over(turn)


async def over(turn: Turn) -> Turn:
    live = running.get(turn.pk)
    if live is not None and live.task is not None:
        await asyncio.wait_for(asyncio.shield(live.task), 10)
    return turn


async def signed_in(user: User) -> Client:
    client = Client()
    await sync_to_async(client.force_login)(user)
    return client


def close_all() -> None:
    for room in temporary.everybody():
        temporary.close(room)


def names(cursor: Any) -> Iterator[str]:
    for table in connection.introspection.table_names(cursor):
        # SQLite's vocabulary of its own index, which can only be asked for single words.
        if not table.endswith("_words"):
            yield table


def tables() -> dict[str, int]:
    """Every table of the database, and how many rows it has."""
    counts = {}
    with connection.cursor() as cursor:
        for table in names(cursor):
            cursor.execute(f'SELECT COUNT(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
    return counts


def written() -> Iterator[str]:
    """All rows of all tables as text, and the names and the bytes of all files of the data."""
    with connection.cursor() as cursor:
        for table in names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            yield repr(cursor.fetchall())
    for path in Path(settings.DATA).rglob("*"):
        yield str(path)
        if path.is_file() and "static" not in path.parts:
            yield path.read_bytes().decode("utf-8", "replace")
