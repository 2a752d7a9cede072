"""A socket that never has more on its way than the other end takes in.

The one rule: what an answer says is sent only when the page has acknowledged enough of what went
before. The server itself would buffer without end for somebody who does not read.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from chat import frames


class Acknowledged(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels has no types
    blocked_since: float | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sent = self._acknowledged = 0
        self._room = asyncio.Event()
        self._allowance = Allowance()

    def acknowledge(self, count: int) -> None:
        self._acknowledged = min(max(self._acknowledged, count), self._sent)
        self._room.set()

    async def _send(self, text: str) -> None:
        """Send when the page has taken in enough of what went before."""
        while self._sent - self._acknowledged >= settings.LIMITS.frames_unacknowledged:
            self.blocked_since = self.blocked_since or time.monotonic()
            self._room.clear()
            await self._room.wait()
        self.blocked_since = None
        await self._write(text)

    async def _reply(self, frame: dict[str, Any]) -> None:
        """Send at once: short frames, as many as the page's own frames and the pings ask for."""
        await self._write(frames.encode(frame))

    async def _write(self, text: str) -> None:
        self._sent += 1
        await self.send(text_data=text)


class Allowance:
    """A bucket of frames: a burst at once, then so many a second."""

    def __init__(self) -> None:
        self._left = float(settings.LIMITS.frames_burst)
        self._looked_at = time.monotonic()

    def take(self) -> bool:
        now = time.monotonic()
        gained = (now - self._looked_at) * settings.LIMITS.frames_per_second
        self._left = min(self._left + gained, settings.LIMITS.frames_burst)
        self._looked_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
