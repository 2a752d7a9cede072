"""Ada administers; Alice has a key of her own; Bob must see none of either."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpResponse
from django.test import Client, TestCase, override_settings

from chat import discovery
from chat.models import Endpoint, User
from tests.provider import Provider

KEY = "sk-canary-0123456789-wxyz"
PASSWORD = "heron in tall reeds"


class EndpointsCase(TestCase):
    ada: User
    alice: User
    bob: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.ada = User.objects.create_user("ada", password=PASSWORD, is_staff=True)
        cls.alice = User.objects.create_user("alice", password=PASSWORD)
        cls.bob = User.objects.create_user("bob", password=PASSWORD)

    def setUp(self) -> None:
        discovery.forget()
        self.addCleanup(discovery.forget)
        self.allow_own_keys()

    def allow_own_keys(self, *, is_allowed: bool = True) -> None:
        change = override_settings(OWN_KEYS=is_allowed)
        change.enable()
        self.addCleanup(change.disable)

    def visitor(self, user: User | None = None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user)
        return client

    def add(self, *, owner: User | None = None, key: str = KEY, **fields: Any) -> Endpoint:
        defaults: dict[str, Any] = {
            "label": "The lab",
            "provider": "compatible",
            "base_url": "https://lab.example.org/v1",
            "dialect": "openai",
            "model_ids": ["parrot"],
        }
        return Endpoint.add(made_by=owner or self.ada, owner=owner, key=key, **(defaults | fields))

    def typed(self, **fields: Any) -> dict[str, Any]:
        """What a person types into the form of any compatible address."""
        defaults = {
            "label": "The lab",
            "base_url": "https://lab.example.org/v1",
            "dialect": "openai",
            "key": KEY,
            "model_ids": "",
        }
        return defaults | fields

    def create(self, client: Client, **fields: Any) -> HttpResponse:
        address = "/settings/endpoints/new/?provider=compatible"
        return client.post(address, self.typed(**fields), follow=True)


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider double with an event loop of its own, for pages that wait for it."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def run(step: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(step, loop).result(10)

    double = Provider()
    run(double.__aenter__())
    try:
        yield double
    finally:
        run(double.__aexit__(None, None, None))
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
