"""A person at the pages of a temporary conversation."""

from __future__ import annotations

import uuid
from typing import Any

from django.test import Client, override_settings

from chat import temporary
from chat.models import File, Message, Turn
from chat.temporary import Room
from tests.cast import PARROT, CastCase, receipt_of
from tests.temporary.case import close_all


@override_settings(ENDPOINTS=[PARROT])
class PageCase(CastCase):
    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(close_all)
        self.addCleanup(lambda: [file.discard() for file in File.objects.all()])

    def open(self, client: Client | None = None, **fields: Any) -> Room:
        response = (client or self.client).post("/temporary/", fields)
        assert response.status_code == 302, response
        (room,) = temporary.everybody()
        self.address = response.headers["Location"]
        return room

    def said(self, room: Room, question: str = "What?", answer: str = "That.") -> Turn:
        """As if it had been asked and answered."""
        with room.all_or_nothing():
            leaf = room.lane.leaf
            prompt = room.add_message(leaf, "user", [{"type": "text", "text": question}])
            return self.answered(room, prompt, answer)

    def answered(self, room: Room, prompt: Message, answer: str) -> Turn:
        message = room.add_message(prompt, "assistant", [{"type": "text", "text": answer}])
        turn = room.add_turn(
            user=self.alice,
            lane=room.lane,
            client_id=uuid.uuid4(),
            prompt=prompt,
            answer=message,
            receipt=receipt_of(),
            status=Turn.Status.COMPLETED,
        )
        room.lane.leaf = message
        return turn
