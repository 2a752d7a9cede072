"""One request and its answer: retries before the first byte, deadlines, and one owner.

The one rule: the task that iterates is the only one that ends an exchange, once. Whatever ends it,
the connection is closed at once and nothing half read goes back to a pool.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from chat.llm.dialects import Dialect, EncodedRequest
from chat.llm.errors import (
    ModelError,
    OutputTooLarge,
    Overloaded,
    RateLimited,
    TimedOut,
    Unreachable,
)
from chat.llm.events import (
    Event,
    MediaDelta,
    ReasoningDelta,
    RefusalDelta,
    ServerTool,
    TextDelta,
    ToolCallDelta,
)
from chat.llm.response import ResponseDecoder
from chat.llm.types import Endpoint, Request

OUTPUT_LIMIT = 8 * 2**20
"""Bytes of text, thinking, arguments and media that one answer may have."""
RETRIES = 2
RETRY_WAIT_LIMIT = 20.0
"""Seconds. A person who is asked to wait longer would rather be told."""

_REQUEST_IDS = ("x-request-id", "request-id", "apim-request-id", "x-generation-id", "cf-ray")


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds. Content is text, thinking, tool calls and media; comments and pings are none."""

    connect: float = 10.0
    first_byte: float = 60.0
    content_idle: float = 90.0
    reasoning_idle: float = 300.0
    """While the model thinks, silently or not."""
    total: float = 900.0
    ending: float = 15.0
    """Between the finish reason and the end of the body: usage may still come."""
    closing: float = 0.25
    """Between the last marker and the end of the body: nothing can come."""


@dataclass(frozen=True, slots=True)
class Retry:
    """One attempt that failed before its first byte, and how long we waited after it."""

    code: str
    status: int | None
    waited_seconds: float


class Connection(Protocol):
    """An answer whose head has come."""

    status: int
    headers: Mapping[str, str]

    async def read(self) -> bytes:
        """The next bytes, none at the end. Raise `Interrupted` if there are no more to come."""

    async def aclose(self) -> None: ...


class Exchange:
    """Iterate it once. `chat.llm.client.Client.stream` makes it."""

    def __init__(
        self,
        endpoint: Endpoint,
        request: Request,
        *,
        dialect: Dialect,
        encoded: EncodedRequest,
        connect: Callable[[Endpoint, EncodedRequest], Awaitable[Connection]],
        deadlines: Deadlines,
        random: Callable[[], float],
    ) -> None:
        self.endpoint = endpoint
        self.request = request
        self.encoded = encoded
        """What is sent, with the outcome of every parameter. Known before anything is sent."""
        self.status: int | None = None
        self.provider_request_id: str | None = None
        self.retries: list[Retry] = []
        self._dialect = dialect
        self._connect = connect
        self._deadlines = deadlines
        self._random = random
        self._connection: Connection | None = None
        self._decoder: ResponseDecoder | None = None
        self._events: deque[Event] = deque()
        self._failure: ModelError | None = None
        self._is_ended = False
        self._ends_at = 0.0
        self._idle_since = 0.0
        self._is_thinking = _is_thinking_asked_for(request)
        self._size = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        """Raise `ModelError` where the answer failed, after every event that came before it."""
        while not self._events:
            if self._is_ended:
                if self._failure is not None:
                    raise self._failure
                raise StopAsyncIteration
            try:
                await self._advance()
            except BaseException:
                await self.aclose()
                raise
        return self._events.popleft()

    async def aclose(self) -> None:
        """Close the connection to the provider. Safe to call twice."""
        self._is_ended = True
        await self._disconnect()

    async def _advance(self) -> None:
        try:
            if self._decoder is None:
                await self._open()
            else:
                await self._read(self._decoder)
        except ModelError as error:
            await self._end(error)

    async def _open(self) -> None:
        now = asyncio.get_running_loop().time
        self._ends_at = now() + self._deadlines.total
        while True:
            try:
                await self._attempt()
                break
            except (RateLimited, Overloaded, Unreachable) as error:
                wait = self._retry_wait(error)
                if wait is None or now() + wait > self._ends_at:
                    raise
                self.retries.append(Retry(error.code, error.status, wait))
                await asyncio.sleep(wait)
        self._idle_since = now()

    async def _attempt(self) -> None:
        """Until the head of an answer is here. An error's body is read as well: it says whether
        waiting will help."""
        limits = self._deadlines
        seconds = limits.first_byte if self.request.is_streamed else limits.total
        try:
            async with asyncio.timeout(seconds):
                connection = await self._connect(self.endpoint, self.encoded)
        except TimeoutError as error:
            raise TimedOut("The provider did not begin to answer in time.") from error
        self._connection, self.status = connection, connection.status
        self.provider_request_id = next(
            (connection.headers[name] for name in _REQUEST_IDS if name in connection.headers), None
        )
        decoder = ResponseDecoder(
            self._dialect,
            status=connection.status,
            content_type=connection.headers.get("content-type", ""),
            headers=connection.headers,
        )
        if 200 <= connection.status < 300:
            self._decoder = decoder
            return
        try:
            async with asyncio.timeout(limits.connect):
                while chunk := await connection.read():
                    decoder.feed(chunk)
        except (TimeoutError, ModelError):
            pass  # the status alone says enough
        await self._disconnect()
        decoder.close()
        if decoder.failure is not None:
            raise self._named(decoder.failure)

    def _retry_wait(self, error: ModelError) -> float | None:
        """Seconds until the next attempt; None if there is to be none."""
        if len(self.retries) >= RETRIES:
            return None
        if error.retry_after_seconds is not None:
            wait = error.retry_after_seconds * (1 + 0.1 * self._random())
        else:
            wait = 0.5 * 2 ** len(self.retries) * (0.5 + self._random())
        return wait if wait <= RETRY_WAIT_LIMIT else None

    def _named(self, error: ModelError) -> ModelError:
        """A provider complains of its own field; people know ours."""
        field = error.parameter or ""
        meant = (row for row in self.encoded.outcomes if field and row.is_meant_by(field))
        error.parameter = next((row.name for row in meant), error.parameter)
        return error

    async def _read(self, decoder: ResponseDecoder) -> None:
        assert self._connection is not None  # noqa: S101 - there is one as long as we read
        idle_until = self._idle_since + self._idle_seconds(decoder)
        try:
            async with asyncio.timeout_at(min(idle_until, self._ends_at)):
                chunk = await self._connection.read()
        except TimeoutError as error:
            if not decoder.is_complete:
                raise TimedOut("The provider fell silent in the middle of its answer.") from error
            chunk = b""
        except ModelError as error:
            self._take(decoder.close())
            raise decoder.failure or error from error
        if chunk:
            self._take(decoder.feed(chunk))
            if decoder.failure is not None:
                raise self._named(decoder.failure)
        else:
            self._take(decoder.close())
            await self._end(decoder.failure)

    def _idle_seconds(self, decoder: ResponseDecoder) -> float:
        limits = self._deadlines
        if decoder.is_done:
            return limits.closing
        if decoder.is_complete:
            return limits.ending
        if not self.request.is_streamed:
            return limits.total
        return limits.reasoning_idle if self._is_thinking else limits.content_idle

    def _take(self, events: list[Event]) -> None:
        for event in events:
            match event:
                case TextDelta() | RefusalDelta():
                    self._size += _bytes_in(event.text)
                    self._is_thinking = False
                case ReasoningDelta():
                    self._size += _bytes_in(event.text)
                    self._is_thinking = True
                case ToolCallDelta():
                    self._size += _bytes_in(event.arguments)
                    self._is_thinking = False
                case MediaDelta():
                    self._size += len(event.data)
                case ServerTool():
                    self._is_thinking = True
                case _:
                    self._events.append(event)
                    continue
            if self._size > OUTPUT_LIMIT:
                raise OutputTooLarge()
            self._idle_since = asyncio.get_running_loop().time()
            self._events.append(event)

    async def _end(self, failure: ModelError | None) -> None:
        self._failure = failure
        self._is_ended = True
        await self._disconnect()

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await asyncio.shield(connection.aclose())


def _is_thinking_asked_for(request: Request) -> bool:
    """Many models think without saying so; whoever asks for it grants the longer silence."""
    parameters = request.parameters
    effort = parameters.reasoning_effort
    return parameters.reasoning_budget_tokens is not None or effort not in (None, "none")


def _bytes_in(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
