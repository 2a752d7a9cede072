"""Tasks: promised, made by a worker, kept, called off, and none of anybody else's business."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.utils import timezone

from chat import abandoned
from chat.models import ApiCall, ApiKey, ApiTask
from chat.tasks import Worker
from tests.api.program import Program, Reply
from tests.api.stage import ApiCase, completion, contents, message
from tests.provider import Provider
from tests.script import Hang, Head, Until, failure, stream

PATH = "/api/v1/chat/completions"
TASKS = "/api/v1/tasks"
LATER = {"x_async_mode": "true"}


class TaskCase(ApiCase):
    @asynccontextmanager
    async def worker(self) -> AsyncIterator[Worker]:
        worker = Worker()
        worker.start()
        try:
            yield worker
        finally:
            await worker.stop()

    async def add(self, path: str = PATH, body: Any = None) -> dict[str, Any]:
        reply = await self.program.post(path, body or completion(), **LATER)
        self.assertEqual(reply.status, 202, reply.body)
        self.assertEqual(reply.headers["location"], f"{TASKS}/{reply.json['id']}")
        return dict(reply.json)

    async def ended(self, task: dict[str, Any], *, within: float = 10) -> dict[str, Any]:
        async with asyncio.timeout(within):
            while True:
                reply = await self.program.get(f"{TASKS}/{task['id']}")
                if reply.json["status"] not in ("queued", "running"):
                    return dict(reply.json)
                await asyncio.sleep(0.02)

    async def asked(self, provider: Provider) -> None:
        async with asyncio.timeout(10):
            while not provider.requests:
                await asyncio.sleep(0.02)


class PromiseTests(TaskCase):
    async def test_each_format_gets_its_own_answer(self) -> None:
        async with self.stage() as provider, self.worker():
            provider.always(*stream("Hel", "lo"))
            google = "/api/v1beta/models/double/parrot:generateContent"
            asked = [
                await self.add(),
                await self.add("/api/v1/messages", message(stream=True)),
                await self.add(google, contents()),
            ]

            ended = [await self.ended(task) for task in asked]

        self.assertEqual([task["status"] for task in asked], ["queued"] * 3)
        self.assertEqual([task["status"] for task in ended], ["completed"] * 3)
        results = [task["result"] for task in ended]
        self.assertEqual(results[0]["choices"][0]["message"]["content"], "Hello")
        self.assertEqual(results[1]["content"][0]["text"], "Hello")
        self.assertEqual(results[2]["candidates"][0]["content"]["parts"][0]["text"], "Hello")
        self.assertTrue(all(task["expires_at"] > task["finished_at"] for task in ended))

    async def test_what_would_be_refused_at_once_is_refused_at_once(self) -> None:
        async with self.stage():
            unknown = await self.program.post(PATH, completion(model="nobody"), **LATER)
            wrong = await self.program.post(PATH, completion(messages=[]), **LATER)

        self.assertEqual((unknown.status, wrong.status), (404, 400))
        self.assertFalse(await ApiTask.objects.aexists())

    async def test_a_failure_is_told_in_the_format_that_asked(self) -> None:
        async with self.stage() as provider, self.worker():
            provider.play(*failure(400, "no", param="temperature"))
            task = await self.ended(await self.add("/api/v1/messages", message()))

        self.assertEqual((task["status"], task["error_status"]), ("failed", 400))
        self.assertEqual(task["error"]["error"]["type"], "invalid_request_error")

    async def test_its_call_has_a_receipt_like_any_other(self) -> None:
        async with self.stage() as provider, self.worker():
            provider.play(*stream("Hello"))
            task = await self.ended(await self.add())

        call = await self.last_call()
        self.assertEqual(call.request_id, task["request_id"])
        self.assertEqual(call.status, ApiCall.Status.COMPLETED)

    async def test_the_words_are_gone_when_it_has_ended(self) -> None:
        async with self.stage(), self.worker():
            task = await self.ended(await self.add())

        row = await ApiTask.objects.aget(pk=task["id"])
        self.assertEqual(row.body, {})

    async def test_a_key_that_was_revoked_meanwhile_opens_nothing(self) -> None:
        async with self.stage() as provider:
            task = await self.add()
            await sync_to_async(self.key.revoke)()
            async with self.worker():
                async with asyncio.timeout(5):
                    while not await ApiTask.objects.filter(status="failed").aexists():
                        await asyncio.sleep(0.02)

            row = await ApiTask.objects.aget(pk=task["id"])
            self.assertEqual(row.error_status, 401)
            self.assertEqual(provider.requests, [])


class WorkerTests(TaskCase):
    async def test_a_hundred_wait_for_a_slow_provider_at_once(self) -> None:
        go = asyncio.Event()
        async with self.stage() as provider, self.worker():
            provider.always(Head(), Until(go), *stream("Hello")[1:])
            asked = [await self.add() for _ in range(100)]
            async with asyncio.timeout(20):
                while len(provider.requests) < 100:
                    await asyncio.sleep(0.05)

            go.set()
            ended = [await self.ended(task) for task in asked]

        self.assertEqual({task["status"] for task in ended}, {"completed"})

    async def test_a_task_survives_its_worker(self) -> None:
        async with self.stage() as provider:
            provider.play(Head(), Hang())
            async with self.worker():
                task = await self.add()
                await self.asked(provider)
            row = await ApiTask.objects.aget()
            self.assertEqual((row.status, row.attempts), ("queued", 0))

            provider.play(*stream("Hello"))
            async with self.worker():
                ended = await self.ended(task)

        self.assertEqual(ended["status"], "completed")

    async def test_a_task_of_a_killed_worker_is_taken_over(self) -> None:
        async with self.stage() as provider:
            provider.always(*stream("Hello"))
            task = await self.add()
            await sync_to_async(ApiTask.claim)("killed", most=1)
            await ApiTask.objects.aupdate(heartbeat_at=timezone.now() - timedelta(minutes=5))

            async with self.worker():
                ended = await self.ended(task)

        self.assertEqual(ended["status"], "completed")

    async def test_a_task_that_kills_its_workers_is_given_up(self) -> None:
        async with self.stage():
            task = await self.add()
            for _ in range(settings.LIMITS.task_attempts):
                await sync_to_async(ApiTask.claim)("killed", most=1)
                await ApiTask.objects.aupdate(heartbeat_at=timezone.now() - timedelta(minutes=5))
                await sync_to_async(abandoned.sweep)()

            reply = await self.program.get(f"{TASKS}/{task['id']}")

        self.assertEqual(reply.json["status"], "failed")

    async def test_two_workers_never_make_the_same_call(self) -> None:
        async with self.stage() as provider, self.worker(), self.worker():
            provider.always(*stream("Hello"))
            asked = [await self.add() for _ in range(20)]
            for task in asked:
                await self.ended(task)

            self.assertEqual(len(provider.requests), 20)

    async def test_a_limited_provider_is_asked_again_later(self) -> None:
        async with self.stage() as provider, self.worker() as worker:
            provider.play(*failure(429, retry_after=600))
            task = await self.add()
            async with asyncio.timeout(5):
                while not await ApiTask.objects.filter(
                    status="queued", not_before__gt=timezone.now() + timedelta(minutes=9)
                ).aexists():
                    await asyncio.sleep(0.02)

            provider.play(*stream("Hello"))
            await ApiTask.objects.aupdate(not_before=timezone.now())
            worker.wake()
            ended = await self.ended(task)

        self.assertEqual(ended["status"], "completed")

    async def test_what_is_old_is_forgotten(self) -> None:
        async with self.stage(), self.worker():
            task = await self.ended(await self.add())
        long_ago = timezone.now() - timedelta(seconds=settings.LIMITS.task_kept + 60)
        await ApiTask.objects.aupdate(finished_at=long_ago)

        await sync_to_async(ApiTask.purge)()

        self.assertEqual((await self.program.get(f"{TASKS}/{task['id']}")).status, 404)


class CancelTests(TaskCase):
    async def test_one_that_waits_is_called_off_at_once(self) -> None:
        async with self.stage() as provider:
            task = await self.add()

            reply = await self.cancel(task)
            async with self.worker():
                await asyncio.sleep(0.2)

            self.assertEqual(reply.json["status"], "cancelled")
            self.assertEqual(provider.requests, [])

    async def test_one_that_runs_lets_its_provider_go(self) -> None:
        async with self.stage() as provider, self.worker():
            provider.play(Head(), Hang())
            task = await self.add()
            await self.asked(provider)

            await self.cancel(task)

            await provider.requests[-1].peer_left(within=2.0)
            self.assertEqual((await self.ended(task))["status"], "cancelled")
        self.assertEqual((await self.last_call()).status, ApiCall.Status.CANCELLED)

    async def test_what_has_ended_stays_as_it_ended(self) -> None:
        async with self.stage(), self.worker():
            task = await self.ended(await self.add())

            reply = await self.cancel(task)

        self.assertEqual(reply.json["status"], "completed")

    async def cancel(self, task: dict[str, Any]) -> Reply:
        return await self.program.post(f"{TASKS}/{task['id']}/cancel", {})


class ListTests(TaskCase):
    async def test_it_is_in_pages_with_filters(self) -> None:
        async with self.stage():
            asked = [await self.add(body=completion(model=name)) for name in ("parrot", "starling")]
            first = await self.program.get(f"{TASKS}?limit=1")
            rest = await self.program.get(f"{TASKS}?after={first.json['last_id']}")
            filtered = await self.program.get(f"{TASKS}?model=parrot&status=queued")
            none = await self.program.get(f"{TASKS}?status=failed")

        newest = [task["id"] for task in reversed(asked)]
        self.assertEqual([task["id"] for task in first.json["data"]], newest[:1])
        self.assertTrue(first.json["has_more"])
        self.assertEqual([task["id"] for task in rest.json["data"]], newest[1:])
        self.assertEqual([task["id"] for task in filtered.json["data"]], newest[1:])
        self.assertEqual(none.json["data"], [])

    async def test_somebody_elses_task_is_not_there(self) -> None:
        stranger = Program((await sync_to_async(ApiKey.make)(self.charlie, name="C"))[1])
        async with self.stage():
            task = await self.add()
            path = f"{TASKS}/{task['id']}"
            seen = await stranger.get(path)
            cancelled = await stranger.post(f"{path}/cancel", {})
            listed = await stranger.get(TASKS)
            missing = await stranger.get(f"{TASKS}/task_nothing")

        self.assertEqual((seen.status, cancelled.status, listed.json["data"]), (404, 404, []))
        self.assertEqual(seen.json, missing.json)
        self.assertEqual((await ApiTask.objects.aget()).status, "queued")

    async def test_a_narrow_key_sees_what_it_asked_for_itself(self) -> None:
        _, secret = await sync_to_async(ApiKey.make)(
            self.alice, name="Narrow", model_patterns=["double/*"]
        )
        narrow = Program(secret)
        async with self.stage():
            task = await self.add()
            own = (await narrow.post(PATH, completion(), **LATER)).json
            seen = await narrow.get(f"{TASKS}/{task['id']}")
            cancelled = await narrow.post(f"{TASKS}/{task['id']}/cancel", {})
            listed = await narrow.get(TASKS)
            all_of_them = await self.program.get(TASKS)

        self.assertEqual((seen.status, cancelled.status), (404, 404))
        self.assertEqual([row["id"] for row in listed.json["data"]], [own["id"]])
        self.assertEqual(len(all_of_them.json["data"]), 2)
