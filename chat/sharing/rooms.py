"""Live shares that somebody watches in this process, one room each.

The one rule: whatever is looked up or drawn, is so once for the room and never for a visitor. The
database is asked once a second or so whether the share is still there and where its path leads;
that also brings what happens in other processes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import Error as DatabaseError
from django.template.loader import render_to_string

from chat import database, elsewhere, frames, running, sockets
from chat.models import Share
from chat.sharing import content, showing
from chat.sharing.redaction import Redaction
from chat.sharing.showing import Shown
from chat.sharing.shown_turn import ShownTurn

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """What the database says about a share at one moment. `html` has a text a message."""

    html: tuple[str, ...]
    last: Shown | None
    clean: Redaction
    door: str = ""
    """Whom it lets in. Where that changes everybody has to come in anew."""

    @property
    def running(self) -> int | None:
        """The turn of the last message, if it is still being written."""
        return self.last.turn if self.last and self.last.is_running else None


@dataclass(frozen=True)
class Scene:
    """What is to be seen. Whoever has seen the one before it keeps its first `kept` messages."""

    version: int
    look: Look
    kept: int
    turn: ShownTurn | None

    @cached_property
    def whole(self) -> str:
        """As a frame, written once for everybody."""
        return frames.encode(frames.path(0, "".join(self.look.html)))

    @cached_property
    def change(self) -> str:
        return frames.encode(frames.path(self.kept, "".join(self.look.html[self.kept :])))


class Room:
    def __init__(
        self,
        key: UUID,
        *,
        conversation: UUID | None,
        files: str,
        look: Callable[[UUID, str], Look | None],
    ) -> None:
        self.key = key
        self.conversation_id = str(conversation or "")
        self.is_closed = False
        self._look = look
        self.scene: Scene | None = None
        self.watchers = self._counted = 0
        self._files = files
        self._changed = asyncio.Event()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._drawing: set[asyncio.Task[None]] = set()

    def pace(self) -> float:
        """Seconds between two pictures of a running answer."""
        limits = settings.LIMITS
        return max(limits.flush_interval, self.watchers / limits.spectator_frames_per_second)

    async def next(self, version: int) -> Scene | None:
        """The scene after that of `version`, when there is one; None when the share is closed."""
        while not self.is_closed:
            if self.scene is not None and self.scene.version != version:
                return self.scene
            await self._changed.wait()
        return None

    def enter(self) -> None:
        self.watchers += 1
        if self._task is None:
            running.listen(self.conversation_id, self._hear)
            self._task = asyncio.create_task(self._look_on(), name=f"room {self.key}")

    def aim(self, conversation: UUID) -> None:
        """There was none before, or there is another one now."""
        if str(conversation) != self.conversation_id:
            running.unlisten(self.conversation_id, self._hear)
            self.conversation_id = str(conversation)
            running.listen(self.conversation_id, self._hear)
        self._wake.set()

    def leave(self) -> None:
        self.watchers -= 1
        if not self.watchers:
            self._close()

    def _hear(self, turn_id: int) -> None:
        self._wake.set()

    async def _look_on(self) -> None:
        while not self.is_closed:
            self._wake.clear()
            try:
                look = await database.run(self._look, self.key, self._files)
            except DatabaseError:
                logger.exception("room %s could not be looked at", self.key)
            else:
                if look is None or (self.scene and self.scene.look.door != look.door):
                    self._close()
                    return
                self._take(look)
                await self._count()
            try:
                await asyncio.wait_for(self._wake.wait(), settings.LIMITS.share_recheck)
            except TimeoutError:
                continue

    async def _count(self) -> None:
        """Tell those who are in the conversation how many look on."""
        watchers = count(self.conversation_id)
        if watchers != self._counted:
            self._counted = watchers
            for socket in sockets.watching(self.conversation_id):
                await socket.tell_viewers(self.conversation_id, watchers)

    def _take(self, look: Look) -> None:
        old = self.scene
        if old is not None and old.look.html == look.html:
            return
        turn = old.turn if old else None
        if turn is not None and look.running != turn.turn_id:
            turn.end()
            turn = None
        if look.running and turn is None:
            source = running.get(look.running) or elsewhere.mirror(look.running)
            turn = ShownTurn(source, clean=look.clean, files=self._files, pace=self.pace)
            task = asyncio.create_task(self._draw(turn), name=f"show {turn.turn_id}")
            self._drawing.add(task)
            task.add_done_callback(self._drawing.discard)
        kept = _same(old.look.html, look.html) if old else 0
        self.scene = Scene((old.version if old else 0) + 1, look, kept, turn)
        self._tell()

    async def _draw(self, turn: ShownTurn) -> None:
        await turn.run()
        # It is over for those who watch; a moment later it is in the database as well.
        while not turn.view.is_final and not self.is_closed:
            self._wake.set()
            await asyncio.sleep(0.1)

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _close(self) -> None:
        self.is_closed = True
        running.unlisten(self.conversation_id, self._hear)
        rooms.pop(self.key, None)
        if self.scene is not None and self.scene.turn is not None:
            self.scene.turn.end()
        for task in self._drawing:
            task.cancel()
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()
        self._tell()
        farewell = asyncio.create_task(self._count(), name=f"farewell {self.key}")
        self._drawing.add(farewell)
        farewell.add_done_callback(self._drawing.discard)


rooms: dict[UUID, Room] = {}


def room(share: Share, *, files: str) -> Room:
    conversation = share.conversation_id
    return enter(share.pk, conversation=conversation, files=files, look=_look_at_share)


def enter(
    key: UUID,
    *,
    conversation: UUID | None,
    files: str,
    look: Callable[[UUID, str], Look | None],
) -> Room:
    """The one of that key in this process. `look` is called with the key and `files`, on the thread
    of the database; None closes the room."""
    if key not in rooms:
        rooms[key] = Room(key, conversation=conversation, files=files, look=look)
    return rooms[key]


def count(conversation_id: str) -> int:
    """How many watch shares of this conversation, in this process."""
    return sum(each.watchers for each in rooms.values() if each.conversation_id == conversation_id)


def _same(old: tuple[str, ...], new: tuple[str, ...]) -> int:
    """How many are the same at the beginning."""
    pairs = zip(old, new, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _look_at_share(share_id: UUID, files: str) -> Look | None:
    share = Share.objects.open().filter(pk=share_id).select_related("conversation", "user", "lane")
    found = share.first()
    if found is None or not found.is_live or not found.user.may_edit(found.conversation):
        return None
    door = f"{found.audience} {found.team_id} {found.password} {found.view_limit}"
    return replace(look_at(found, showing.current(found), files=files), door=door)


def look_at(share: Share, shown: dict[str, Any], *, files: str) -> Look:
    """Drawn as `share` wants it."""
    items = showing.items(shown, files=files)
    if items and items[-1].is_running:
        # What it says comes by itself, from the first word on.
        items[-1] = replace(items[-1], parts=())
    html = tuple(render_to_string("_shown.html", {"items": [item]}) for item in items)
    return Look(html, items[-1] if items else None, content.redaction_of(share))
