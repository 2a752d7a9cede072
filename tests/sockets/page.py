"""A page's end of a socket, through the whole stack: origin, cookie, session, consumer."""

from __future__ import annotations

import json
import uuid
from typing import Any, Self

from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from chat.models import User
from tests.turns.stage import MODEL


class Page:
    def __init__(self, client: Client, *, origin: str | None = None) -> None:
        from playground.asgi import application

        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value if client.cookies else "none"
        headers = [
            (b"origin", (origin or settings.ALLOWED_ORIGINS[0]).encode()),
            (b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode()),
        ]
        self.socket = WebsocketCommunicator(application, "/ws/", headers=headers)
        self.acknowledges = True
        self._taken = 0

    @classmethod
    async def of(cls, user: User | None) -> Self:
        client = Client()
        if user is not None:
            await sync_to_async(client.force_login)(user)
        page = cls(client)
        page.client = client  # type: ignore[attr-defined]
        connected, _ = await page.socket.connect()
        assert connected
        return page

    async def send(self, kind: str, **fields: Any) -> None:
        data = json.dumps({"type": kind, **fields}, separators=(",", ":"))
        await self.socket.send_to(text_data=data)

    async def start(self, text: str | None = "Hello", **fields: Any) -> str:
        client_id = str(fields.pop("id", uuid.uuid4()))
        await self.send("turn.start", id=client_id, text=text, **{"model": MODEL, **fields})
        return client_id

    async def next(self, timeout_seconds: float = 5) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(await self.socket.receive_from(timeout_seconds))
        self._taken += 1
        if self.acknowledges and self._taken % 4 == 0:
            await self.send("frame.ack", count=self._taken)
        return frame

    async def until(self, *kinds: str) -> dict[str, Any]:
        """The next frame of one of these kinds; those before it are passed over."""
        while True:
            frame = await self.next()
            if frame["type"] in kinds:
                return frame

    async def closed(self, timeout_seconds: float = 5) -> int:
        """The close code, when it comes."""
        while True:
            event = await self.socket.receive_output(timeout_seconds)
            if event["type"] == "websocket.close":
                return int(event["code"])

    async def leave(self) -> None:
        await self.socket.disconnect()
