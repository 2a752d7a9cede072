"""Providers that count tokens are asked in their own words; the others are not asked at all."""

from __future__ import annotations

import json
import unittest

from chat.llm.counting import decode_count, encode_count
from chat.llm.errors import Garbled, RateLimited, TimedOut
from chat.llm.types import Endpoint, Message, Parameters, Request, TextPart, Tool
from tests.llm.calling import opened
from tests.script import answer, failure

REQUEST = Request(
    "parrot",
    (Message("system", (TextPart("Be brief."),)), Message("user", (TextPart("Hello?"),))),
    Parameters(max_output_tokens=9, temperature=0.5, tools=(Tool("weather"),)),
)


def endpoint(**fields: str) -> Endpoint:
    return Endpoint("double", "Double", "http://127.0.0.1:9", **fields)  # type: ignore[arg-type]


class EncodeTests(unittest.TestCase):
    def test_anthropic_gets_only_what_counts(self) -> None:
        encoded = encode_count(endpoint(dialect="anthropic"), REQUEST)

        assert encoded is not None
        self.assertEqual(encoded.path, "/messages/count_tokens")
        self.assertEqual(set(encoded.body), {"model", "system", "messages", "tools"})
        self.assertIn("anthropic-version", encoded.headers)

    def test_google_gets_the_whole_request(self) -> None:
        encoded = encode_count(endpoint(dialect="google"), REQUEST)

        assert encoded is not None
        self.assertEqual(encoded.path, "/models/parrot:countTokens")
        body = encoded.body["generateContentRequest"]
        self.assertEqual(body["model"], "models/parrot")
        self.assertEqual(body["contents"][0]["parts"], [{"text": "Hello?"}])

    def test_llama_cpp_counts_in_anthropics_words(self) -> None:
        encoded = encode_count(endpoint(provider="local"), REQUEST)

        assert encoded is not None
        self.assertEqual(encoded.path, "/messages/count_tokens")

    def test_openai_has_no_counter(self) -> None:
        self.assertIsNone(encode_count(endpoint(), REQUEST))


class DecodeTests(unittest.TestCase):
    def test_it_takes_whole_numbers_only(self) -> None:
        for payload, tokens in (
            ({"input_tokens": 7}, 7),
            ({"totalTokens": 0}, 0),
            ({"totalTokens": True}, None),
            ({"input_tokens": "7"}, None),
            ({"input_tokens": -1}, None),
            ([], None),
        ):
            self.assertEqual(decode_count(payload), tokens)


class AskingTests(unittest.IsolatedAsyncioTestCase):
    async def test_it_asks_and_reads_the_number(self) -> None:
        async with opened() as (provider, client):
            provider.play(*answer({"input_tokens": 42}))

            tokens = await client.count_tokens(provider.endpoint(dialect="anthropic"), REQUEST)

            self.assertEqual(tokens, 42)
            self.assertEqual(provider.requests[-1].path, "/v1/messages/count_tokens")
            self.assertEqual(json.loads(provider.requests[-1].body)["model"], "parrot")

    async def test_a_failure_is_raised(self) -> None:
        async with opened() as (provider, client):
            there = provider.endpoint(dialect="anthropic")
            provider.play(*failure(429))
            with self.assertRaises(RateLimited):
                await client.count_tokens(there, REQUEST)
            provider.play(*answer("hello")[:-1])
            with self.assertRaises((Garbled, TimedOut)):
                await client.count_tokens(there, REQUEST)
