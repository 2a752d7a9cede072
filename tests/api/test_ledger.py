"""Nobody gets past a budget: not in parallel, not by leaving, not by what has no price."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from asgiref.sync import sync_to_async
from django.test import TestCase
from django.utils import timezone

from chat.models import Account, ApiCall, Budget, Entry
from chat.models.ledger import BILLION, OverBudget, Period, holder_of
from tests.api.stage import ApiCase, completion
from tests.script import Hang, Head, Send, Until, delta, ending, failure, stream

PATH = "/api/v1/chat/completions"
HOLDER = "user:1"


_numbers = count()


def reserve(holders: list[str], most: Decimal | None) -> Entry:
    source = f"test:{next(_numbers)}"
    Entry.reserve(source, holders, most=most)
    return Entry.objects.get(source=source)


def accounts(holder: str) -> dict[str, tuple[int, int]]:
    rows = Account.objects.filter(holder=holder)
    return {row.period: (row.reserved, row.spent) for row in rows}


class EntryTests(TestCase):
    def test_it_reserves_the_most_and_settles_what_it_was(self) -> None:
        entry = reserve([HOLDER], Decimal("0.5"))
        reserved = set(accounts(HOLDER).values())

        entry.settle(Decimal("0.123456789"))

        self.assertEqual(reserved, {(BILLION // 2, 0)})
        self.assertEqual(set(accounts(HOLDER).values()), {(0, 123456789)})
        self.assertEqual(len(accounts(HOLDER)), 3)
        self.assertEqual(Account.spent_by(HOLDER, Period.DAY), Decimal("0.123456789"))

    def test_it_settles_once(self) -> None:
        entry = reserve([HOLDER], Decimal(1))

        for _ in range(3):
            entry.settle(Decimal("0.25"))

        self.assertEqual(Account.spent_by(HOLDER, Period.TOTAL), Decimal("0.25"))

    def test_each_period_holds_by_itself(self) -> None:
        for period in Period:
            with self.subTest(period=period):
                holder = f"user:{period}"
                Budget.put(holder, period, Decimal(1))
                reserve([holder], Decimal("0.7"))

                with self.assertRaisesRegex(OverBudget, r"\$1(\.00)? "):
                    reserve([holder], Decimal("0.4"))

    def test_what_does_not_fit_for_one_is_reserved_for_nobody(self) -> None:
        Budget.put("key:b", Period.DAY, Decimal("0.1"))

        with self.assertRaises(OverBudget):
            reserve(["key:a", "key:b"], Decimal("0.2"))

        self.assertEqual(accounts("key:a"), {})
        self.assertFalse(Entry.objects.exists())

    def test_a_price_that_is_unknown_fits_into_no_budget(self) -> None:
        Entry.reserve("call:1", [HOLDER], most=None)
        Entry.settle_for("call:1", None)
        Budget.put(HOLDER, Period.MONTH, Decimal(100))

        with self.assertRaisesRegex(OverBudget, "No price is known"):
            reserve([HOLDER], None)

    def test_a_sum_beyond_all_measure_is_refused(self) -> None:
        with self.assertRaises(OverBudget):
            reserve([HOLDER], Decimal(10) ** 30)

    def test_it_settles_the_day_on_which_it_was_reserved(self) -> None:
        entry = reserve([HOLDER], Decimal(1))
        yesterday = timezone.now() - timedelta(days=1)
        entry.created_at = yesterday
        entry.save()
        Account.objects.filter(holder=HOLDER, period=f"{timezone.now():%Y-%m-%d}").update(
            period=f"{yesterday:%Y-%m-%d}"
        )

        entry.settle(Decimal("0.5"))

        self.assertEqual(accounts(HOLDER)[f"{yesterday:%Y-%m-%d}"], (0, BILLION // 2))
        self.assertEqual(Account.spent_by(HOLDER, Period.DAY), 0)

    def test_a_killed_process_leaves_nothing_reserved(self) -> None:
        killed, running = (reserve([HOLDER], Decimal(1)) for _ in range(2))
        Entry.objects.filter(pk=killed.pk).update(created_at=timezone.now() - timedelta(hours=2))

        self.assertEqual(Entry.settle_stale(), 1)

        total = accounts(HOLDER)["total"]
        self.assertEqual(total, (BILLION, BILLION))
        running.refresh_from_db()
        self.assertIsNone(running.settled)

    def test_what_is_free_needs_no_entry(self) -> None:
        Budget.put(HOLDER, Period.DAY, Decimal(0))

        Entry.reserve("call:1", [HOLDER], most=Decimal(0))
        Entry.settle_for("call:1", Decimal(0))

        self.assertFalse(Entry.objects.exists())

    def test_a_budget_that_is_taken_away_holds_nobody(self) -> None:
        Budget.put(HOLDER, Period.DAY, Decimal(0))
        Budget.put(HOLDER, Period.DAY, None)

        reserve([HOLDER], Decimal(5))


class SpendingTests(ApiCase):
    """With a model whose price the catalogue knows."""

    def priced(self) -> dict[str, Any]:
        return {"provider": "openai", "models": ["gpt-5.4"]}

    def body(self, **fields: Any) -> dict[str, Any]:
        return completion(model="double/gpt-5.4", max_completion_tokens=1000, **fields)

    async def put(self, dollars: str, holder: str = "") -> None:
        holder = holder or self.key.holder
        await sync_to_async(Budget.put)(holder, Period.DAY, Decimal(dollars))

    async def test_it_charges_user_and_key(self) -> None:
        async with self.stage(**self.priced()) as provider:
            provider.play(*stream("Hello"))

            await self.program.post(PATH, self.body())

        call = await self.last_call()
        assert call.cost is not None
        self.assertGreater(call.cost, 0)
        for holder in (self.key.holder, holder_of(self.alice)):
            found = await sync_to_async(accounts)(holder)
            self.assertEqual(set(found.values()), {(0, int(call.cost * BILLION))})

    async def test_in_parallel_no_more_are_let_in_than_the_budget_could_pay(self) -> None:
        await self.put("0.05")
        async with self.stage(**self.priced()) as provider:
            go = asyncio.Event()
            provider.always(Head(), Send(delta("Hi")), Until(go), Send(ending()))
            asking = [
                asyncio.create_task(self.program.post(PATH, self.body(stream=True)))
                for _ in range(12)
            ]
            async with asyncio.timeout(10):
                while sum(task.done() for task in asking) + len(provider.requests) < 12:
                    await asyncio.sleep(0.02)
            go.set()
            statuses = sorted([(await task).status for task in asking])

        self.assertEqual(set(statuses), {200, 402})
        spent = await sync_to_async(Account.spent_by)(self.key.holder, Period.DAY)
        self.assertLess(spent, Decimal("0.05"))
        self.assertEqual(statuses.count(200), len(provider.requests))

    async def test_the_budget_of_the_person_holds_the_key(self) -> None:
        await self.put("0.001", holder_of(self.alice))
        async with self.stage(**self.priced()) as provider:
            reply = await self.program.post(PATH, self.body())

            self.assertEqual(reply.status, 402)
            self.assertIn("your account", reply.json["error"]["message"])
            self.assertEqual(provider.requests, [])
        self.assertFalse(await ApiCall.objects.exclude(status="refused").aexists())

    async def test_whoever_leaves_pays_for_what_had_come(self) -> None:
        async with self.stage(**self.priced()) as provider:
            provider.play(Head(), Send(delta("word " * 200)), Hang())

            async with self.program.call("POST", PATH, self.body(stream=True)) as line:
                await anext(aiter(line))
            async with asyncio.timeout(5):
                while await Entry.objects.filter(settled=None).aexists():
                    await asyncio.sleep(0.01)

        spent = await sync_to_async(Account.spent_by)(self.key.holder, Period.DAY)
        self.assertGreater(spent, Decimal("0.001"))

    async def test_a_failure_gives_the_reservation_back(self) -> None:
        async with self.stage(**self.priced()) as provider:
            provider.play(*failure(400))

            await self.program.post(PATH, self.body())

        found = await sync_to_async(accounts)(self.key.holder)
        self.assertEqual(set(found.values()), {(0, 0)})

    async def test_a_negative_limit_reserves_no_less(self) -> None:
        await self.put("0.001")
        async with self.stage(**self.priced()) as provider:
            body = completion(model="double/gpt-5.4", max_completion_tokens=-(10**9))

            reply = await self.program.post(PATH, body)

            self.assertEqual(reply.status, 402)
            self.assertEqual(provider.requests, [])
