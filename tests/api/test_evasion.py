"""Ways past a budget: hanging up, hiding the prompt, naming another price."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from asgiref.sync import sync_to_async
from django.test import TestCase
from django.utils import timezone

from chat import charges
from chat.calls.formats import parse
from chat.catalog import prices
from chat.llm.events import Usage
from chat.llm.types import DialectName, Endpoint, ModelInfo
from chat.models import Account, ApiCall, Entry
from chat.models.ledger import Period
from chat.offers import offer
from tests.api.program import Reply
from tests.api.stage import ApiCase, completion, message
from tests.script import Hang, Head, Send, Step, chunk, delta, stream

PATH = "/api/v1/chat/completions"
MODEL = "double/gpt-5.4"
WORDS = "several quite ordinary words "
TOOL = {"type": "function", "function": {"name": "write", "parameters": {"type": "object"}}}


def piece(text: str, **fields: Any) -> bytes:
    return chunk(choices=[{"index": 0, "delta": {"content": text}, "finish_reason": None} | fields])


def call_piece(arguments: str, **fields: Any) -> bytes:
    call = {"index": 0, "id": "c", "function": {"name": "write", "arguments": arguments}}
    return chunk(choices=[{"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": None}])


class LeavingTests(ApiCase):
    """The provider counts at the end, which whoever leaves does not wait for."""

    async def left(self, *steps: Step, body: dict[str, Any] | None = None) -> ApiCall:
        asked = completion(model=MODEL, stream=True, **(body or {}))
        async with self.stage(provider="openai", models=["gpt-5.4"]) as provider:
            provider.play(Head(), *steps, Hang())
            async with self.program.call("POST", PATH, asked) as line:
                await anext(aiter(line))
            async with asyncio.timeout(5):
                while await Entry.objects.filter(settled=None).aexists():
                    await asyncio.sleep(0.01)
        return await self.last_call()

    async def test_the_arguments_of_a_call_are_output(self) -> None:
        call = await self.left(Send(call_piece(WORDS * 200)), body={"tools": [TOOL]})

        self.assertGreater(call.output_tokens or 0, 500)

    async def test_every_choice_is_output(self) -> None:
        one = await self.left(Send(piece(WORDS * 50)))
        three = await self.left(
            Send(b"".join(piece(WORDS * 50, index=index) for index in range(3))), body={"n": 3}
        )

        self.assertGreaterEqual(three.output_tokens or 0, 3 * (one.output_tokens or 0))

    async def test_thinking_that_nobody_was_shown_is_output(self) -> None:
        call = await self.left_in_silence()

        self.assertGreater(call.reasoning_tokens, 0)
        self.assertEqual(call.reasoning_tokens, call.output_tokens)
        self.assertTrue(call.receipt["answered"]["usage"]["is_estimated"])

    async def test_a_model_that_does_not_think_owes_nothing_for_silence(self) -> None:
        call = await self.left_in_silence(reasoning_effort="none")

        self.assertEqual(call.output_tokens, 0)

    @patch("chat.charges.USUAL_WAIT", 0.0)
    async def left_in_silence(self, **fields: Any) -> ApiCall:
        asked = completion(model=MODEL, stream=True, **fields)
        async with self.stage(provider="openai", models=["gpt-5.4"]) as provider:
            provider.play(Head(), Send(b": wait\n\n"), Hang())
            async with self.program.call("POST", PATH, asked):
                while not provider.requests:
                    await asyncio.sleep(0.01)
                await asyncio.sleep(0.3)
        return await self.last_call()

    async def test_a_prompt_in_a_tools_result_is_input(self) -> None:
        history = [
            {"role": "user", "content": "Hi"},
            {
                "role": "assistant",
                "tool_calls": [
                    {"id": "c", "type": "function", "function": {"name": "w", "arguments": "{}"}}
                ],
            },
            {"role": "tool", "tool_call_id": "c", "content": WORDS * 500},
        ]
        call = await self.left(Send(delta("Hi")), body={"messages": history})

        self.assertGreater(call.input_tokens or 0, 1000)

    async def test_a_prompt_in_the_tools_is_input(self) -> None:
        tool = {"type": "function", "function": {"name": "w", "description": WORDS * 500}}
        call = await self.left(Send(delta("Hi")), body={"tools": [tool]})

        self.assertGreater(call.input_tokens or 0, 1000)


class MostTests(TestCase):
    """What is reserved is never less than what a provider could charge."""

    @classmethod
    def setUpTestData(cls) -> None:
        endpoint = Endpoint(name="openai", label="OpenAI", base_url="", provider="openai")
        cls.model = offer(endpoint, ModelInfo("gpt-5.4"))

    def most(self, dialect: DialectName = "openai", **fields: Any) -> Decimal:
        body = {"model": "m", "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 10}
        found = charges.most([self.model], parse(dialect, body | fields))
        assert found is not None
        return found

    def cost(self, input_tokens: int) -> Decimal:
        price = self.model.price
        assert price is not None
        found = prices.price_range(price, input_tokens, 10, at=timezone.now())
        assert found is not None
        return found[1]

    def test_a_schema_is_read_as_well(self) -> None:
        schema = {"type": "object", "description": WORDS * 400}
        form = {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}

        self.assertGreater(self.most(response_format=form), self.cost(len(WORDS) * 400))

    def test_so_are_fields_that_we_have_no_word_for(self) -> None:
        prediction = {"type": "content", "content": WORDS * 400}

        self.assertGreater(self.most(prediction=prediction), self.cost(len(WORDS) * 400))

    def test_so_may_a_cache_of_googles(self) -> None:
        window = self.model.context_window
        assert window is not None

        self.assertGreaterEqual(self.most(cachedContent="cachedContents/a"), self.cost(window))

    def test_a_document_may_fill_the_window(self) -> None:
        file = {"type": "file", "file": {"file_data": "data:application/pdf;base64,JVBERi0="}}
        window = self.model.context_window
        assert window is not None

        most = self.most(messages=[{"role": "user", "content": [file]}])

        self.assertGreaterEqual(most, self.cost(window))

    def test_a_budget_for_thinking_comes_on_top(self) -> None:
        plain, thinking = self.most(), self.most(reasoning={"max_tokens": 5000})

        self.assertGreater(thinking, plain)

    def test_the_ceiling_of_an_answer_is_never_below_its_cost(self) -> None:
        price = self.model.price
        assert price is not None
        usage = Usage(1000, 50, cache_read_tokens=900)
        cost, ceiling = (
            prices.cost(price, usage, timezone.now()),
            charges.ceiling(self.model, usage),
        )
        assert cost is not None
        assert ceiling is not None

        self.assertGreaterEqual(ceiling, cost)


class OtherPriceTests(ApiCase):
    """What changes who answers or what it costs is not for the holder of a key to say."""

    async def sent(self, **fields: Any) -> tuple[Reply, dict[str, Any], ApiCall]:
        async with self.stage(provider="openrouter", models=["gpt-5.4"]) as provider:
            provider.play(*stream("Hello"))
            reply = await self.program.post(PATH, completion(model=MODEL, **fields))
            return reply, provider.requests[-1].json, await self.last_call()

    async def test_another_model_or_a_dearer_service_is_not_passed_on(self) -> None:
        wanted = {
            "models": ["somebody/dearer"],
            "route": "fallback",
            "provider": {"order": ["dearer"]},
            "plugins": [{"id": "web"}],
            "service_tier": "priority",
            "web_search_options": {},
            "speed": "fast",
        }

        reply, sent, call = await self.sent(**wanted)

        self.assertEqual(reply.status, 200, reply.body)
        self.assertEqual(sent.keys() & wanted.keys(), set())
        dropped = {
            outcome["name"]: outcome["reason"]
            for outcome in call.receipt["sent"]["parameters"]
            if outcome["fate"] == "dropped"
        }
        self.assertLessEqual(wanted.keys(), dropped.keys())

    async def test_a_limit_is_named_once(self) -> None:
        config = {"maxOutputTokens": 5, "max_output_tokens": 50000, "max_outputTokens": 60000}
        path = f"/api/v1beta/models/{MODEL}:generateContent"
        body = {"contents": "Hi", "generationConfig": config}
        async with self.stage(dialect="google", provider="google", models=["gpt-5.4"]) as provider:
            await self.program.post(path, body)
            sent = provider.requests[-1].json["generationConfig"]

        self.assertEqual([value for name, value in sent.items() if "utput" in name], [5])

    async def test_a_cache_for_longer_is_one_for_the_usual_time_and_the_receipt_says_so(
        self,
    ) -> None:
        marker = {"type": "ephemeral", "ttl": "1h"}
        blocks = [{"type": "text", "text": "Be brief.", "cache_control": marker}]
        body = message(model=MODEL, system=blocks, cache_control=marker)
        async with self.stage(dialect="anthropic", provider="anthropic", models=["gpt-5.4"]) as p:
            await self.program.post("/api/v1/messages", body)
            sent = p.requests[-1].json

        self.assertEqual(sent["system"][0]["cache_control"], {"type": "ephemeral"})
        self.assertEqual(sent["cache_control"], {"type": "ephemeral"})
        dropped = {row["name"]: row for row in (await self.outcomes()) if row["fate"] == "dropped"}
        self.assertIn("another price", dropped["cache_control.ttl"]["reason"])

    async def test_a_cache_of_googles_goes_to_google_alone(self) -> None:
        path = f"/api/v1beta/models/{MODEL}:generateContent"
        body = {"contents": "Hi", "cached_content": "cachedContents/abc"}
        async with self.stage(dialect="google", provider="google", models=["gpt-5.4"]) as provider:
            await self.program.post(path, body)
            sent = provider.requests[-1].json
        async with self.stage(provider="openai", models=["gpt-5.4"]) as provider:
            provider.play(*stream("Hello"))
            await self.program.post(path, body)
            elsewhere = provider.requests[-1].json

        self.assertEqual(sent["cachedContent"], "cachedContents/abc")
        self.assertNotIn("cachedContent", elsewhere)
        dropped = {row["name"]: row for row in (await self.outcomes()) if row["fate"] == "dropped"}
        self.assertIn("only Google's format", dropped["cachedContent"]["reason"])

    async def outcomes(self) -> list[dict[str, Any]]:
        return list((await self.last_call()).receipt["sent"]["parameters"])


class UnknownRateTests(ApiCase):
    async def test_a_cached_prompt_without_a_price_is_not_free(self) -> None:
        usage = {
            "prompt_tokens": 1000,
            "completion_tokens": 10,
            "total_tokens": 1010,
            "prompt_tokens_details": {"cached_tokens": 900, "cache_write_tokens": 50},
        }
        end = chunk(choices=[{"index": 0, "delta": {}, "finish_reason": "stop"}], usage=usage)
        async with self.stage(provider="openai", models=["gpt-5.4"]) as provider:
            provider.play(Head(), Send(delta("Hi")), Send(end), Send(b"data: [DONE]\n\n"))
            reply = await self.program.post(PATH, completion(model=MODEL, max_tokens=100))

        self.assertEqual(reply.status, 200)
        self.assertIsNone((await self.last_call()).cost)
        spent = await sync_to_async(Account.spent_by)(self.key.holder, Period.DAY)
        self.assertGreater(spent, Decimal("0.001"))


class MonstrousTests(ApiCase):
    """Numbers that no column holds, from either side."""

    async def test_a_provider_that_counts_beyond_all_measure_is_settled(self) -> None:
        usage = {"prompt_tokens": 2**52, "completion_tokens": 2**52, "total_tokens": 2**52}
        end = chunk(choices=[{"index": 0, "delta": {}, "finish_reason": "stop"}], usage=usage)
        async with self.stage(provider="openai", models=["gpt-5.4"]) as provider:
            provider.play(Head(), Send(delta("Hi")), Send(end), Send(b"data: [DONE]\n\n"))
            reply = await self.program.post(PATH, completion(model=MODEL, max_tokens=100))

        self.assertEqual(reply.status, 200)
        self.assertEqual((await self.last_call()).status, ApiCall.Status.COMPLETED)
        self.assertFalse(await Entry.objects.filter(settled=None).aexists())

    async def test_numbers_that_are_none_are_refused_or_survived(self) -> None:
        async with self.stage() as provider:
            provider.always(*stream("Hello"))
            for field in ("temperature", "max_tokens", "seed", "n", "top_k", "odd"):
                for number in ("NaN", "1e999", "-Infinity", "1" + "0" * 40, "1" + "0" * 5000):
                    raw = json.dumps(completion(model="double/parrot"))[:-1]
                    body = f'{raw}, "{field}": {number}}}'.encode()
                    with self.subTest(field=field, number=number[:10]):
                        reply = await self.program.post(PATH, body)
                        self.assertIn(reply.status, (200, 400), reply.body)
