"""Ada administers what is known of models; Alice only uses them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.test import Client, TestCase

from chat import overrides
from chat.catalog import override
from chat.models import ModelOverride, User

PRICE = {"input": "1", "output": "2"}


class OverridesCase(TestCase):
    ada: User
    alice: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.ada = User.objects.create_user("ada", is_staff=True)
        cls.alice = User.objects.create_user("alice")

    def setUp(self) -> None:
        overrides.forget()
        self.addCleanup(overrides.forget)

    def visitor(self, user: User | None = None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user)
        return client

    def put(self, model_id: str = "openai/gpt-5.4", **facts: Any) -> ModelOverride:
        row = put(model_id, by=self.ada, **facts)
        overrides.forget()
        return row

    def save(self, model_id: str = "openai/gpt-5.4", **typed: Any) -> HttpResponse:
        """As Ada types it."""
        address = f"/settings/models/new/?id={model_id}"
        return self.visitor(self.ada).post(address, {"note": "", **typed}, follow=True)


def put(model_id: str, *, by: User, **facts: Any) -> ModelOverride:
    return ModelOverride.put(model_id, override.parse(facts), note="", by=by)
