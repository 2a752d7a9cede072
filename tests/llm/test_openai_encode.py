"""The accents of OpenAI's dialect, provider by provider."""

from __future__ import annotations

from typing import Any
from unittest import TestCase

from chat.llm.dialects import EncodedRequest
from chat.llm.dialects.openai import OpenAI
from chat.llm.providers import PROVIDERS
from chat.llm.types import (
    Endpoint,
    Message,
    Parameters,
    ReasoningPart,
    Request,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)


def encoded(provider: str, *messages: Message, **parameters: Any) -> EncodedRequest:
    said = messages or (Message("user", (TextPart("Hi"),)),)
    endpoint = Endpoint("e", "E", "https://example.com/v1", provider=provider)
    return OpenAI().encode_request(endpoint, Request("m", said, Parameters(**parameters)))


def fates(request: EncodedRequest) -> dict[str, str]:
    return {outcome.name: outcome.fate for outcome in request.outcomes}


class ParameterTests(TestCase):
    def test_it_sends_nothing_that_was_not_set(self) -> None:
        request = encoded("compatible")

        self.assertEqual(request.body.keys(), {"model", "messages", "stream", "stream_options"})
        self.assertEqual(request.outcomes, ())

    def test_it_names_the_output_limit_as_the_provider_does(self) -> None:
        for provider, field in (("openai", "max_completion_tokens"), ("deepseek", "max_tokens")):
            request = encoded(provider, max_output_tokens=9)
            self.assertEqual(request.body[field], 9)
            self.assertEqual(request.outcomes[0].sent_as, field)

    def test_it_asks_for_usage_only_where_that_may_be_asked(self) -> None:
        self.assertIn("stream_options", encoded("openai").body)
        self.assertNotIn("stream_options", encoded("mistral").body)

    def test_it_drops_in_plain_sight_what_the_provider_refuses(self) -> None:
        request = encoded("openai", top_k=5, reasoning_budget_tokens=9)

        self.assertEqual(fates(request), {"top_k": "dropped", "reasoning_budget_tokens": "dropped"})
        self.assertNotIn("top_k", request.body)
        self.assertTrue(all(outcome.reason for outcome in request.outcomes))
        self.assertEqual(fates(encoded("groq", logprobs=2)), {"logprobs": "dropped"})

    def test_it_asks_for_thinking_in_each_way(self) -> None:
        cases: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
            ("openai", {"reasoning_effort": "low"}, {"reasoning_effort": "low"}),
            ("openrouter", {"reasoning_effort": "low"}, {"reasoning": {"effort": "low"}}),
            ("openrouter", {"reasoning_budget_tokens": 9}, {"reasoning": {"max_tokens": 9}}),
            ("zai", {"reasoning_effort": "none"}, {"thinking": {"type": "disabled"}}),
            ("zai", {"reasoning_effort": "low"}, {"thinking": {"type": "enabled"}}),
            (
                "alibaba",
                {"reasoning_effort": "low", "reasoning_budget_tokens": 9},
                {"enable_thinking": True, "thinking_budget": 9},
            ),
        )
        for provider, parameters, fields in cases:
            with self.subTest(provider=provider, parameters=parameters):
                body = encoded(provider, **parameters).body
                self.assertEqual({name: body.get(name) for name in fields}, fields)

    def test_it_sends_extra_fields_but_not_over_its_own(self) -> None:
        request = encoded("openai", extra={"service_tier": "flex", "model": "x", "stream": False})

        self.assertEqual(request.body["service_tier"], "flex")
        self.assertEqual((request.body["model"], request.body["stream"]), ("m", True))
        self.assertEqual(
            fates(request), {"service_tier": "sent", "model": "dropped", "stream": "dropped"}
        )

    def test_it_reports_a_zero_as_something_that_was_set(self) -> None:
        request = encoded("openai", temperature=0.0, parallel_tool_calls=False)

        self.assertEqual((request.body["temperature"], len(request.outcomes)), (0.0, 2))


class MessageTests(TestCase):
    def test_it_gives_ids_to_calls_that_have_none_and_to_their_results(self) -> None:
        request = encoded(
            "openai",
            Message("user", (TextPart("Hi"),)),
            Message("assistant", (ToolCallPart("add"), ToolCallPart("add"))),
            Message("tool", (ToolResultPart(None, "1", "add"), ToolResultPart(None, "2", "add"))),
        )

        _, answer, first, second = request.body["messages"]
        ids = [call["id"] for call in answer["tool_calls"]]
        self.assertEqual(ids, [first["tool_call_id"], second["tool_call_id"]])
        self.assertEqual(len(set(ids)), 2)

    def test_it_sends_thinking_back_where_it_is_wanted(self) -> None:
        answer = Message("assistant", (ReasoningPart("Hm", "sig"), TextPart("Yes")))
        details = [{"type": "reasoning.text", "text": "Hm", "signature": "sig", "index": 0}]

        by_provider = {name: encoded(name, answer) for name in ("openai", "deepseek", "openrouter")}

        sent = {name: request.body["messages"][0] for name, request in by_provider.items()}
        self.assertEqual(sent["deepseek"]["reasoning_content"], "Hm")
        self.assertEqual(sent["openrouter"]["reasoning_details"], details)
        self.assertEqual(sent["openai"].keys(), {"role", "content"})
        self.assertEqual(fates(by_provider["openai"]), {"reasoning_history": "dropped"})

    def test_it_marks_the_cache_where_that_can_be_said(self) -> None:
        message = Message("system", (TextPart("Long", is_cache_boundary=True), TextPart("x")))

        marked = encoded("openrouter", message).body["messages"][0]["content"][0]
        request = encoded("openai", message)

        self.assertEqual(marked["cache_control"], {"type": "ephemeral"})
        self.assertEqual(fates(request), {"cache_boundary": "dropped"})


class ProviderTests(TestCase):
    def test_every_row_is_whole(self) -> None:
        for name, row in PROVIDERS.items():
            with self.subTest(name=name):
                self.assertEqual(name, row.name)
                self.assertTrue(row.label)
                self.assertFalse(row.base_url.endswith("/"))
                self.assertTrue(row.base_url == "" or row.base_url.startswith("http"))
