"""The socket of somebody who watches a live share: nothing comes in but acknowledgements.

The one rule: a spectator is let in as a visitor of the page is, and holds nothing that a room does
not hold for everybody.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from http.cookies import CookieError, SimpleCookie

from django.conf import settings

from chat import database, frames, sockets
from chat.frames import BadFrame, FrameAck
from chat.models import Share
from chat.onlooker import NOT_THERE, Onlooker
from chat.sharing import doors, rooms
from playground.addresses import client_address

READ_ONLY = "Whoever watches sends nothing."

_open: Counter[str] = Counter()
"""By address."""


class SpectatorConsumer(Onlooker):
    address = token = ""

    async def connect(self) -> None:
        # Accepted first in every case: a refused handshake could not say why.
        await self.accept()
        address = client_address(self.scope)
        self.token = self.scope["url_route"]["kwargs"]["token"]
        if _open[address] >= settings.LIMITS.spectators_per_address:
            await self.close(sockets.TOO_MANY)
            return
        self.address = address
        _open[address] += 1
        share = await database.run(self._find)
        if share is None:
            await self.close(NOT_THERE)
            return
        self.look_on(rooms.room(share, files=f"/s/{self.token}/files/"))
        # Others were let in as everybody is; these may lose what lets them in.
        is_open_to_all = share.audience == "link" and not share.password
        self.also(self._ping(is_rechecked=not is_open_to_all))

    async def disconnect(self, code: int) -> None:
        self.look_away()
        if self.address:
            _open[self.address] -= 1
            if not _open[self.address]:
                del _open[self.address]

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        try:
            frame = frames.parse(text_data or "")
            if isinstance(frame, FrameAck):
                self.acknowledge(frame.count)
                return
            raise BadFrame("read_only", READ_ONLY)
        except BadFrame as bad:
            if not self._allowance.take():
                await self.close(sockets.TOO_MANY)
                return
            await self._reply(frames.error(bad.code, bad.message, id=bad.id))

    async def _ping(self, *, is_rechecked: bool) -> None:
        limits = settings.LIMITS
        waited = 0.0
        while True:
            seconds = limits.socket_recheck if is_rechecked else limits.socket_ping
            await asyncio.sleep(seconds)
            waited += seconds
            if is_rechecked and await database.run(self._find) is None:
                await self.close(NOT_THERE)
                return
            if waited >= limits.socket_ping:
                waited = 0.0
                await self._reply(frames.ping())

    def _find(self) -> Share | None:
        share = Share.find(self.token)
        key = self.scope["session"].session_key or ""
        user = sockets.entitled([key]).get(key) if key else None
        if share is None or not doors.may_watch(share, user, self._cookies()):
            return None
        return share

    def _cookies(self) -> dict[str, str]:
        lines = [value for name, value in self.scope["headers"] if name == b"cookie"]
        try:
            cookie = SimpleCookie(b"; ".join(lines).decode("latin-1"))
        except CookieError:
            return {}
        return {name: morsel.value for name, morsel in cookie.items()}
