"""How long we wait, and how quickly we let go."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from unittest import IsolatedAsyncioTestCase
from unittest.mock import patch

from chat.llm import exchange as exchanges
from chat.llm.errors import OutputTooLarge, TimedOut
from chat.llm.events import TextDelta
from tests.llm.calling import QUICK, ask, opened, read
from tests.script import Hang, Head, Send, Sleep, delta, ending, stream

TIGHT = replace(QUICK, first_byte=0.2, content_idle=0.2, reasoning_idle=0.6, total=1.2)
ROOMY = replace(TIGHT, first_byte=5.0, reasoning_idle=3.0, total=10.0)
"""For what must not run out, however busy the machine is."""
PING = b": ping\n\n"


class DeadlineTests(IsolatedAsyncioTestCase):
    async def test_it_waits_for_the_first_byte_so_long(self) -> None:
        async with opened(TIGHT) as (provider, client):
            provider.play(Sleep(5))

            _, error = await read(client.stream(provider.endpoint(), ask()))

            self.assertIsInstance(error, TimedOut)
            await provider.requests[0].peer_left()

    async def test_it_takes_pings_for_silence(self) -> None:
        async with opened(TIGHT) as (provider, client):
            provider.play(Send(delta("Half")), Send(PING * 40, size=len(PING), every=0.05))

            said, error = await read(client.stream(provider.endpoint(), ask()))

            self.assertIsInstance(error, TimedOut)
            self.assertEqual(said.text, "Half")

    async def test_it_waits_longer_while_the_model_thinks(self) -> None:
        async with opened(TIGHT) as (provider, client):
            thought = delta("Hmm", name="reasoning_content")
            provider.play(Send(thought), Sleep(0.4), Send(delta("Yes")), Send(ending()))

            said, error = await read(client.stream(provider.endpoint(), ask()))

            self.assertIsNone(error)
            self.assertEqual((said.reasoning, said.text), ("Hmm", "Yes"))

    async def test_it_waits_longer_if_thinking_was_asked_for(self) -> None:
        async with opened(ROOMY) as (provider, client):
            provider.play(Head(), Sleep(0.4), *stream("Yes")[1:])

            _, error = await read(client.stream(provider.endpoint(), ask(reasoning_effort="high")))

            self.assertIsNone(error)

    async def test_it_ends_a_drip_at_the_total(self) -> None:
        async with opened(TIGHT) as (provider, client):
            provider.play(Send(delta("x") * 100, size=len(delta("x")), every=0.1))

            said, error = await read(client.stream(provider.endpoint(), ask()))

            self.assertIsInstance(error, TimedOut)
            self.assertTrue(8 <= len(said.text) <= 13, said.text)

    async def test_it_does_not_wait_for_a_provider_that_forgets_to_hang_up(self) -> None:
        async with opened(TIGHT) as (provider, client):
            provider.play(Send(delta("Yes") + ending()), Hang())

            async with asyncio.timeout(1):
                said, error = await read(client.stream(provider.endpoint(), ask()))

            self.assertIsNone(error)
            self.assertEqual(said.text, "Yes")
            await provider.requests[0].peer_left()


class ClosingTests(IsolatedAsyncioTestCase):
    async def test_it_closes_the_connection_when_the_reader_is_cancelled(self) -> None:
        async with opened() as (provider, client):
            provider.always(*stream(*"abc" * 100, every=0.01))
            exchange = client.stream(provider.endpoint(), ask())

            async def consume() -> None:
                async for _ in exchange:
                    pass

            task = asyncio.create_task(consume())
            await asyncio.sleep(0.1)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

            await provider.requests[0].peer_left(within=1)

    async def test_it_closes_a_connection_that_has_not_answered_yet(self) -> None:
        async with opened() as (provider, client):
            provider.play(Hang())
            task = asyncio.create_task(read(client.stream(provider.endpoint(), ask())))
            while not provider.requests:
                await asyncio.sleep(0.01)

            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

            await provider.requests[0].peer_left(within=1)

    async def test_it_closes_the_connection_when_the_reader_leaves(self) -> None:
        async with opened() as (provider, client):
            provider.play(*stream(*"abc" * 100, every=0.01))
            async with client.stream(provider.endpoint(), ask()) as exchange:
                while not isinstance(await anext(exchange), TextDelta):
                    pass

            await provider.requests[0].peer_left(within=1)

    async def test_it_leaks_no_connection_over_a_hundred_cancellations(self) -> None:
        async with opened() as (provider, client):
            provider.always(*stream(*"abc" * 100, every=0.01))
            for number in range(100):
                task = asyncio.create_task(read(client.stream(provider.endpoint(), ask())))
                await asyncio.sleep(0.001 * (number % 20))
                task.cancel()
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            for _ in range(100):
                if not provider.open_connections:
                    break
                await asyncio.sleep(0.01)

            self.assertEqual(provider.open_connections, 0)

    async def test_it_cuts_an_answer_that_outgrows_the_limit(self) -> None:
        async with opened() as (provider, client):
            provider.play(*stream(*["x" * 100] * 20, every=0.01))
            with patch.object(exchanges, "OUTPUT_LIMIT", 1000):
                said, error = await read(client.stream(provider.endpoint(), ask()))

            self.assertIsInstance(error, OutputTooLarge)
            self.assertEqual(said.text, "x" * 1000)
            await provider.requests[0].peer_left()
