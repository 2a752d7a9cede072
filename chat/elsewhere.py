"""Answers that another process runs, as they are seen from here.

The one rule: what is read is what stands in the database, once a second for everybody here who
looks on; so whatever is missed is there with the next look, and nothing has to arrive.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary, WeakValueDictionary

from django.conf import settings
from django.db import Error as DatabaseError

from chat import database, running
from chat.growing import TEXTS, GrowingText
from chat.models import Turn
from chat.receipts import CHARACTERS_PER_TOKEN
from chat.thread import PartView, part_blocks, part_views
from chat.watching import View, Watched

Stored = tuple[list[dict[str, Any]], tuple[PartView, ...] | None]
OVERLAP = 100
"""Ids are given out in order, but appear in the order in which transactions end."""

logger = logging.getLogger(__name__)


class Mirror(Watched):
    """What a `LiveTurn` is to those who watch it, for a turn that runs in another process."""

    def __init__(self, turn_id: int) -> None:
        super().__init__()
        self.turn_id = turn_id
        self._stored: list[dict[str, Any]] = []
        self._texts: dict[int, GrowingText] = {}

    def stored_parts(self) -> list[dict[str, Any]]:
        return self._stored

    def take(self, parts: list[dict[str, Any]], final: tuple[PartView, ...] | None = None) -> None:
        """What the answer says now; in the end with how that is drawn."""
        if self.view.version and parts == self._stored and final is None:
            return
        self._stored = parts
        drawn = final
        if drawn is None:
            drawn = tuple(self._draw(number, part) for number, part in enumerate(parts))
        characters = sum(len(part.get("text") or "") for part in parts)
        tokens = -(-characters // CHARACTERS_PER_TOKEN)
        is_final = final is not None
        self.show(View(self.view.version + 1, drawn, tokens=tokens, is_final=is_final))

    def _draw(self, number: int, part: dict[str, Any]) -> PartView:
        kind = part["type"]
        if kind not in TEXTS:
            return PartView(number, kind, part_blocks(part))
        if number not in self._texts or self._texts[number].view.kind != kind:
            self._texts[number] = GrowingText(number, kind)
        return self._texts[number].draw(part["text"])


_mirrors: WeakValueDictionary[int, Mirror] = WeakValueDictionary()
"""For as long as somebody looks into them."""
_hearing: set[asyncio.Task[None]] = set()
_tasks: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Task[None]] = WeakKeyDictionary()


def mirror(turn_id: int) -> Mirror:
    """The one of that turn in this process. An answer that is over is a mirror of one view."""
    found = _mirrors.get(turn_id)
    if found is None:
        found = _mirrors[turn_id] = Mirror(turn_id)
    loop = asyncio.get_running_loop()
    task = _tasks.get(loop)
    if task is None or task.done():
        _tasks[loop] = loop.create_task(_look_on(), name="elsewhere")
    return found


async def _look_on() -> None:
    steps = 10
    while waiting := _unfinished():
        for step in range(steps):
            # Whoever has just come does not wait for the others' next look.
            is_due = step == 0
            wanted = [each for each in waiting if is_due or not each.view.version]
            try:
                await _look(wanted)
            except DatabaseError:
                logger.exception("other processes' answers were not read")
            del waiting, wanted
            await asyncio.sleep(settings.LIMITS.checkpoint_interval / steps)
            waiting = _unfinished()


def _unfinished() -> list[Mirror]:
    return [each for each in list(_mirrors.values()) if not each.view.is_final]


async def _look(mirrors: list[Mirror]) -> None:
    if not mirrors:
        return
    found = await database.run(_read, [each.turn_id for each in mirrors])
    for each in mirrors:
        each.take(*found.get(each.turn_id, ([], ())))


def _read(turn_ids: Collection[int]) -> dict[int, Stored]:
    rows = Turn.objects.filter(pk__in=turn_ids).select_related("answer")
    rows = rows.only("status", "heartbeat_at", "answer__parts")
    return {row.pk: (row.answer.parts, _final(row)) for row in rows}


def _final(turn: Turn) -> tuple[PartView, ...] | None:
    return None if turn.is_unfinished else part_views(turn.answer.parts)


def start() -> None:
    """For as long as the process lives."""
    loop = asyncio.get_running_loop()
    _hearing.add(loop.create_task(hear(), name="new turns elsewhere"))


async def hear() -> None:
    """Tell whoever listens of the turns that begin in other processes."""
    known: dict[int, UUID] | None = None
    while True:
        try:
            found = await database.run(_newest, max(known or [0]))
        except DatabaseError:
            logger.exception("other processes were not heard")
        else:
            for turn_id, conversation in found.items():
                if known is not None and turn_id not in known:
                    running.announce(turn_id, str(conversation))
            known = found
        await asyncio.sleep(settings.LIMITS.checkpoint_interval)


def _newest(known: int) -> dict[int, UUID]:
    rows = Turn.objects.order_by("-pk").values_list("pk", "conversation_id")
    return dict(rows.filter(pk__gt=known - OVERLAP)[: 10 * OVERLAP])
