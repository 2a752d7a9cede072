"""A stage for programs: a provider double behind an endpoint, and Alice, who has a key."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from django.test import TestCase, override_settings

from chat import calls, turns
from chat.models import ApiCall, ApiKey, User
from tests.api.program import Program
from tests.provider import Provider

MODEL = "double/parrot"
HELLO: list[dict[str, Any]] = [{"role": "user", "content": "Hello"}]


class ApiCase(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.alice = User.objects.create_user("alice", name="Alice Aster")
        cls.charlie = User.objects.create_user("charlie", name="Charlie Cedar")
        cls.key, cls.secret = ApiKey.make(cls.alice, name="Test")

    @property
    def program(self) -> Program:
        return Program(self.secret)

    @asynccontextmanager
    async def stage(self, **fields: Any) -> AsyncIterator[Provider]:
        """Ends when every call is settled."""
        async with Provider() as provider:
            row = {
                "name": "double",
                "label": "The double",
                "base_url": provider.base_url,
                "api_key": "sk-canary-0123456789",
                "is_private_allowed": True,
                "models": ["parrot", "starling"],
            }
            with override_settings(ENDPOINTS=[row | fields]):
                try:
                    yield provider
                finally:
                    await calls.drain(5)
                    await turns.client().aclose()
                    turns.forget_client()

    async def last_call(self) -> ApiCall:
        return await ApiCall.objects.alatest("created_at")


def completion(**fields: Any) -> dict[str, Any]:
    return {"model": MODEL, "messages": HELLO} | fields


def message(**fields: Any) -> dict[str, Any]:
    return {"model": MODEL, "messages": HELLO, "max_tokens": 100} | fields


def contents(**fields: Any) -> dict[str, Any]:
    return {"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]} | fields
