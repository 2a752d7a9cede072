"""Speaks to providers over HTTP. The only module that imports httpx.

    client = Client()                       # one per process, made at start, inside the loop
    async with client.stream(endpoint, request) as exchange:
        record(exchange.encoded)            # before anything is sent
        async for event in exchange:        # raises ModelError after the events that came before
            answer.add(event)
    exchange.status, exchange.provider_request_id, exchange.retries

The one rule: one owner. The task that iterates is the only one that ends an exchange; cancelling it,
leaving the `async with` or `aclose()` closes the upstream connection at once and gives nothing back
to the pool that is half read. Nothing is retried after the first byte of an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx

from chat.llm.dialects import EncodedRequest
from chat.llm.events import Event
from chat.llm.types import Endpoint, ModelInfo, Request


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds. Content is text, reasoning, tool calls, media; comments and pings are not."""

    connect: float = 10.0
    first_byte: float = 60.0
    content_idle: float = 90.0
    reasoning_idle: float = 300.0
    total: float = 900.0


@dataclass(frozen=True, slots=True)
class Retry:
    """One attempt that failed before its first byte, and how long we waited after it."""

    code: str
    status: int | None
    waited_seconds: float


class Exchange:
    """One request and its answer: iterate it once."""

    endpoint: Endpoint
    request: Request
    encoded: EncodedRequest
    """What is sent, with the outcome of every parameter. Known before anything is sent."""
    status: int | None
    provider_request_id: str | None
    retries: list[Retry]

    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...
    def __aiter__(self) -> Self: ...
    async def __anext__(self) -> Event:
        """Raise `ModelError` where the answer failed, after every event that came before it."""
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Close the connection to the provider. Safe to call twice."""


class Client:
    """`transport` is for tests; it stands in for the network of every endpoint."""

    def __init__(
        self,
        *,
        deadlines: Deadlines | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        random: Callable[[], float] | None = None,
    ) -> None: ...

    def stream(self, endpoint: Endpoint, request: Request) -> Exchange:
        """Nothing is sent before the first `anext`. Streamed or not, as `request.is_streamed` says."""
        raise NotImplementedError

    async def models(self, endpoint: Endpoint) -> list[ModelInfo]:
        """What `endpoint` offers. Raise `ModelError`."""
        raise NotImplementedError

    async def aclose(self) -> None: ...
