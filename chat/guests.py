"""The socket of a guest on a demo: says something, stops, and sees its own conversation.

The one rule: model, settings and system message are the demo's. What a guest sends is words, and
whose conversation they go to is decided by the cookie, never by a frame.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from http.cookies import CookieError, SimpleCookie

from django.conf import settings

from chat import database, demos, frames, sockets, turns
from chat.demos.rooms import room
from chat.frames import BadFrame, FrameAck, GuestSay, GuestStop
from chat.models import Demo, Guest, Turn
from chat.onlooker import NOT_THERE, Onlooker
from chat.orders import Refusal, Wish

COOKIE = "guest"
MOST_SOCKETS = 3
_open: Counter[str] = Counter()
"""By guest."""


class GuestConsumer(Onlooker):
    token = key = ""

    async def connect(self) -> None:
        # Accepted first in every case: a refused handshake could not say why.
        await self.accept()
        self.token = self.scope["url_route"]["kwargs"]["token"]
        guest = await database.run(self._guest)
        if guest is None:
            await self.close(NOT_THERE)
            return
        if _open[str(guest.pk)] >= MOST_SOCKETS:
            await self.close(sockets.TOO_MANY)
            return
        self.key = str(guest.pk)
        _open[self.key] += 1
        self.look_on(await database.run(room, guest))
        self.also(self._ping())
        await self._tell_left(guest)

    async def disconnect(self, code: int) -> None:
        self.look_away()
        if self.key:
            _open[self.key] -= 1
            if not _open[self.key]:
                del _open[self.key]

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self.key:
            return
        try:
            frame = frames.parse_guest(text_data or "")
            if isinstance(frame, FrameAck):
                self.acknowledge(frame.count)
                return
            if not self._allowance.take():
                await self.close(sockets.TOO_MANY)
                return
            await self._obey(frame)
        except BadFrame as bad:
            if not self._allowance.take():
                await self.close(sockets.TOO_MANY)
                return
            await self._reply(frames.error(bad.code, bad.message, id=bad.id))

    async def _obey(self, frame: GuestSay | GuestStop) -> None:
        guest = await database.run(self._guest)
        if guest is None:
            await self.close(NOT_THERE)
            return
        match frame:
            case GuestSay():
                await self._say(guest, frame)
            case GuestStop():
                for turn in await database.run(_running, guest):
                    await turns.stop(turn)

    async def _say(self, guest: Guest, frame: GuestSay) -> None:
        if len(frame.text.encode("utf-8", "replace")) > settings.LIMITS.guest_message:
            raise BadFrame("message_too_long", "That is too long for this demo.", id=str(frame.id))
        demo = guest.demo
        try:
            await database.run(demos.check, guest)
            wish = await database.run(_wish, guest, frame)
            started = await turns.start(demo.user, wish, guest)
        except demos.UsedUp as used:
            await self._reply(frames.error("used_up", used.message, id=str(frame.id)))
            return
        except Refusal as refusal:
            code = refusal.code if refusal.code in TOLD else "unavailable"
            message = refusal.message if refusal.code in TOLD else UNAVAILABLE
            await self._reply(frames.error(code, message, id=str(frame.id)))
            return
        if self.room is not None:
            self.room.aim(started.turn.conversation_id)
        await self._tell_left(guest)

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(settings.LIMITS.socket_ping)
            guest = await database.run(self._guest)
            if guest is None:
                await self.close(NOT_THERE)
                return
            await self._reply(frames.ping())
            await self._tell_left(guest)

    async def _tell_left(self, guest: Guest) -> None:
        left = await database.run(guest.left)
        await self._reply(frames.left(**left))

    def _guest(self) -> Guest | None:
        """Who this is, asked anew for every action; and that they are there."""
        demo = Demo.find(self.token)
        guest = Guest.find(demo, self._cookie()) if demo else None
        if demo is None or guest is None:
            return None
        guest.demo = demo
        guest.see()
        return guest

    def _cookie(self) -> str:
        lines = [value for name, value in self.scope["headers"] if name == b"cookie"]
        try:
            cookie = SimpleCookie(b"; ".join(lines).decode("latin-1"))
        except CookieError:
            return ""
        return cookie[COOKIE].value if COOKIE in cookie else ""


TOLD = ("used_up", "empty_message", "message_too_long", "turn_running", "restarting")
"""What a guest may be told as it is; everything else is the presenter's matter."""
UNAVAILABLE = "The demo cannot answer just now. Please try again in a moment."


def _wish(guest: Guest, frame: GuestSay) -> Wish:
    demo, conversation = guest.demo, guest.conversation
    lane = conversation.lanes.first() if conversation else None
    return Wish(
        client_id=frame.id,
        model=demo.model,
        text=frame.text,
        parent=lane.leaf_id if lane else None,
        system=demo.system,
        parameters=demo.parameters,
    )


def _running(guest: Guest) -> list[Turn]:
    rows = Turn.objects.filter(conversation__guest=guest, status__in=Turn.UNFINISHED)
    return list(rows)
