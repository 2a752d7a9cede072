"""What is tried again, how often and how soon."""

from __future__ import annotations

import asyncio
from unittest import IsolatedAsyncioTestCase

from chat.llm.errors import (
    AuthenticationFailed,
    Interrupted,
    ModelError,
    Overloaded,
    PaymentRequired,
    RateLimited,
    Unreachable,
)
from chat.llm.types import Endpoint
from tests.llm.calling import ask, opened, read
from tests.script import Head, Reset, Sleep, failure, stream


class RetryTests(IsolatedAsyncioTestCase):
    async def test_it_tries_again_before_the_first_byte(self) -> None:
        for status in (429, 503, 529):
            with self.subTest(status=status):
                async with opened() as (provider, client):
                    provider.play(*failure(status, retry_after=0))
                    provider.play(*stream("at last"))
                    exchange = client.stream(provider.endpoint(), ask())

                    said, error = await read(exchange)

                    self.assertIsNone(error)
                    self.assertEqual(said.text, "at last")
                    self.assertEqual([retry.status for retry in exchange.retries], [status])

    async def test_it_gives_up_after_the_third_attempt(self) -> None:
        async with opened() as (provider, client):
            provider.always(*failure(503, retry_after=0))

            _, error = await read(client.stream(provider.endpoint(), ask()))

            self.assertIsInstance(error, Overloaded)
            self.assertEqual(len(provider.requests), 3)

    async def test_it_waits_as_long_as_it_is_asked_to(self) -> None:
        async with opened() as (provider, client):
            provider.play(*failure(429, retry_after=0.3))
            exchange = client.stream(provider.endpoint(), ask())
            before = asyncio.get_running_loop().time()

            await read(exchange)

            self.assertGreaterEqual(asyncio.get_running_loop().time() - before, 0.3)
            self.assertEqual(exchange.retries[0].waited_seconds, 0.3)

    async def test_it_does_not_wait_longer_than_a_person_would(self) -> None:
        async with opened() as (provider, client):
            provider.always(*failure(429, retry_after=3600))

            _, error = await read(client.stream(provider.endpoint(), ask()))

            self.assertIsInstance(error, RateLimited)
            self.assertEqual(error and error.retry_after_seconds, 3600)
            self.assertEqual(len(provider.requests), 1)

    async def test_it_does_not_repeat_what_waiting_cannot_cure(self) -> None:
        cases = (
            (429, {"type": "insufficient_quota", "code": "insufficient_quota"}, PaymentRequired),
            (413, {"type": "tokens", "code": "rate_limit_exceeded"}, ModelError),
            (500, {"type": "server_error"}, ModelError),
            (401, {}, AuthenticationFailed),
        )
        for status, error_fields, kind in cases:
            with self.subTest(status=status):
                async with opened() as (provider, client):
                    provider.always(*failure(status, **error_fields))

                    _, error = await read(client.stream(provider.endpoint(), ask()))

                    self.assertIsInstance(error, kind)
                    self.assertEqual(len(provider.requests), 1)

    async def test_it_tries_again_where_nobody_listens(self) -> None:
        async with opened() as (_, client):
            endpoint = Endpoint("gone", "Gone", "http://127.0.0.1:9/v1", is_private_allowed=True)
            exchange = client.stream(endpoint, ask())

            _, error = await read(exchange)

            self.assertIsInstance(error, Unreachable)
            self.assertEqual([retry.code for retry in exchange.retries], ["unreachable"] * 2)

    async def test_it_never_repeats_after_the_first_byte(self) -> None:
        async with opened() as (provider, client):
            provider.play(Head(), Sleep(0.05), Reset())

            _, error = await read(client.stream(provider.endpoint(), ask()))

            self.assertIsInstance(error, Interrupted)
            self.assertEqual(len(provider.requests), 1)
