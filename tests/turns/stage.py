"""A stage for turns: a provider double that is configured as an endpoint, and Alice in front."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from django.test import TestCase, override_settings

from chat import running, turns
from chat.live import LiveTurn
from chat.models import Turn, User
from chat.orders import Wish
from tests.provider import Provider

MODEL = "double/parrot"


class TurnCase(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.alice = User.objects.create_user("alice", password="alice's own words")
        cls.charlie = User.objects.create_user("charlie", password="charlie's own words")

    @asynccontextmanager
    async def stage(self, **fields: Any) -> AsyncIterator[Provider]:
        """Ends when every turn has ended; a turn that hangs is stopped. `fields` are the
        endpoint's."""
        async with Provider() as provider:
            row = {
                "name": "double",
                "label": "The double",
                "base_url": provider.base_url,
                "api_key": "sk-canary-0123456789",
                "is_private_allowed": True,
                "models": ["parrot"],
                **fields,
            }
            with override_settings(ENDPOINTS=[row]):
                try:
                    yield provider
                finally:
                    for live in running.turns():
                        live.stop()
                    await settled()
                    await turns.client().aclose()
                    turns.forget_client()

    async def ask(self, text: str | None = "Hello", **fields: Any) -> Turn:
        """Send as Alice, or as `user`."""
        user = fields.pop("user", self.alice)
        wish = Wish(
            client_id=fields.pop("client_id", None) or uuid.uuid4(),
            model=fields.pop("model", MODEL),
            text=text,
            **fields,
        )
        return (await turns.start(user, wish)).turn

    async def ask_and_wait(self, text: str | None = "Hello", **fields: Any) -> Turn:
        turn = await self.ask(text, **fields)
        return await self.ended(turn)

    async def ended(self, turn: Turn) -> Turn:
        """The turn as the database has it when it is over."""
        live = running.get(turn.pk)
        if live is not None and live.task is not None:
            await asyncio.wait_for(asyncio.shield(live.task), 10)
        return await fresh(turn)


async def fresh(turn: Turn) -> Turn:
    return await Turn.objects.select_related("answer", "prompt", "conversation").aget(pk=turn.pk)


async def settled() -> None:
    tasks = [live.task for live in running.turns() if live.task]
    if tasks:
        await asyncio.wait(tasks, timeout=10)


async def first_words(live: LiveTurn) -> None:
    """Return when something has arrived."""
    async with asyncio.timeout(5):
        async for view in live.follow():
            if view.parts:
                return


def live(turn: Turn) -> LiveTurn:
    found = running.get(turn.pk)
    assert found is not None, "the turn is not running"
    return found
