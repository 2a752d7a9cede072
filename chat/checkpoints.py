"""Once a second: what all running turns have said so far, and that they live, in one transaction.

The one rule: nothing is written here after a turn has settled; `lock` sees to it. The same look at
the database brings the stops that another process was asked for.
"""

from __future__ import annotations

import asyncio
import json
import logging
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from chat import database, running
from chat.models import Turn

logger = logging.getLogger(__name__)

_locks: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()
_tasks: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Task[None]] = WeakKeyDictionary()


def lock() -> asyncio.Lock:
    """Held while answers are written, by the checkpoint and by a turn that settles."""
    return _locks.setdefault(asyncio.get_running_loop(), asyncio.Lock())


def keep() -> None:
    """See that checkpoints are written for as long as turns run."""
    loop = asyncio.get_running_loop()
    task = _tasks.get(loop)
    if task is None or task.done():
        _tasks[loop] = loop.create_task(_keep(), name="checkpoints")


async def _keep() -> None:
    written: dict[int, int] = {}
    while running.turns():
        await asyncio.sleep(settings.LIMITS.checkpoint_interval)
        try:
            async with lock():
                await _checkpoint(written)
        except DatabaseError:
            # The text is still in memory; the next checkpoint, or the end, will have it.
            logger.exception("checkpoint not written")


async def _checkpoint(written: dict[int, int]) -> None:
    kept = (turn for turn in running.turns() if turn.is_kept)
    turns = {turn.turn_id: turn for turn in kept if not turn.is_over}
    if not turns:
        return
    changed = [turn for turn in turns.values() if written.get(turn.turn_id) != turn.size]
    rows = [(json.dumps(turn.stored_parts()), turn.answer_id) for turn in changed]
    sizes = {turn.turn_id: turn.size for turn in changed}
    stops = await database.run(_write, rows, list(turns))
    written.update(sizes)
    for turn_id in stops:
        turns[turn_id].stop()


@transaction.atomic
def _write(rows: list[tuple[str, int]], turn_ids: list[int]) -> list[int]:
    """Save, and return the turns that somebody wants stopped."""
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE chat_message SET parts = %s WHERE id = %s", rows)
    turns = Turn.objects.filter(pk__in=turn_ids)
    turns.update(heartbeat_at=timezone.now())
    return list(turns.exclude(stop_requested_at=None).values_list("pk", flat=True))
