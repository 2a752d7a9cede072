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
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec
from django.conf import settings
from django.db import Error as DatabaseError
from django.utils import timezone

from chat import abandoned, calls, database, readiness
from chat.calls import formats
from chat.llm.errors import AuthenticationFailed, Interrupted, ModelError, RateLimited
from chat.llm.types import DialectName, Request
from chat.models import ApiKey, ApiTask, KeptReply
from chat.models.parts import storable_json

logger = logging.getLogger(__name__)

Outcome = Callable[[], object]
RESTARTED = "The server was restarted before the answer was complete."

_workers: set[Worker] = set()


async def add(
    key: ApiKey, body: Any, *, dialect: DialectName, model: str, request_id: str
) -> ApiTask:
    """Raise `RateLimited` where too many wait already."""
    task = ApiTask(
        user=key.user,
        key=key,
        dialect=dialect,
        model=model[:300],
        body=storable_json(body),
        request_id=request_id,
    )
    await database.run(_save, task)
    for worker in _workers:
        worker.wake()
    return task


def _save(task: ApiTask) -> None:
    most = settings.LIMITS.tasks_waiting
    if task.user.api_tasks.filter(status=ApiTask.Status.QUEUED).count() >= most:
        message = f"{most} tasks are waiting already, which is the limit."
        raise RateLimited(message, retry_after_seconds=settings.LIMITS.task_pause)
    task.save(force_insert=True)


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
        self._calls: dict[str, calls.Call] = {}
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
        if self._loop is not None:
            await self._loop
        if self._running:
            await asyncio.wait(self._running.values(), timeout=seconds)
        for pk, running in self._running.items():
            if pk in self._calls:
                self._calls[
                    pk
                ].interrupt()  # it is we who end it: nobody pays before its first word
            elif not running.cancelling():
                running.cancel()
        if self._running:
            await asyncio.wait(self._running.values())
        _workers.discard(self)

    async def _work(self) -> None:
        while not self._is_ending:
            self._news.clear()
            try:
                await self._look()
            except Exception:  # nobody would start the worker again
                logger.exception("%s was disturbed; it goes on", self.name)
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
        """Make the call, then write down what became of it, whoever calls it off meanwhile."""
        try:
            saving = asyncio.create_task(_persistently(await self._outcome(task)))
            while not saving.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.shield(saving)
        finally:
            self._running.pop(task.pk, None)
            self._calls.pop(task.pk, None)
            self.wake()

    async def _outcome(self, task: ApiTask) -> Outcome:
        """What is to be written."""
        call: calls.Call | None = None
        try:
            request = _request(task)
            call = await calls.place(
                task.key,
                request,
                dialect=_dialect(task),
                request_id=task.request_id,
                is_task=True,
            )
            self._calls[task.pk] = call
            async with call:
                answer = await call.whole_answer()
            body = formats.whole(
                _dialect(task), answer, request=request, request_id=task.request_id
            )
            result = storable_json(msgspec.to_builtins(body))
            return partial(task.finish, ApiTask.Status.COMPLETED, result=result)
        except ModelError as error:
            return self._after(error, task, call)
        except asyncio.CancelledError:
            if self._is_ending:
                return self._after(Interrupted(RESTARTED), task, call)
            return partial(task.finish, ApiTask.Status.CANCELLED)
        except Exception as mistake:
            logger.exception("task %s failed", task.pk)
            return partial(abandoned.fail, task, formats.OwnFault(detail=repr(mistake)))

    def _after(self, error: ModelError, task: ApiTask, call: calls.Call | None) -> Outcome:
        """Once more, later or elsewhere, but never after the first word."""
        has_begun = call is not None and call.first_token_ms is not None
        if not has_begun:
            if self._is_ending or readiness.is_draining():
                return partial(task.put_back, is_counted=False)
            if isinstance(error, RateLimited) and (seconds := _pause(error, task)) is not None:
                return partial(task.put_back, seconds=seconds, is_counted=False)
        return partial(abandoned.fail, task, error if call is None else formats.ours(error))


def _pause(limit: RateLimited, task: ApiTask) -> float | None:
    """Seconds: whoever does not wait for the answer can wait for the next minute. None where that
    would not help, or it has waited long enough."""
    seconds = limit.retry_after_seconds or settings.LIMITS.task_pause
    longest = settings.LIMITS.task_kept
    is_old = timezone.now() - task.created_at > timedelta(seconds=longest)
    return None if is_old or seconds > longest or not limit.is_retryable else seconds


def _request(task: ApiTask) -> Request:
    """Raise `ModelError`."""
    if task.key.state != "works" or not task.key.user.is_active:
        raise AuthenticationFailed("The key of this task does not work any more.")
    return formats.parse(_dialect(task), task.body, model=task.model)


def _dialect(task: ApiTask) -> DialectName:
    return task.dialect  # type: ignore[return-value]  # as it was asked in


async def _persistently(write: Outcome) -> None:
    """An answer that was paid for is not lost to a database that is busy."""
    for wait_seconds in (0.5, 1, 2, 5, 10):
        try:
            await database.run(write)
            return
        except DatabaseError:
            logger.exception("a task could not be saved; trying again")
            await asyncio.sleep(wait_seconds)


def _clean() -> None:
    """What others left behind, and what is over."""
    abandoned.sweep()
    ApiTask.purge()
    KeptReply.purge()
