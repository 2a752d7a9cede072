"""Who goes on with the beginning of an answer, and how it is sent."""

from __future__ import annotations

from typing import Any
from unittest import TestCase

from chat.llm.dialects.registry import DIALECTS
from chat.llm.prefill import obstacle
from chat.llm.providers import PROVIDERS
from chat.llm.types import Endpoint, Message, Parameters, Request, ResponseFormat, TextPart

MESSAGES = (Message("user", (TextPart("Count"),)), Message("assistant", (TextPart("One"),)))


def endpoint(provider: str) -> Endpoint:
    dialect = PROVIDERS[provider].dialect
    return Endpoint("e", "E", "https://example.com/v1", provider=provider, dialect=dialect)


def body(provider: str, *, is_prefilled: bool = True) -> dict[str, Any]:
    there = endpoint(provider)
    request = Request("m", MESSAGES, is_prefilled=is_prefilled)
    return dict(DIALECTS[there.dialect].encode_request(there, request).body)


def can(provider: str, model: str = "m", **parameters: Any) -> bool:
    return obstacle(endpoint(provider), model, Parameters(**parameters)) is None


class WhoTests(TestCase):
    def test_claude_does_up_to_a_version(self) -> None:
        able = ("claude-3-haiku-20240307", "claude-sonnet-4-20250514", "claude-sonnet-4-0")
        for model in (*able, "claude-opus-4-5-20251101", "claude-haiku-4-5"):
            self.assertTrue(can("anthropic", model), model)
        unable = ("claude-opus-4-6", "claude-sonnet-4-6", "claude-opus-5", "claude-fable-5-1")
        for model in (*unable, "claude-haiku-5-5", "another-model"):
            self.assertFalse(can("anthropic", model), model)

    def test_behind_openrouter_only_what_is_known_does(self) -> None:
        self.assertTrue(can("openrouter", "anthropic/claude-sonnet-4.5"))
        self.assertFalse(can("openrouter", "anthropic/claude-opus-4.7"))
        self.assertFalse(can("openrouter", "openai/gpt-5.4"))

    def test_servers_of_ones_own_do(self) -> None:
        for provider in ("local", "llamacpp", "vllm", "ollama", "mistral", "google"):
            self.assertTrue(can(provider), provider)
        for provider in ("openai", "compatible", "deepseek", "xai"):
            self.assertFalse(can(provider), provider)

    def test_a_model_that_thinks_first_or_fills_a_form_does_not(self) -> None:
        self.assertFalse(can("llamacpp", reasoning_effort="low"))
        self.assertTrue(can("llamacpp", reasoning_effort="none"))
        self.assertFalse(can("anthropic", "claude-haiku-4-5", reasoning_budget_tokens=2000))
        self.assertFalse(can("llamacpp", response_format=ResponseFormat("json")))


class WireTests(TestCase):
    def test_the_beginning_is_the_last_message(self) -> None:
        self.assertEqual(body("llamacpp")["messages"][-1], {"role": "assistant", "content": "One"})
        self.assertEqual(body("anthropic")["messages"][-1]["role"], "assistant")
        self.assertEqual(body("google")["contents"][-1]["role"], "model")

    def test_some_want_a_mark_on_it_or_two_flags(self) -> None:
        self.assertIs(body("mistral")["messages"][-1]["prefix"], True)
        self.assertIs(body("moonshot")["messages"][-1]["partial"], True)
        self.assertIs(body("vllm")["continue_final_message"], True)
        self.assertIs(body("vllm")["add_generation_prompt"], False)

    def test_nothing_of_it_is_sent_with_other_requests(self) -> None:
        for provider in ("mistral", "moonshot", "vllm"):
            text = str(body(provider, is_prefilled=False))
            for word in ("prefix", "partial", "continue_final", "add_generation"):
                self.assertNotIn(word, text)
