"""The client against a provider that behaves, and one that does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from unittest import IsolatedAsyncioTestCase

from chat.llm.answer import Answer
from chat.llm.client import Client, Deadlines, Exchange
from chat.llm.errors import (
    AuthenticationFailed,
    BadRequest,
    Garbled,
    Interrupted,
    ModelError,
    Overloaded,
    PaymentRequired,
    RateLimited,
    Unreachable,
)
from chat.llm.events import TextDelta
from chat.llm.types import Endpoint, Message, Parameters, Request, TextPart
from tests.provider import Provider
from tests.script import (
    Body,
    Cut,
    Head,
    Reset,
    Send,
    Sleep,
    answer,
    chunk,
    delta,
    failure,
    stream,
)

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


class AnswerTests(IsolatedAsyncioTestCase):
    async def test_it_streams_an_answer(self) -> None:
        async with opened() as (provider, client):
            provider.play(*stream("Hel", "lo ", "wörld"))
            exchange = client.stream(provider.endpoint(), ask())

            said, error = await read(exchange)

            self.assertIsNone(error)
            self.assertEqual(said.text, "Hello wörld")
            self.assertEqual(said.usage and said.usage.output_tokens, 7)
            self.assertEqual((exchange.status, exchange.provider_request_id), (200, "req-double"))

    async def test_it_gives_each_delta_when_it_comes(self) -> None:
        async with opened() as (provider, client):
            provider.play(Send(delta("now")), Sleep(0.5), Send(delta("later")), Cut())
            async with client.stream(provider.endpoint(), ask()) as exchange:
                async with asyncio.timeout(0.4):
                    while not isinstance(await anext(exchange), TextDelta):
                        pass

    async def test_it_reads_an_answer_that_is_not_streamed(self) -> None:
        async with opened() as (provider, client):
            choice = {"index": 0, "message": {"content": "Hi"}, "finish_reason": "stop"}
            provider.play(*answer({"id": "1", "model": "m", "choices": [choice]}))

            said, error = await read(client.stream(provider.endpoint(), ask(is_streamed=False)))

            self.assertIsNone(error)
            self.assertEqual((said.text, said.model), ("Hi", "m"))

    async def test_it_sends_key_and_body_and_asks_for_no_compression(self) -> None:
        async with opened() as (provider, client):
            await read(client.stream(provider.endpoint(), ask("Hello?", temperature=0.5)))

            (request,) = provider.requests
            self.assertEqual(request.path, "/v1/chat/completions")
            self.assertEqual(request.headers["authorization"], "Bearer sk-canary-0123456789")
            self.assertEqual(request.headers["accept-encoding"], "identity")
            self.assertEqual(request.json["temperature"], 0.5)

    async def test_it_uses_a_connection_again(self) -> None:
        async with opened() as (provider, client):
            for _ in range(3):
                await read(client.stream(provider.endpoint(), ask()))

            self.assertEqual((len(provider.requests), provider.connections), (3, 1))

    async def test_it_lists_models(self) -> None:
        async with opened() as (provider, client):
            provider.play(*answer({"data": [{"id": "a", "context_length": 4096}, {"no": "id"}]}))

            (model,) = await client.models(provider.endpoint())

            self.assertEqual((model.id, model.context_window), ("a", 4096))
            self.assertEqual(provider.requests[0].path, "/v1/models")


class FailureTests(IsolatedAsyncioTestCase):
    async def test_it_keeps_what_was_streamed_before_a_cut(self) -> None:
        for ending in (Cut(), Reset()):
            with self.subTest(ending=ending):
                async with opened() as (provider, client):
                    provider.play(Send(delta("Half an ans")), Sleep(0.05), ending)

                    said, error = await read(client.stream(provider.endpoint(), ask()))

                    self.assertIsInstance(error, Interrupted)
                    self.assertEqual(said.text, "Half an ans")
                    self.assertEqual(len(provider.requests), 1)

    async def test_it_takes_a_stream_without_its_end_for_interrupted(self) -> None:
        async with opened() as (provider, client):
            provider.play(Send(delta("Half")))

            said, error = await read(client.stream(provider.endpoint(), ask()))

            self.assertIsInstance(error, Interrupted)
            self.assertEqual(said.text, "Half")

    async def test_it_keeps_what_was_said_before_an_error_in_the_stream(self) -> None:
        async with opened() as (provider, client):
            trouble = {"message": "broke", "type": "server_error"}
            provider.play(Send(delta("Half") + chunk(error=trouble)), Sleep(5))

            said, error = await read(client.stream(provider.endpoint(), ask()))

            self.assertEqual(said.text, "Half")
            self.assertEqual(error and (error.code, error.is_mid_stream), ("provider_failed", True))
            await provider.requests[0].peer_left()

    async def test_it_says_which_parameter_was_refused_in_our_words(self) -> None:
        async with opened() as (provider, client):
            provider.play(*failure(400, "no", param="max_tokens"))

            _, error = await read(client.stream(provider.endpoint(), ask(max_output_tokens=9)))

            self.assertIsInstance(error, BadRequest)
            self.assertEqual(error and error.parameter, "max_output_tokens")

    async def test_it_reads_a_page_of_html_as_garbled(self) -> None:
        async with opened() as (provider, client):
            provider.play(Head(200, {}, "text/html", False), Body(b"<html>Sign in</html>"))

            _, error = await read(client.stream(provider.endpoint(), ask()))

            self.assertIsInstance(error, Garbled)

    async def test_it_follows_no_redirect(self) -> None:
        async with opened() as (provider, client):
            to = {"Location": f"{provider.base_url}/elsewhere"}
            provider.play(Head(307, to, "text/plain", False), Body(b""))

            _, error = await read(client.stream(provider.endpoint(), ask()))

            self.assertEqual(error and (error.code, error.status), ("refused", 307))
            self.assertEqual(len(provider.requests), 1)

    async def test_it_gives_no_key_away(self) -> None:
        async with opened() as (provider, client):
            endpoint = provider.endpoint()
            for script in (failure(401), failure(400), [Reset()], [Head(), Cut()]):
                provider.play(*script)
                provider.always(Reset())
                exchange = client.stream(endpoint, ask())
                _, error = await read(exchange)
                shown = f"{error!r} {error} {vars(error)} {exchange!r} {exchange.encoded!r}"
                cause = error.__cause__ if error else None
                while cause is not None:
                    shown += f" {cause!r}"
                    cause = cause.__cause__
                self.assertNotIn("canary", shown + repr(endpoint))

    async def test_it_refuses_a_key_that_would_break_a_header(self) -> None:
        async with opened() as (provider, client):
            endpoint = provider.endpoint(api_key="sk-canary\r\nX-Evil: 1")

            _, error = await read(client.stream(endpoint, ask()))

            self.assertIsInstance(error, AuthenticationFailed)
            self.assertNotIn("canary", repr(vars(error)))
            self.assertEqual(provider.connections, 0)


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
