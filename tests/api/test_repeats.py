"""Requests that name themselves are made once, however often they come."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from asgiref.sync import sync_to_async
from django.utils import timezone

from chat.models import ApiCall, ApiKey, ApiTask, KeptReply
from tests.api.program import Program, Reply
from tests.api.stage import ApiCase, completion
from tests.script import Cut, Head, Send, Until, delta, failure, stream

PATH = "/api/v1/chat/completions"
NAMED = {"idempotency_key": "order-7"}


class RepeatTests(ApiCase):
    async def test_an_answer_is_given_again_byte_for_byte(self) -> None:
        async with self.stage() as provider:
            for body in (completion(), completion(stream=True)):
                provider.requests.clear()
                name = {"idempotency_key": f"streamed-{body.get('stream')}"}

                first = await self.program.post(PATH, body, **name)
                again = await self.program.post(PATH, body, **name)

                self.assertEqual((first.status, first.body), (again.status, again.body))
                self.assertEqual(first.headers["content-type"], again.headers["content-type"])
                self.assertEqual(again.headers["idempotent-replayed"], "true")
                original = again.headers["x-original-request-id"]
                self.assertEqual(original, first.headers["x-request-id"])
                self.assertEqual(len(provider.requests), 1)
        self.assertEqual(await ApiCall.objects.acount(), 2)

    async def test_of_two_at_once_one_is_made_and_the_other_told_to_come_back(self) -> None:
        go = asyncio.Event()
        async with self.stage() as provider:
            provider.play(Head(), Until(go), *stream("Hello")[1:])
            first = asyncio.create_task(self.program.post(PATH, completion(), **NAMED))
            async with asyncio.timeout(5):
                while not provider.requests:
                    await asyncio.sleep(0.01)

            second = await self.program.post(PATH, completion(), **NAMED)
            go.set()
            answered = await first

        self.assertEqual((answered.status, second.status), (200, 409))
        self.assertNotEqual(second.headers.get("x-should-retry"), "false")

    async def test_a_failure_may_be_tried_again(self) -> None:
        async with self.stage() as provider:
            provider.play(*failure(400))
            refused = await self.program.post(PATH, completion(), **NAMED)
            provider.play(Head(), Send(delta("Hel")), Cut())
            broken = await self.program.post(PATH, completion(stream=True), **NAMED)
            await self.released()
            provider.play(*stream("Hello"))
            answered = await self.program.post(PATH, completion(stream=True), **NAMED)

        self.assertEqual((refused.status, broken.status), (400, 200))
        self.assertEqual(answered.events[-1], "[DONE]")

    async def test_a_name_stands_for_one_request(self) -> None:
        async with self.stage():
            await self.program.post(PATH, completion(), **NAMED)
            other = await self.program.post(PATH, completion(seed=1), **NAMED)
            stranger = await self.other_program().post(PATH, completion(seed=2), **NAMED)

        self.assertEqual(other.status, 400)
        self.assertEqual(other.json["error"]["param"], "idempotency-key")
        self.assertEqual(stranger.status, 200)

    async def test_a_task_is_promised_once(self) -> None:
        async with self.stage():
            replies: list[Reply] = [
                await self.program.post(PATH, completion(), x_async_mode="true", **NAMED)
                for _ in range(3)
            ]

        self.assertEqual(len({reply.json["id"] for reply in replies}), 1)
        self.assertEqual(await ApiTask.objects.acount(), 1)

    async def test_a_name_without_end_is_refused(self) -> None:
        reply = await self.program.post(PATH, completion(), idempotency_key="a" * 300)

        self.assertEqual(reply.status, 400)

    async def test_replies_are_not_kept_for_ever(self) -> None:
        async with self.stage():
            await self.program.post(PATH, completion(), **NAMED)
        await KeptReply.objects.aupdate(created_at=timezone.now() - timedelta(days=2))

        await sync_to_async(KeptReply.purge)()

        self.assertFalse(await KeptReply.objects.aexists())

    def setUp(self) -> None:
        self.other = ApiKey.make(self.charlie, name="C")[1]

    def other_program(self) -> Program:
        return Program(self.other)

    async def released(self) -> None:
        async with asyncio.timeout(5):
            while await KeptReply.objects.filter(status=None).aexists():
                await asyncio.sleep(0.01)
