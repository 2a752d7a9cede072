"""A socket that looks into a room: a spectator's, or a guest's.

The one rule: it gets what the room shows everybody, and holds nothing of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from chat import frames
from chat.acknowledged import Acknowledged
from chat.sharing.rooms import Room
from chat.sharing.shown_turn import ShownTurn
from chat.watching import EMPTY, View

NOT_THERE = 4404


class Onlooker(Acknowledged):
    room: Room | None = None
    _tasks: tuple[asyncio.Task[None], ...] = ()

    def look_on(self, room: Room) -> None:
        self.room = room
        room.enter()
        self.also(self._bring(room))

    def also(self, job: Coroutine[Any, Any, None]) -> None:
        """Beside it, for as long as the socket is open."""
        self._tasks += (asyncio.create_task(job),)

    def look_away(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self.room is not None:
            self.room.leave()
            self.room = None

    async def _bring(self, room: Room) -> None:
        version = 0
        while (scene := await room.next(version)) is not None:
            is_next = version and scene.version == version + 1
            await self._send(scene.change if is_next else scene.whole)
            version = scene.version
            if scene.turn is not None:
                await self._follow(scene.turn)
        await self.close(NOT_THERE)

    async def _follow(self, turn: ShownTurn) -> None:
        shown = EMPTY

        def make(old: View, new: View) -> list[str]:
            if old is EMPTY:
                return frames.snapshot(turn.turn_id, new)
            return frames.deltas(turn.turn_id, old, new)

        async for view in turn.follow():
            if view.is_final:
                return
            texts = turn.difference(shown, make)
            shown = view
            for text in texts:
                await self._send(text)
