"""What a killed process leaves behind is ended once, and settled by what was last seen of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from chat import abandoned, calls, receipts
from chat.calls.formats import parse
from chat.models import Account, ApiCall, ApiTask, Conversation, Entry, KeptReply, Lane, Turn
from chat.models.ledger import BILLION, Period, holder_of
from tests.api.stage import ApiCase, completion
from tests.cast import exchange
from tests.script import Hang, Head, Send, delta, stream

PATH = "/api/v1/chat/completions"
MODEL = "double/gpt-5.4"
OFTEN = replace(settings.LIMITS, checkpoint_interval=0.02)
WORDS = "several quite ordinary words " * 100


class AbandonedCase(ApiCase):
    def priced(self) -> dict[str, Any]:
        return {"provider": "openai", "models": ["gpt-5.4"]}

    async def sweep(self) -> None:
        await sync_to_async(abandoned.sweep)()

    async def age(self) -> None:
        """As if its process had been silent for a while."""
        long_ago = timezone.now() - timedelta(seconds=settings.LIMITS.call_stale + 5)
        await ApiCall.objects.filter(status="running").aupdate(heartbeat_at=long_ago)

    async def totals(self, holder: str = "") -> tuple[int, int]:
        account = await Account.objects.aget(holder=holder or self.key.holder, period="total")
        return account.reserved, account.spent


class CallTests(AbandonedCase):
    async def test_what_had_come_is_charged_and_called_an_estimate(self) -> None:
        with override_settings(LIMITS=OFTEN):
            async with self.stage(**self.priced()) as provider:
                provider.play(Head(), Send(delta(WORDS)), Hang())
                body = completion(model=MODEL, stream=True)
                async with self.program.call("POST", PATH, body) as line:
                    await anext(aiter(line))
                    async with asyncio.timeout(5):
                        while not await ApiCall.objects.filter(output_tokens__gt=0).aexists():
                            await asyncio.sleep(0.01)
                    await self.age()
                    await self.sweep()  # as another process would, after a kill

                    call = await self.last_call()
                    reserved, spent = await self.totals()

        self.assertEqual(call.state, "interrupted")
        self.assertGreater(call.output_tokens or 0, 300)
        assert call.cost is not None
        self.assertGreater(call.cost, 0)
        self.assertEqual((reserved, spent), (0, int(call.cost * BILLION)))
        self.assertTrue(call.receipt["answered"]["usage"]["is_estimated"])
        self.assertIn("killed", call.receipt["charged"]["reason"])
        self.assertEqual(await self.totals(), (reserved, spent))

    async def test_before_the_first_word_nothing_is_owed(self) -> None:
        async with self.stage(**self.priced()) as provider:
            provider.play(Head(), Hang())
            request = parse("openai", completion(model=MODEL))
            call = await calls.place(self.key, request, dialect="openai", request_id="req_1")
            self.assertGreater((await self.totals())[0], 0)
            await self.age()

            await self.sweep()
            await self.sweep()

            self.assertEqual(await self.totals(), (0, 0))
            self.assertEqual((await self.last_call()).state, "interrupted")
            await call.aclose()
        self.assertEqual(await self.totals(), (0, 0))

    async def test_one_that_lives_is_left_alone(self) -> None:
        async with self.stage(**self.priced()):
            request = parse("openai", completion(model=MODEL))
            call = await calls.place(self.key, request, dialect="openai", request_id="req_1")

            await self.sweep()

            self.assertEqual((await self.last_call()).status, ApiCall.Status.RUNNING)
            await call.aclose()

    async def test_a_key_that_is_revoked_ends_what_it_began(self) -> None:
        with override_settings(LIMITS=OFTEN):
            async with self.stage(**self.priced()) as provider:
                provider.play(Head(), Send(delta(WORDS)), Hang())
                body = completion(model=MODEL, stream=True)
                async with self.program.call("POST", PATH, body) as line:
                    pieces = aiter(line)
                    await anext(pieces)
                    await sync_to_async(self.key.revoke)()
                    async for _ in pieces:
                        pass
                await provider.requests[-1].peer_left(within=2.0)

        self.assertIn("revoked", line.reply.events[-1]["error"]["message"])
        self.assertGreater((await self.totals())[1], 0)

    async def test_so_does_a_person_who_is_sent_away(self) -> None:
        with override_settings(LIMITS=OFTEN):
            async with self.stage(**self.priced()) as provider:
                provider.play(Head(), Hang())
                asking = asyncio.create_task(self.program.post(PATH, completion(model=MODEL)))
                async with asyncio.timeout(5):
                    while not provider.requests:
                        await asyncio.sleep(0.01)
                self.alice.is_active = False
                await self.alice.asave()

                reply = await asking

        self.assertEqual(reply.status, 502)
        self.assertEqual((await self.last_call()).state, "interrupted")


class ReplyTests(AbandonedCase):
    async def test_a_name_that_a_killed_process_had_taken_is_free_again(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("Hello"))
            await self.take(request_id="req_1")
            early = await self.program.post(PATH, completion(), idempotency_key="order-7")
            await self.long_ago()

            later = await self.program.post(PATH, completion(), idempotency_key="order-7")

        self.assertEqual(early.status, 409)
        self.assertEqual(later.status, 200, later.body)

    async def test_a_long_answer_keeps_its_name(self) -> None:
        async with self.stage():
            request = parse("openai", completion())
            call = await calls.place(self.key, request, dialect="openai", request_id="req_1")
            await self.take(request_id="req_1")
            await self.long_ago()

            reply = await self.program.post(PATH, completion(), idempotency_key="order-7")
            await call.aclose()

        self.assertEqual(reply.status, 409)

    async def take(self, *, request_id: str) -> None:
        async with self.stage():
            await self.program.post(PATH, completion(), idempotency_key="order-7")
        await KeptReply.objects.aupdate(status=None, request_id=request_id)

    async def long_ago(self) -> None:
        moment = timezone.now() - timedelta(seconds=settings.LIMITS.call_stale + 5)
        await KeptReply.objects.aupdate(created_at=moment)

    async def test_asked_for_as_a_task_it_is_another_request(self) -> None:
        async with self.stage():
            now = await self.program.post(PATH, completion(), idempotency_key="order-8")
            later = await self.program.post(
                PATH, completion(), idempotency_key="order-8", x_async_mode="true"
            )

        self.assertEqual((now.status, later.status), (200, 400))


class TaskTests(AbandonedCase):
    async def killed(self, **fields: Any) -> ApiTask:
        """A task whose worker was killed, with a call as `fields` say."""
        reply = await self.program.post(PATH, completion(model=MODEL), x_async_mode="true")
        task = (await sync_to_async(ApiTask.claim)("killed", most=1))[0]
        request = parse("openai", completion(model=MODEL))
        call = await calls.place(
            self.key, request, dialect="openai", request_id=task.request_id, is_task=True
        )
        self.addCleanup(lambda: calls.call._calls.discard(call))
        await ApiCall.objects.aupdate(**fields)
        long_ago = timezone.now() - timedelta(seconds=settings.LIMITS.task_stale + 5)
        await ApiTask.objects.aupdate(heartbeat_at=long_ago)
        calls.call._calls.discard(call)
        self.assertEqual(reply.status, 202)
        return task

    async def test_before_the_first_word_it_is_made_again_and_charged_once(self) -> None:
        async with self.stage(**self.priced()):
            task = await self.killed()

            await self.sweep()

            await task.arefresh_from_db()
            self.assertEqual((task.status, task.attempts), ("queued", 1))
            self.assertEqual(await self.totals(), (0, 0))

    async def test_after_it_it_ends_and_is_charged_for_what_had_come(self) -> None:
        async with self.stage(**self.priced()):
            task = await self.killed(
                first_token_ms=10, input_tokens=100, output_tokens=10, cost=Decimal("0.25")
            )

            await self.sweep()

            await task.arefresh_from_db()
            self.assertEqual((task.status, task.error_status), ("failed", 502))
            self.assertEqual(task.error["error"]["code"], "interrupted")
            self.assertEqual(await self.totals(), (0, BILLION // 4))


class TurnTests(AbandonedCase):
    def turn(self, answer: str) -> Turn:
        conversation = Conversation.objects.create(user=self.alice, title="T")
        Lane.objects.create(conversation=conversation, model=MODEL)
        turn = exchange(conversation, WORDS, answer)
        turn.receipt = {
            "version": 1,
            "asked": {"model": MODEL, "system": "", "parameters": {}},
            "sent": {"endpoint": "double", "model": "gpt-5.4", "parameters": [], "omitted": []},
        }
        turn.status, turn.error, turn.finished_at = Turn.Status.RUNNING, None, None
        turn.input_tokens = turn.output_tokens = turn.cost = None
        turn.heartbeat_at = timezone.now() - timedelta(seconds=60)
        turn.save()
        Entry.reserve(turn.ledger_source, [holder_of(self.alice)], most=Decimal(1))
        return turn

    async def test_its_words_are_charged_and_called_an_estimate(self) -> None:
        async with self.stage(**self.priced()):
            turn = await sync_to_async(self.turn)(WORDS)

            await self.sweep()
            await self.sweep()

        await turn.arefresh_from_db()
        self.assertEqual(turn.state, "interrupted")
        self.assertGreater(turn.input_tokens or 0, 300)
        self.assertGreater(turn.output_tokens or 0, 300)
        assert turn.cost is not None
        self.assertGreater(turn.cost, 0)
        self.assertEqual(receipts.charge(turn.receipt), turn.cost)
        self.assertTrue(turn.receipt["answered"]["usage"]["is_estimated"])
        holder = holder_of(self.alice)
        self.assertEqual(await self.totals(holder), (0, int(turn.cost * BILLION)))

    async def test_without_a_word_nothing_is_owed(self) -> None:
        async with self.stage(**self.priced()):
            turn = await sync_to_async(self.turn)("")
            await turn.__class__.objects.filter(pk=turn.pk).aupdate(status="queued")
            turn.answer.parts = []
            await turn.answer.asave()

            await self.sweep()

        self.assertEqual(await self.totals(holder_of(self.alice)), (0, 0))

    async def test_a_model_that_is_gone_may_have_cost_all_that_was_reserved(self) -> None:
        async with self.stage(models=["another"]):
            await sync_to_async(self.turn)(WORDS)

            await self.sweep()

        self.assertEqual(await self.totals(holder_of(self.alice)), (0, BILLION))


class FloodTests(AbandonedCase):
    async def test_no_more_tasks_wait_than_there_is_room_for(self) -> None:
        with override_settings(LIMITS=replace(settings.LIMITS, tasks_waiting=2)):
            async with self.stage():
                statuses = [
                    (await self.program.post(PATH, completion(), x_async_mode="true")).status
                    for _ in range(3)
                ]

        self.assertEqual(statuses, [202, 202, 429])
        spent = await sync_to_async(Account.spent_by)(self.key.holder, Period.DAY)
        self.assertEqual(spent, 0)
