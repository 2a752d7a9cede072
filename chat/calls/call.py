"""A call under way.

The one rule: closing it ends the connection to the provider, at once, and settles usage and cost,
once, whatever the way out.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Self

from chat import receipts, turns
from chat.calls import beating, settling
from chat.calls.formats import OwnFault
from chat.calls.translation import translated
from chat.llm.answer import Answer
from chat.llm.client import Client, Exchange
from chat.llm.errors import Interrupted, ModelError
from chat.llm.events import (
    Event,
    ReasoningDelta,
    RefusalDelta,
    Started,
    TextDelta,
    ToolCallDelta,
    Usage,
)
from chat.llm.types import MediaPart, Request, TextPart, ToolResultPart
from chat.models import ApiCall
from chat.models.api_key import Allowance
from chat.offers import AvailableModel

logger = logging.getLogger(__name__)

LARGE_REQUEST = 64 * 1024
"""Characters from which on encoding and hashing take longer than the event loop may stand still."""
FAREWELL_SECONDS = 5.0

_calls: set[Call] = set()


class Call:
    def __init__(
        self,
        row: ApiCall,
        request: Request,
        *,
        models: tuple[AvailableModel, ...],
        allowance: Allowance,
        prompt_tokens: int,
    ) -> None:
        self.row = row
        self.request = request
        self.allowance = allowance
        self.prompt_tokens = prompt_tokens
        """As it was estimated."""
        self.model = models[0]
        """Who is asked at present; in the end, whose answer it is."""
        self.answer = Answer()
        self.exchange: Exchange | None = None
        self.fallbacks: list[dict[str, Any]] = []
        self.error: ModelError | None = None
        self.is_complete = False
        self.first_token_ms: int | None = None
        self._models = models
        self._held: list[Event] = []
        """What came up to the first word, until somebody iterates."""
        self.characters = 0
        """Of what has come: text, thinking, arguments."""
        self._end: ModelError | None = None
        """Why it may not go on."""
        self._task: asyncio.Task[Any] | None = None
        self._settling: asyncio.Task[None] | None = None
        self._started = time.monotonic()
        _calls.add(self)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    @property
    def elapsed_ms(self) -> int:
        return round((time.monotonic() - self._started) * 1000)

    async def open(self) -> None:
        """Until the first word, from whoever says one. Raise `ModelError`."""
        self._task = asyncio.current_task()
        if self._end is not None:
            raise self._ended()
        beating.add(self)
        for model in self._models:
            self.model = model
            try:
                return await self._begin(model)
            except ModelError as failure:
                self._log(failure)
                if model is self._models[-1] or not failure.is_retryable:
                    self.error = failure
                    raise
                self.fallbacks.append(receipts.fallback(model, failure))
            except asyncio.CancelledError:
                raise self._cancelled() from None
            except Exception as mistake:
                raise self._own(mistake) from mistake
        return None

    async def __aiter__(self) -> AsyncIterator[Event]:
        """Usage comes in any case; where the provider did not count, it is estimated."""
        self._task = asyncio.current_task()
        assert self.exchange is not None  # noqa: S101 - `open` has made it
        try:
            while self._held:
                yield self._held.pop(0)
            async for event in self.exchange:
                self._take(event)
                yield event
        except ModelError as failure:
            self._log(failure)
            self.error = failure
            raise
        except asyncio.CancelledError:
            raise self._cancelled() from None
        except Exception as mistake:
            raise self._own(mistake) from mistake
        self.is_complete = True
        if self.answer.usage is None:
            usage = settling.usage_of(self)
            self.answer.add(usage)
            yield usage

    async def whole_answer(self) -> Answer:
        """Raise `ModelError`."""
        await self.open()
        async for _ in self:
            pass
        return self.answer

    def interrupt(self) -> None:
        """The server ends: say so instead of falling silent."""
        self._break_off("The server was restarted before the answer was complete.")

    def withdraw(self) -> None:
        """The key was revoked meanwhile."""
        self._break_off("The API key was revoked before the answer was complete.")

    def _break_off(self, reason: str) -> None:
        if self._end is None:
            self._end = Interrupted(reason)
            if self._task is not None:
                self._task.cancel()

    async def aclose(self) -> None:
        """Safe to call twice, and in a task that is cancelled."""
        await asyncio.shield(self.close())

    def close(self) -> asyncio.Task[None]:
        """Begin to close; the task is done when all is settled."""
        if self._settling is None:
            self._settling = asyncio.create_task(self._close(), name=f"settle {self.row.pk}")
        return self._settling

    async def _begin(self, model: AvailableModel) -> None:
        self.answer = Answer()
        self.characters = 0
        self._held.clear()
        if _size_of(self.request) > LARGE_REQUEST:
            exchange = await asyncio.to_thread(self._prepare, turns.client(), model)
        else:
            exchange = self._prepare(turns.client(), model)
        try:
            async for event in exchange:
                self._take(event)
                self._held.append(event)
                if not isinstance(event, Started | Usage):
                    return
        except BaseException:
            await exchange.aclose()
            raise

    def _prepare(self, client: Client, model: AvailableModel) -> Exchange:
        request, dropped = translated(self.request, model, asked_in=self.row.dialect)
        self.exchange = exchange = client.stream(model.endpoint, request)
        settling.record_sent(self, dropped)
        return exchange

    def _take(self, event: Event) -> None:
        self.answer.add(event)
        match event:
            case TextDelta() | ReasoningDelta() | RefusalDelta():
                self.characters += len(event.text)
            case ToolCallDelta():
                self.characters += len(event.arguments)
        if self.first_token_ms is None and not isinstance(event, Started | Usage):
            self.first_token_ms = self.elapsed_ms

    def _cancelled(self) -> BaseException:
        """What a cancellation means: our own end is told to the client."""
        task = asyncio.current_task()
        if self._end is None or task is None:
            return asyncio.CancelledError()
        task.uncancel()
        return self._ended()

    def _ended(self) -> ModelError:
        assert self._end is not None  # noqa: S101 - asked before
        self.error = self._end
        return self._end

    def _own(self, mistake: Exception) -> ModelError:
        logger.error("call %s failed", self.row.request_id, exc_info=mistake)
        self.error = OwnFault(detail=repr(mistake))
        return self.error

    async def _close(self) -> None:
        if self._end is not None and not self.is_complete and self.error is None:
            self._ended()  # its reader took its time, and was not reading just then
        try:
            if self.exchange is not None:
                await self.exchange.aclose()
            await settling.settle(self)
        finally:
            beating.remove(self)
            _calls.discard(self)

    def _log(self, failure: ModelError) -> None:
        endpoint, id = self.model.endpoint, self.row.request_id
        failure.withhold(endpoint.api_key)
        logger.warning("call %s at %s: %s %s", id, endpoint.name, failure.code, failure.detail)


def _size_of(request: Request) -> int:
    """Characters and bytes, as far as they can be many."""
    parts = [part for message in request.messages for part in message.parts]
    words = sum(len(part.text) for part in parts if isinstance(part, TextPart))
    results = sum(len(part.content) for part in parts if isinstance(part, ToolResultPart))
    return words + results + sum(len(p.data or b"") for p in parts if isinstance(p, MediaPart))


async def drain(seconds: float) -> None:
    """Let running calls end; interrupt what is left after so many seconds."""
    await _all_ended(seconds)
    for call in tuple(_calls):
        call.interrupt()
    await _all_ended(FAREWELL_SECONDS)


async def _all_ended(seconds: float) -> None:
    ends_at = time.monotonic() + seconds
    while _calls and time.monotonic() < ends_at:  # noqa: ASYNC110 - they also come and go meanwhile
        await asyncio.sleep(0.05)
