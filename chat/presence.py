"""Who else has a conversation open, in this process.

The one rule: whoever is told of somebody watches the same conversation, and was let in to watch it.
"""

from __future__ import annotations

import asyncio

from chat import sockets

PAUSE_SECONDS = 0.1
"""A reload is somebody who goes and comes: it is told as nothing at all."""

_due: dict[str, asyncio.Task[None]] = {}


def changed(conversation_id: str) -> None:
    """Somebody came or went: those who are there are told, once for many changes."""
    if conversation_id not in _due:
        loop = asyncio.get_running_loop()
        _due[conversation_id] = loop.create_task(_tell(conversation_id), name="who is here")


async def _tell(conversation_id: str) -> None:
    try:
        await asyncio.sleep(PAUSE_SECONDS)
    finally:
        _due.pop(conversation_id, None)
    there = sockets.watching(conversation_id)
    for socket in there:
        others = {each.user_id: each.person for each in there if each.user_id != socket.user_id}
        await socket.tell_present(tuple(sorted(others.values())))
