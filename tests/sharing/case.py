"""Alice publishes; visitors have a browser of their own and no account, unless one is named."""

from __future__ import annotations

from typing import Any

from django.test import Client

from chat.models import Conversation, Share
from tests.cast import CastCase, conversation_of, exchange

SECRET = "sk-abcdEFGH12345678xyzw"
PUBLISH = {
    "step": "publish",
    "audience": "link",
    "mode": "snapshot",
    "expiry": "",
    "is_redacted": "on",
}


class ShareCase(CastCase):
    def setUp(self) -> None:
        super().setUp()
        self.conversation = conversation_of(self.alice, "Herons")
        lane = self.conversation.lanes.get()
        lane.system = "You are the secret bird expert."
        lane.save()
        self.first = exchange(self.conversation, f"My key is {SECRET}, ok?", "A **heron**.")
        self.second = exchange(
            self.conversation, "And that?", "An egret.", parent=self.first.answer
        )

    def publish(self, **fields: Any) -> Share:
        response = self.client.post(
            f"/c/{self.conversation.pk}/shares/new/", PUBLISH | fields, follow=True
        )
        self.assertEqual(response.status_code, 200)
        return Share.objects.latest("created_at")

    def url(self, share: Share, path: str = "") -> str:
        """Where a visitor finds it."""
        assert share.address
        return "/" + share.address.split("/", 3)[3] + path

    def visitor(self) -> Client:
        return Client()

    def other_conversation(self) -> Conversation:
        return conversation_of(self.bob, "Reeds")
