"""The same people in every test: Alice owns, Bob is a colleague with conversations of his own,
Charlie must see nothing. Nobody is nobody: not signed in."""

from __future__ import annotations

import uuid
from typing import Any

from django.test import Client, TestCase

from chat.models import Conversation, Lane, Message, Turn, User

FRAGMENT = {"X-Fragment": "1"}
PARROT = {
    "name": "double",
    "label": "The double",
    "base_url": "http://127.0.0.1:9/v1",
    "api_key": "",
    "is_private_allowed": True,
    "models": ["parrot", "starling"],
}
"""An endpoint whose models are named, so that no page asks anybody for them."""


class CastCase(TestCase):
    alice: User
    bob: User
    charlie: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.alice = User.objects.create_user("alice", name="Alice Aster")
        cls.bob = User.objects.create_user("bob", name="Bob Birch")
        cls.charlie = User.objects.create_user("charlie", name="Charlie Cedar")

    def setUp(self) -> None:
        self.client.force_login(self.alice)

    def as_user(self, user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    def assert_hidden(self, method: str, path: str, **data: Any) -> None:
        """Strangers find nothing, in the same words as where there is nothing; nobody signs in."""
        for stranger in (self.bob, self.charlie):
            response = getattr(self.as_user(stranger), method)(path, data)
            self.assertEqual(response.status_code, 404, f"{stranger} at {path}")
        response = getattr(Client(), method)(path, data)
        self.assertEqual(response.status_code, 302)
        self.assertTrue(response.headers["Location"].startswith("/sign-in/"))


def conversation_of(user: User, title: str = "", **fields: Any) -> Conversation:
    conversation = Conversation.objects.create(user=user, title=title, **fields)
    Lane.objects.create(conversation=conversation, model="double/parrot")
    return conversation


def exchange(
    conversation: Conversation,
    question: str,
    answer: str,
    *,
    parent: Message | None = None,
    **fields: Any,
) -> Turn:
    """A question and its finished answer, after `parent`; the lane follows."""
    lane = conversation.lanes.get()
    prompt = conversation.messages.create(parent=parent, role="user", parts=_text(question))
    return answer_again(prompt, answer, lane=lane, **fields)


def answer_again(prompt: Message, answer: str, *, lane: Lane, **fields: Any) -> Turn:
    message = prompt.conversation.messages.create(
        parent=prompt, role="assistant", parts=_text(answer) if answer else []
    )
    lane.leaf = message
    lane.save()
    fields = {"status": Turn.Status.COMPLETED, "receipt": receipt_of()} | fields
    return Turn.objects.create(
        user=prompt.conversation.user,
        conversation=prompt.conversation,
        lane=lane,
        client_id=uuid.uuid4(),
        prompt=prompt,
        answer=message,
        **fields,
    )


def _text(text: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": text}]


def receipt_of() -> dict[str, Any]:
    usage = {
        "input_tokens": 12,
        "output_tokens": 34,
        "cache_read_tokens": 0,
        "reasoning_tokens": 0,
        "is_estimated": False,
    }
    return {
        "version": 1,
        "asked": {"model": "double/parrot", "system": "", "parameters": {}},
        "sent": {
            "endpoint": "double",
            "endpoint_label": "The double",
            "dialect": "openai",
            "model": "parrot",
            "model_name": "Parrot",
            "messages": {"count": 1, "sha256": "0" * 64},
            "parameters": [],
            "omitted": ["temperature"],
        },
        "answered": {
            "model": "parrot",
            "response_id": None,
            "request_id": "request-of-the-double",
            "status": 200,
            "retries": [],
            "finish_reason": "stop",
            "finish_reason_raw": "stop",
            "first_token_ms": 340,
            "total_ms": 1500,
            "tokens_per_second": 29.3,
            "usage": usage,
        },
    }
