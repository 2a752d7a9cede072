"""The client against a provider that behaves, and one that does not."""

from __future__ import annotations

import asyncio
from unittest import IsolatedAsyncioTestCase

from chat.llm.errors import (
    AuthenticationFailed,
    BadRequest,
    Garbled,
    Interrupted,
)
from chat.llm.events import TextDelta
from tests.llm.calling import ask, opened, read
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

    async def test_it_finds_the_version_where_the_address_has_none_and_keeps_a_query(self) -> None:
        cases = (
            ("anthropic", "", "/v1/messages"),
            ("google", "/", "/v1beta/models/double:streamGenerateContent?alt=sse"),
            ("openai", "", "/chat/completions"),
            ("openai", "/openai/v1/?api-version=7", "/openai/v1/chat/completions?api-version=7"),
        )
        for dialect, base, path in cases:
            async with opened() as (provider, client):
                base_url = f"http://127.0.0.1:{provider.port}{base}"
                endpoint = provider.endpoint(base_url=base_url, dialect=dialect)
                await read(client.stream(endpoint, ask()))

                self.assertEqual(provider.requests[0].path, path)


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
