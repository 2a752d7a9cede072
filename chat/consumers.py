"""A page's socket: frames in, frames out.

The one rule: a consumer never waits for a turn. It starts one, returns, and hears the next frame;
what the turn says is brought by a task beside it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from chat import (
    database,
    elsewhere,
    fragments,
    frames,
    presence,
    running,
    sockets,
    temporary,
    turns,
)
from chat.acknowledged import Acknowledged
from chat.frames import BadFrame, ConversationWatch, FrameAck, TurnStart, TurnStop
from chat.models import Turn, User
from chat.orders import Refusal, Wish
from chat.sharing import rooms
from chat.standings import Standing, standings
from chat.watching import EMPTY, View, Watched
from playground.addresses import client_address

logger = logging.getLogger(__name__)

GONE = "This conversation is not there any more."
MOST_PRESENT = 20


class ChatConsumer(Acknowledged):
    session_key = ""
    user_id = 0
    address = ""
    person = sockets.Person("", "")

    async def connect(self) -> None:
        # Accepted first in every case: a refused handshake could not say why.
        await self.accept()
        self.opened_at = self.pinged_at = time.monotonic()
        self._watching: str | None = None
        self._told: Standing | None = None
        self._present: tuple[sockets.Person, ...] = ()
        self._following: dict[int, asyncio.Task[None]] = {}
        self.session_key = self.scope["session"].session_key or ""
        self.address = client_address(self.scope)
        user = await self._user()
        if user is None:
            await self.close(sockets.SIGNED_OUT)
            return
        self.user_id = user.pk
        self.person = sockets.Person(user.display_name, user.initials)
        if not sockets.has_room(user.pk, self.address):
            await self.close(sockets.TOO_MANY)
            return
        sockets.add(self)

    async def disconnect(self, code: int) -> None:
        sockets.remove(self)
        self._unwatch()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self.user_id:
            return
        try:
            frame = frames.parse(text_data or "")
            if not isinstance(frame, FrameAck) and not self._allowance.take():
                await self.end(sockets.TOO_MANY)
                return
            await self._obey(frame)
        except BadFrame as bad:
            if not self._allowance.take():
                await self.end(sockets.TOO_MANY)
                return
            await self._reply(frames.error(bad.code, bad.message, id=bad.id))

    async def ping(self) -> None:
        self.pinged_at = time.monotonic()
        await self._reply(frames.ping())

    async def end(self, code: int) -> None:
        """Close from our side. The turns go on."""
        sockets.remove(self)
        self._unwatch()
        await self.close(code)

    @property
    def watching(self) -> str | None:
        return self._watching

    async def tell_viewers(self, conversation_id: str, count: int) -> None:
        await self._reply(frames.viewers(conversation_id, count))

    async def tell_present(self, people: tuple[sockets.Person, ...]) -> None:
        if self._watching and people != self._present:
            self._present = people
            named = [(person.name, person.initials) for person in people[:MOST_PRESENT]]
            await self._reply(frames.present(self._watching, named))

    async def look_away(self) -> None:
        """The conversation was taken out of this person's sight, or is gone."""
        was_temporary = temporary.is_temporary(UUID(self._watching or str(UUID(int=0))))
        self._unwatch()
        await self._reply(frames.error("not_found", temporary.GONE if was_temporary else GONE))

    async def tell_standing(self, standing: Standing) -> None:
        if self._watching and standing != self._told:
            self._told = standing
            await self._reply(frames.watched(self._watching, standing))

    async def tell_changed(self, conversation_id: str) -> None:
        await self._reply(await database.run(fragments.changed, conversation_id))

    async def _obey(self, frame: frames.Frame) -> None:
        if isinstance(frame, FrameAck):
            self.acknowledge(frame.count)
            return
        user = await self._user()
        if user is None:
            await self.end(sockets.SIGNED_OUT)
            return
        match frame:
            case ConversationWatch():
                await self._watch(user, frame)
            case TurnStart():
                await self._start(user, frame)
            case TurnStop():
                turn = await database.run(_stoppable, user, frame.turn)
                if turn is None:
                    await self._reply(frames.error("not_found", "This answer is not there."))
                else:
                    await turns.stop(turn)

    async def _start(self, user: User, frame: TurnStart) -> None:
        wish = Wish(
            client_id=frame.id,
            model=frame.model,
            text=frame.text,
            conversation=frame.conversation,
            lane=frame.lane,
            parent=frame.parent,
            message=frame.message,
            system=frame.system,
            parameters=frame.parameters,
            attachments=frame.attachments,
            turn=frame.turn,
            continues=frame.continues,
        )
        try:
            started = await turns.start(user, wish)
        except Refusal as refusal:
            error = frames.error(
                refusal.code, refusal.message, id=str(frame.id), field=refusal.field
            )
            await self._reply(error)
            return
        conversation_id = str(started.turn.conversation_id)
        self._listen(conversation_id)
        self._follow(started.turn.pk, is_new=True)
        if started.is_new and frame.conversation is None:
            await sockets.tell_changed(user.pk, conversation_id)

    async def _watch(self, user: User, frame: ConversationWatch) -> None:
        conversation_id = str(frame.conversation)
        found = await database.run(_watchable, user, frame)
        if found is None:
            is_temporary = temporary.is_temporary(frame.conversation)
            message = temporary.GONE if is_temporary else GONE
            await self._reply(frames.error("not_found", message))
            return
        self._listen(conversation_id)
        for turn_id in found:
            self._follow(turn_id, is_new=turn_id not in frame.turns)
        if viewers := rooms.count(conversation_id):
            await self.tell_viewers(conversation_id, viewers)
        self._told = None
        found_now = await database.run(standings, [conversation_id])
        await self.tell_standing(found_now.get(conversation_id, Standing()))

    def _listen(self, conversation_id: str) -> None:
        if self._watching != conversation_id:
            self._unwatch()
            self._watching = conversation_id
            running.listen(conversation_id, self._hear)
            presence.changed(conversation_id)

    def _unwatch(self) -> None:
        if getattr(self, "_watching", None) is None:
            return
        running.unlisten(self._watching or "", self._hear)
        presence.changed(self._watching or "")
        self._watching, self._present = None, ()
        for task in self._following.values():
            task.cancel()
        self._following.clear()

    def _hear(self, turn_id: int) -> None:
        self._follow(turn_id, is_new=True)

    def _follow(self, turn_id: int, *, is_new: bool) -> None:
        """Bring this turn to the page, once."""
        if turn_id in self._following:
            return
        task = asyncio.create_task(self._bring(turn_id, is_new=is_new), name=f"bring {turn_id}")
        self._following[turn_id] = task
        task.add_done_callback(lambda done: self._brought(turn_id, done))

    def _brought(self, turn_id: int, task: asyncio.Task[None]) -> None:
        if self._following.get(turn_id) is task:
            del self._following[turn_id]
        failure = None if task.cancelled() else task.exception()
        # A temporary conversation was closed: `look_away` says so.
        if failure and not isinstance(failure, temporary.Gone):
            logger.error("turn %s was not brought to a page", turn_id, exc_info=failure)

    async def _bring(self, turn_id: int, *, is_new: bool) -> None:
        if is_new:
            started = await database.run(fragments.started, turn_id)
            if self._told:
                self._told = replace(self._told, mark=started["mark"])
            await self._send(frames.encode(started))
        shown = EMPTY
        live = running.get(turn_id) or await _elsewhere(turn_id)

        def make(old: View, new: View) -> list[str]:
            if old is EMPTY:
                return frames.snapshot(turn_id, new)
            return frames.deltas(turn_id, old, new)

        async for view in live.follow():
            texts = live.difference(shown, make)
            shown = view
            for text in texts:
                await self._send(text)
        await self._send(frames.encode(await database.run(fragments.finished, turn_id)))

    async def _user(self) -> User | None:
        """Who this is, asked anew for every action."""
        users = await database.run(sockets.entitled, [self.session_key])
        return users.get(self.session_key)


def _stoppable(user: User, pk: int) -> Turn | None:
    """In a team, others' answers too."""
    if temporary.is_temporary(pk):
        return temporary.turn(pk, user)
    rows = Turn.objects.filter(conversation__in=user.editable_conversations)
    return rows.filter(pk=pk).first()


def _watchable(user: User, frame: ConversationWatch) -> list[int] | None:
    """The turns to bring: those asked for, and what is running. None: there is nothing to see."""
    if temporary.is_temporary(frame.conversation):
        room = temporary.find(user, frame.conversation)
        turns = list(room.turns.values()) if room else []
        found = [turn.pk for turn in turns if turn.is_unfinished or turn.pk in frame.turns]
        return None if room is None else found
    if not user.visible_conversations.filter(pk=frame.conversation).exists():
        return None
    rows = Turn.objects.filter(conversation=frame.conversation)
    wanted = Q(pk__in=frame.turns) | Q(status__in=Turn.UNFINISHED)
    return list(rows.filter(wanted).values_list("pk", flat=True))


async def _elsewhere(turn_id: int) -> Watched:
    """A turn that another process runs, or that is over."""
    while temporary.is_temporary(turn_id):
        stored = Watched()
        stored.show(await database.run(fragments.stored_view, turn_id))
        if stored.view.is_final:
            return stored
        if live := running.get(turn_id):
            return live
        await asyncio.sleep(settings.LIMITS.checkpoint_interval)
    return elsewhere.mirror(turn_id)
