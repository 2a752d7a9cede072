"""Every frame that a client may send, sent by everybody over a socket of their own."""

from __future__ import annotations

import json
import uuid
from typing import Any, cast

from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings

from chat.models import Message, Turn
from tests.cast import answer_again
from tests.matrix.policy import EVERYBODY, Row, rows
from tests.matrix.world import WorldCase
from tests.script import stream
from tests.turns.stage import MODEL, TurnCase

NEVER = "00000000-0000-0000-0000-000000000007"
END = "the last frame"


class Frames(WorldCase):
    async def test_who_gets_through_is_as_the_policy_says(self) -> None:
        async with TurnCase.stage(cast(Any, self)) as provider:
            for _ in range(20):
                provider.play(*stream("Yes."))
            for row in rows():
                if "FRAME" not in row.methods:
                    continue
                for shelf, allowed in ((self.own, row.who.own), (self.team_has, row.who.team)):
                    if allowed is not None:
                        found = {name for name in EVERYBODY if await self.passes(name, row, shelf)}
                        with self.subTest(row.address, is_team=shelf is self.team_has):
                            self.assertEqual(found, allowed)

    async def passes(self, name: str, row: Row, shelf: dict[str, Any]) -> bool:
        """And whoever does not, hears what there is to hear of what never was."""
        address, _, kind = row.address.partition(" ")
        path = self.path(address, shelf)
        heard = await self.told(name, path, await self.frame(kind, shelf))
        if heard == []:
            return True
        never = await self.told(name, path, await self.frame(kind, shelf, is_missing=True))
        if heard != ["read_only"]:
            self.assertEqual(heard, never, f"{name}: {kind}")
        return False

    async def told(self, name: str, path: str, frame: dict[str, Any]) -> list[Any] | None:
        """The errors that come of the frame; None if the socket is closed instead."""
        from playground.asgi import application

        cookies = "; ".join(
            f"{key}={each.value}" for key, each in self.clients[name].cookies.items()
        )
        headers = [
            (b"origin", settings.ALLOWED_ORIGINS[0].encode()),
            (b"cookie", cookies.encode()),
        ]
        socket = WebsocketCommunicator(application, path, headers=headers)
        await socket.connect()
        await socket.send_to(text_data=json.dumps(frame, separators=(",", ":")))
        await socket.send_to(text_data=json.dumps({"type": "no such type", "id": END}))
        errors = []
        while (event := await socket.receive_output(5))["type"] != "websocket.close":
            said = json.loads(event["text"])
            if said["type"] == "error" and said["id"] == END:
                break
            if said["type"] == "error":
                is_odd = said["code"] not in ("not_found", "read_only")
                errors.append(said["message"] if is_odd else said["code"])
        await socket.disconnect()
        return None if event["type"] == "websocket.close" else errors

    async def frame(
        self, kind: str, shelf: dict[str, Any], *, is_missing: bool = False
    ) -> dict[str, Any]:
        conversation = NEVER if is_missing else str(shelf["conversation"])
        fields: dict[str, dict[str, Any]] = {
            "conversation.watch": {"conversation": conversation},
            "turn.start": {
                "id": str(uuid.uuid4()),
                "model": MODEL,
                "conversation": conversation,
                "parent": shelf["answer"],
                "text": "And?",
            },
            "frame.ack": {"count": 0},
            "guest.say": {"id": str(uuid.uuid4()), "text": "Hello"},
            "guest.stop": {},
        }
        if kind == "turn.stop":
            pk = 2**40 if is_missing else await sync_to_async(self._running)(shelf)
            fields[kind] = {"turn": pk}
        return {"type": kind, **fields[kind]}

    def _running(self, shelf: dict[str, Any]) -> int:
        """An answer that another process writes."""
        answer = Message.objects.select_related("parent").get(pk=shelf["answer"])
        assert answer.parent
        lane = answer.conversation.lanes.get()
        return answer_again(answer.parent, "", lane=lane, status=Turn.Status.RUNNING).pk
