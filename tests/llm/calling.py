"""Calling a provider double, for the tests of the client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chat.llm.answer import Answer
from chat.llm.client import Client, Deadlines, Exchange
from chat.llm.errors import ModelError
from chat.llm.types import Message, Parameters, Request, TextPart
from tests.provider import Provider

QUICK = Deadlines(first_byte=1, content_idle=1, reasoning_idle=2, total=5, ending=0.2, closing=0.2)


def ask(text: str = "Hello?", *, is_streamed: bool = True, **parameters: object) -> Request:
    message = Message("user", (TextPart(text),))
    return Request("double", (message,), Parameters(**parameters), is_streamed)  # type: ignore[arg-type]


@asynccontextmanager
async def opened(deadlines: Deadlines = QUICK) -> AsyncIterator[tuple[Provider, Client]]:
    async with Provider() as provider:
        client = Client(deadlines=deadlines, random=lambda: 0.0)
        try:
            yield provider, client
        finally:
            await client.aclose()


async def read(exchange: Exchange) -> tuple[Answer, ModelError | None]:
    """What was said, and how it failed."""
    said = Answer()
    async with exchange:
        try:
            async for event in exchange:
                said.add(event)
        except ModelError as error:
            return said, error
    return said, None
