"""Turns of the page go through the same ledger as the calls of programs."""

from __future__ import annotations

import uuid
from decimal import Decimal

from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import override_settings

from chat.models import Account, Budget, Conversation, Entry, Turn
from chat.models.ledger import Period, holder_of
from chat.orders import Refusal, Wish
from chat.turns import start
from tests.script import Hang, Head, Send, delta, stream
from tests.turns.stage import TurnCase, first_words, live

MODEL = "double/gpt-5.4"


class BudgetTests(TurnCase):
    async def test_a_turn_is_reserved_and_settled(self) -> None:
        async with self.stage() as provider:
            with self.priced():
                provider.play(*stream("Hello"))

                turn = await self.ask_and_wait(model=MODEL)

                entry = await Entry.objects.aget()
                assert turn.cost is not None
                self.assertGreater(entry.reserved, entry.settled)
                self.assertEqual(await self.spent(), turn.cost)

    async def test_a_turn_that_is_stopped_is_settled_too(self) -> None:
        async with self.stage() as provider:
            with self.priced():
                provider.play(Head(), Send(delta("Hello")), Hang())
                turn = await self.ask(model=MODEL)
                await first_words(live(turn))

                live(turn).stop()
                turn = await self.ended(turn)

                self.assertEqual(turn.status, Turn.Status.STOPPED)
                self.assertGreater(await self.spent(), 0)
                self.assertFalse(await Entry.objects.filter(settled=None).aexists())

    async def test_what_could_cost_more_than_is_left_is_not_begun(self) -> None:
        await sync_to_async(Budget.put)(holder_of(self.alice), Period.DAY, Decimal("0.01"))
        wish = Wish(client_id=uuid.uuid4(), model=MODEL, text="Hello")
        async with self.stage() as provider:
            with self.priced(), self.assertRaises(Refusal) as caught:
                await start(self.alice, wish)

            self.assertEqual(caught.exception.code, "over_budget")
            self.assertIn("The budget of your account", caught.exception.message)
            self.assertEqual(provider.requests, [])
        self.assertFalse(await Conversation.objects.aexists())

    async def test_a_field_that_may_change_the_price_makes_the_cost_unknown(self) -> None:
        async with self.stage() as provider:
            with self.priced():
                provider.play(*stream("Hello"))
                extra = {"extra": {"service_tier": "priority"}}

                turn = await self.ask_and_wait(model=MODEL, parameters=extra)

                self.assertEqual(provider.requests[0].json["service_tier"], "priority")
        self.assertIsNone(turn.cost)
        reason = "With “service_tier” another price may hold."
        self.assertEqual(turn.receipt["charged"], {"cost": None, "reason": reason})

    async def test_no_budget_can_hold_a_field_that_may_change_the_price(self) -> None:
        await sync_to_async(Budget.put)(holder_of(self.alice), Period.DAY, Decimal(100))
        extra = {"extra": {"models": ["somebody/dearer"]}}
        wish = Wish(client_id=uuid.uuid4(), model=MODEL, text="Hello", parameters=extra)
        async with self.stage() as provider:
            with self.priced(), self.assertRaises(Refusal) as caught:
                await start(self.alice, wish)

            self.assertEqual(provider.requests, [])
        self.assertIn("Take “models” out of the extra JSON", caught.exception.message)

    def priced(self) -> override_settings:
        """The double sells a model whose price the catalogue knows."""
        row = {**settings.ENDPOINTS[0], "provider": "openai", "models": ["gpt-5.4"]}
        return override_settings(ENDPOINTS=[row])

    async def spent(self) -> Decimal:
        return await sync_to_async(Account.spent_by)(holder_of(self.alice), Period.DAY)
