"""What a limit, a budget or a scope refuses: counted, told, and kept where its person sees it."""

from __future__ import annotations

import time
from decimal import Decimal
from unittest.mock import patch

from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone

from chat.models import ApiCall, ApiKey, ApiTask, Budget
from chat.models.ledger import Period, holder_of
from tests.api.program import Program
from tests.api.stage import ApiCase, completion, contents, message
from tests.script import stream

PATH = "/api/v1/chat/completions"
COUNTERS = (
    ("/api/v1/messages/count_tokens", message()),
    ("/api/v1beta/models/double/parrot:countTokens", contents()),
)


class RefusalCase(ApiCase):
    def setUp(self) -> None:
        """So that the minute does not turn in the middle of a test."""
        left = 60 - timezone.now().second
        if left < 5:
            time.sleep(left)

    async def limited(self, **fields: object) -> Program:
        _, secret = await sync_to_async(ApiKey.make)(self.alice, name="Limited", **fields)
        return Program(secret)

    async def page(self, path: str, *, of: str = "alice") -> str:
        client = Client()
        await sync_to_async(client.force_login)(getattr(self, of))
        response = await sync_to_async(client.get)(path)
        return str(response.content.decode()) if response.status_code == 200 else ""


class CountedTests(RefusalCase):
    async def test_counting_tokens_is_a_request(self) -> None:
        for path, body in COUNTERS:
            with self.subTest(path=path):
                program = await self.limited(requests_per_minute=2)
                async with self.stage():
                    replies = [await program.post(path, body) for _ in range(3)]

                self.assertEqual([reply.status for reply in replies], [200, 200, 429])
                self.assertIn("retry-after", replies[2].headers)
                left = {name for name in replies[0].headers if name.endswith("remaining")}
                left |= {name for name in replies[0].headers if "remaining-requests" in name}
                self.assertTrue(left, replies[0].headers)

    async def test_asking_for_a_task_is_a_request_and_making_it_is_none(self) -> None:
        program = await self.limited(requests_per_minute=1)
        async with self.stage():
            first = await program.post(PATH, completion(), x_async_mode="true")
            second = await program.post(PATH, completion(), x_async_mode="true")

        self.assertEqual((first.status, second.status), (202, 429))
        self.assertEqual(first.headers["x-ratelimit-remaining-requests"], "0")
        self.assertEqual(await ApiTask.objects.acount(), 1)
        key = await ApiKey.objects.aget(name="Limited")
        await sync_to_async(key.take)(100, requests=0)


class KeptTests(RefusalCase):
    async def test_a_limit_a_budget_and_a_scope_leave_a_refused_call_each(self) -> None:
        await sync_to_async(Budget.put)(holder_of(self.charlie), Period.DAY, Decimal("0.01"))
        _, secret = await sync_to_async(ApiKey.make)(self.charlie, name="Poor")
        narrow = await self.limited(model_patterns=["nothing/*"])
        fast = await self.limited(requests_per_minute=1)
        async with self.stage(provider="openai", models=["parrot", "gpt-5.4"]) as provider:
            provider.always(*stream("Hello"))
            await fast.post(PATH, completion())
            replies = [
                await fast.post(PATH, completion()),
                await narrow.post(PATH, completion()),
                await Program(secret).post(PATH, completion(model="double/gpt-5.4")),
            ]

            self.assertEqual(len(provider.requests), 1)
        rows = {row.request_id: row async for row in ApiCall.objects.filter(status="refused")}
        self.assertEqual([reply.status for reply in replies], [429, 404, 402])
        codes = [(rows[reply.headers["x-request-id"]].error or {})["code"] for reply in replies]
        self.assertEqual(codes, ["rate_limited", "model_not_found", "payment_required"])
        self.assertEqual({row.cost for row in rows.values()}, {Decimal(0)})

    async def test_its_person_sees_it_and_why(self) -> None:
        program = await self.limited(model_patterns=["nothing/*"])
        async with self.stage():
            await program.post(PATH, completion())
        call = await self.last_call()

        board = await self.page("/usage/api/")
        receipt = await self.page(f"/usage/api/calls/{call.pk}/")

        self.assertIn("<dt>Refused</dt><dd>1", board)
        self.assertIn("model_not_found", board)
        self.assertIn(str(call.pk), await self.page("/usage/api/calls/?state=refused"))
        self.assertIn(str(call.pk), await self.page("/usage/api/calls/?state=model_not_found"))
        self.assertIn("Refused: nobody was asked", receipt)
        self.assertIn(f'"{call.request_id}"', await self.page(f"/usage/api/calls/{call.pk}.json"))

    async def test_it_is_no_answer_where_answers_are_counted(self) -> None:
        program = await self.limited(model_patterns=["nothing/*"])
        async with self.stage():
            await program.post(PATH, completion())

        self.assertNotIn("Programs: requests", await self.page("/usage/"))

    async def test_an_administrator_is_told_the_code_alone(self) -> None:
        self.charlie.is_staff = True
        await self.charlie.asave()
        program = await self.limited(model_patterns=["nothing/*"])
        async with self.stage():
            await program.post(PATH, completion())
        call = await self.last_call()

        receipt = await self.page(f"/people/usage/api/calls/{call.pk}/", of="charlie")

        self.assertIn("model_not_found", receipt)

    async def test_it_hides_from_strangers(self) -> None:
        program = await self.limited(model_patterns=["nothing/*"])
        async with self.stage():
            await program.post(PATH, completion())
        call = await self.last_call()

        self.assertEqual(await self.page(f"/usage/api/calls/{call.pk}/", of="charlie"), "")

    async def test_whoever_hammers_leaves_no_more_than_so_many(self) -> None:
        program = await self.limited(model_patterns=["nothing/*"])
        with patch("chat.calls.refusals.KEPT_A_MINUTE", 3):
            async with self.stage():
                for _ in range(5):
                    await program.post(PATH, completion())

        self.assertEqual(await ApiCall.objects.filter(status="refused").acount(), 3)
