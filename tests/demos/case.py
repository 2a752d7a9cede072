"""Alice runs a demo on the double; guests come with a cookie and nothing else."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.utils import timezone

from chat.models import Demo, Guest, User
from tests.turns.stage import MODEL, TurnCase

SYSTEM = "You are the secret bird expert."


def demo_of(user: User, **fields: Any) -> Demo:
    defaults = {
        "title": "Birds",
        "model": MODEL,
        "system": SYSTEM,
        "expires_at": timezone.now() + timedelta(days=1),
        "parameters": {"max_output_tokens": 100},
    }
    demo = Demo(user=user, **defaults | fields)
    demo.publish()
    return demo


class Visitor:
    """A guest's socket."""

    def __init__(self, demo: Demo, token: str) -> None:
        from playground.asgi import application

        assert demo.address
        path = "/" + demo.address.split("/", 3)[3] + "live/"
        headers = [
            (b"origin", settings.ALLOWED_ORIGINS[0].encode()),
            (b"cookie", f"guest={token}".encode()),
        ]
        self.socket = WebsocketCommunicator(application, path, headers=headers)
        self._taken = 0

    async def connect(self) -> Visitor:
        connected, _ = await self.socket.connect()
        assert connected
        return self

    async def next(self) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(await self.socket.receive_from(5))
        self._taken += 1
        await self.send(type="frame.ack", count=self._taken)
        return frame

    async def until(self, *kinds: str) -> dict[str, Any]:
        while (frame := await self.next())["type"] not in kinds:
            pass
        return frame

    async def reads(self, words: str) -> str:
        seen = ""
        while words not in seen:
            seen += json.dumps(await self.next())
        return seen

    async def say(self, text: str, **fields: Any) -> str:
        id = str(fields.pop("id", uuid.uuid4()))
        await self.send(type="guest.say", id=id, text=text, **fields)
        return id

    async def send(self, **frame: Any) -> None:
        await self.socket.send_to(text_data=json.dumps(frame))

    async def closed(self) -> int:
        while (event := await self.socket.receive_output(5))["type"] != "websocket.close":
            pass
        return int(event["code"])

    async def leave(self) -> None:
        await self.socket.disconnect()


class DemoCase(TurnCase):
    async def demo(self, **fields: Any) -> Demo:
        return await sync_to_async(demo_of)(self.alice, **fields)

    async def guest(self, demo: Demo, network: str = "here") -> tuple[Guest, str]:
        return await sync_to_async(demo.welcome)(network=network)

    async def visitor(self, demo: Demo, network: str = "here") -> tuple[Visitor, Guest]:
        guest, token = await self.guest(demo, network)
        return await Visitor(demo, token).connect(), guest
