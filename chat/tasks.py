"""Tasks and the worker that makes their calls.

    task = await add(key, body, dialect="openai", …)
    worker = Worker(); worker.start(); …; await worker.stop()

The one rule: a task lives in the database. A worker that dies loses nothing but its time: another
one takes the task over. One worker waits for many providers at once.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from contextlib import suppress
from datetime import timedelta
from typing import Any

import msgspec
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from chat import calls, database
from chat.calls import formats
from chat.llm.errors import AuthenticationFailed, ModelError, RateLimited
from chat.llm.types import DialectName
from chat.models import ApiCall, ApiKey, ApiTask, Entry, KeptReply
from chat.models.parts import storable_json

logger = logging.getLogger(__name__)

_workers: set[Worker] = set()


async def add(
    key: ApiKey, body: Any, *, dialect: DialectName, model: str, request_id: str
) -> ApiTask:
    task = ApiTask(
        user=key.user,
        key=key,
        dialect=dialect,
        model=model[:300],
        body=storable_json(body),
        request_id=request_id,
    )
    await database.run(task.save, force_insert=True)
    for worker in _workers:
        worker.wake()
    return task


async def cancel(task: ApiTask) -> None:
    """A worker of another process hears of it within a second."""
    await database.run(task.cancel)
    for worker in _workers:
        worker.wake()


async def stop_workers(seconds: float) -> None:
    """All of this process."""
    await asyncio.gather(*(worker.stop(seconds) for worker in tuple(_workers)))


class Worker:
    """Runs in the event loop of whoever starts it."""

    def __init__(self, *, most: int | None = None) -> None:
        self.name = f"worker-{secrets.token_hex(8)}"
        self._most = most or settings.LIMITS.tasks_at_once
        self._running: dict[str, asyncio.Task[None]] = {}
        self._loop: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._is_ending = False
        self._cleaned_at = float("-inf")

    def start(self) -> None:
        _workers.add(self)
        self._loop = asyncio.create_task(self._work(), name=self.name)

    def wake(self) -> None:
        self._news.set()

    async def stop(self, seconds: float = 0) -> None:
        """Take nothing more; what does not end in time goes back into the queue."""
        self._is_ending = True
        self.wake()
        if self._running:
            await asyncio.wait(self._running.values(), timeout=seconds)
        for running in self._running.values():
            if not running.cancelling():
                running.cancel()
        if self._running:
            await asyncio.wait(self._running.values())
        if self._loop is not None:
            await self._loop
        _workers.discard(self)

    async def _work(self) -> None:
        while not self._is_ending:
            self._news.clear()
            try:
                await self._look()
            except DatabaseError:
                logger.exception("%s cannot reach the database; trying again", self.name)
            with suppress(TimeoutError):
                async with asyncio.timeout(settings.LIMITS.task_interval):
                    await self._news.wait()

    async def _look(self) -> None:
        """Once a second or so: what is new, what is not wanted any more, who has died."""
        if self._running:
            for pk in await database.run(ApiTask.beat, self.name, list(self._running)):
                running = self._running.get(pk)
                # A second time would interrupt what it does about the first.
                if running is not None and not running.cancelling():
                    running.cancel()
        now = asyncio.get_running_loop().time()
        if now - self._cleaned_at > settings.LIMITS.task_stale / 2:
            self._cleaned_at = now
            await database.run(_clean)
        room = self._most - len(self._running)
        if room > 0:
            for task in await database.run(ApiTask.claim, self.name, most=room):
                self._running[task.pk] = asyncio.create_task(self._run(task), name=task.pk)

    async def _run(self, task: ApiTask) -> None:
        try:
            result = await _answered(task)
            finish = {"status": ApiTask.Status.COMPLETED, "result": result}
            await _persistently(task.finish, **finish)
        except RateLimited as limit:
            await self._postpone(task, limit)
        except ModelError as error:
            await self._fail(task, error)
        except asyncio.CancelledError:
            if self._is_ending:
                await _persistently(task.put_back, is_counted=False)
            else:
                await _persistently(task.finish, status=ApiTask.Status.CANCELLED)
        finally:
            self._running.pop(task.pk, None)
            self.wake()

    async def _postpone(self, task: ApiTask, limit: RateLimited) -> None:
        """Whoever does not wait for the answer can wait for the next minute."""
        seconds = limit.retry_after_seconds or settings.LIMITS.task_pause
        oldest = timezone.now() - timedelta(seconds=settings.LIMITS.task_kept)
        if seconds > settings.LIMITS.task_kept or task.created_at < oldest:
            await self._fail(task, limit)
        else:
            await _persistently(task.put_back, seconds=seconds, is_counted=False)

    async def _fail(self, task: ApiTask, error: ModelError) -> None:
        dialect: DialectName = task.dialect  # type: ignore[assignment]  # as it was asked in
        status, body = formats.failure(dialect, error, request_id=task.request_id)
        fields = {"error": storable_json(body), "error_status": status}
        await _persistently(task.finish, status=ApiTask.Status.FAILED, **fields)


async def _answered(task: ApiTask) -> Any:
    """The whole answer in the task's dialect. Raise `ModelError`."""
    if task.key.state != "works" or not task.key.user.is_active:
        raise AuthenticationFailed("The key of this task does not work any more.")
    dialect: DialectName = task.dialect  # type: ignore[assignment]  # as it was asked in
    request = formats.parse(dialect, task.body, model=task.model)
    call = await calls.place(
        task.key, request, dialect=dialect, request_id=task.request_id, is_task=True
    )
    async with call:
        try:
            answer = await call.whole_answer()
        except ModelError as error:
            raise formats.ours(error) from error
    body = formats.whole(dialect, answer, request=request, request_id=task.request_id)
    return storable_json(msgspec.to_builtins(body))


async def _persistently(function: Any, *arguments: Any, **fields: Any) -> None:
    """An answer that was paid for is not lost to a database that is busy."""
    for wait_seconds in (0.5, 1, 2, 5, 10):
        try:
            await database.run(function, *arguments, **fields)
            return
        except DatabaseError:
            logger.exception("a task could not be saved; trying again")
            await asyncio.sleep(wait_seconds)


def _clean() -> None:
    """What others left behind, and what is over."""
    ApiTask.release_stale()
    ApiTask.purge()
    KeptReply.purge()
    ApiCall.interrupt_stale()
    Entry.settle_stale()
