"""Forgetting, in time, what nobody uses: memory is no archive.

The one rule: rights are looked up. A room whose session lets nobody in any more is closed, whatever
the reason and whichever process it happened in.
"""

from __future__ import annotations

import asyncio
import logging

from django.conf import settings
from django.db import DatabaseError

from chat import database, sockets
from chat.temporary import rooms

logger = logging.getLogger(__name__)

_tasks: set[asyncio.Task[None]] = set()


def start() -> None:
    """For as long as the process lives."""
    task = asyncio.get_running_loop().create_task(_sweep_on(), name="temporary conversations")
    _tasks.add(task)


def sweep() -> None:
    """Those that nobody used, and those whose session lets nobody in any more."""
    rooms.sweep_idle()
    found = rooms.everybody()
    users = sockets.entitled([room.session_key for room in found]) if found else {}
    for room in found:
        user = users.get(room.session_key)
        if user is None or user.pk != room.user.pk:
            rooms.close(room)


async def _sweep_on() -> None:
    while True:
        await asyncio.sleep(settings.LIMITS.temporary_sweep)
        try:
            await database.run(sweep)
        except DatabaseError:
            logger.exception("temporary conversations were not looked at; trying again")
