"""From one dialect into another: nothing is lost that both can say, and what is lost is listed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any
from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from chat.llm.dialects import anthropic, google, openai
from chat.llm.dialects.registry import DIALECTS
from chat.llm.events import Event
from chat.llm.types import (
    DialectName,
    Endpoint,
    MediaPart,
    Message,
    Parameters,
    ReasoningPart,
    RefusalPart,
    Request,
    ResponseFormat,
    TextPart,
    Tool,
    ToolCallPart,
    ToolChoice,
    ToolResultPart,
)
from tests.llm import strategies as given_by
from tests.llm.wire import over_the_wire, read, said

NAMES: tuple[DialectName, ...] = ("openai", "anthropic", "google")
PAIRS = list(permutations(NAMES, 2))

PARSERS: dict[DialectName, Callable[[Any, Request], Request]] = {
    "openai": lambda body, _: openai.parse_request(body),
    "anthropic": lambda body, _: anthropic.parse_request(body),
    "google": lambda body, request: google.parse_request(
        body, model=request.model, is_streamed=request.is_streamed
    ),
}
RENDERERS: dict[DialectName, Callable[[], Any]] = {
    "openai": lambda: openai.StreamRenderer("id", "model", created=1, has_usage=True),
    "anthropic": lambda: anthropic.StreamRenderer("id", "model"),
    "google": lambda: google.StreamRenderer("id", "model"),
}

EVERYTHING = Parameters(
    temperature=0.5,
    max_output_tokens=9,
    top_p=0.5,
    top_k=5,
    frequency_penalty=0.5,
    presence_penalty=0.5,
    seed=5,
    stop_sequences=("x",),
    reasoning_effort="high",
    reasoning_budget_tokens=1024,
    response_format=ResponseFormat("json_schema", schema={"type": "object"}),
    tools=(Tool("f"),),
    tool_choice=ToolChoice("auto"),
    parallel_tool_calls=False,
    logprobs=2,
    choices=2,
    user="u",
)
DROPPED_PARAMETERS: dict[DialectName, set[str]] = {
    "openai": {"top_k", "reasoning_budget_tokens"},
    "anthropic": {"frequency_penalty", "presence_penalty", "seed", "logprobs", "choices"},
    "google": {"reasoning_effort", "parallel_tool_calls", "user"},
}
ODD_MESSAGES = (
    Message("user", (TextPart("Hi", is_cache_boundary=True), MediaPart("audio/wav", b"a")), "ann"),
    Message(
        "assistant",
        (
            ReasoningPart("unsigned"),
            ReasoningPart(encrypted="sealed"),
            RefusalPart("No."),
            MediaPart("image/png", b"a"),
            ToolCallPart("f", "{}", "functions.f:0", "signature"),
        ),
    ),
    Message("tool", (ToolResultPart("functions.f:0", "bad", is_error=True),)),
    Message("system", (TextPart("Late."),)),
)
DROPPED_OF_MESSAGES: dict[DialectName, set[str]] = {
    "openai": {"cache_boundary", "reasoning_history", "assistant_media", "is_error"},
    "anthropic": {
        "assistant_media",
        "audio",
        "name",
        "reasoning_history",
        "tool_call_signature",
        "system_position",
    },
    "google": {
        "cache_boundary",
        "name",
        "reasoning_encrypted",
        "reasoning_signature",
        "system_position",
    },
}


def passed(request: Request, name: DialectName) -> Request:
    """What a server of that dialect would understand."""
    encoded = DIALECTS[name].encode_request(Endpoint("e", "E", "", dialect=name), request)
    return PARSERS[name](over_the_wire(encoded.body), request)


def dropped(request: Request, name: DialectName) -> set[str]:
    encoded = DIALECTS[name].encode_request(Endpoint("e", "E", "", dialect=name), request)
    assert all(outcome.reason for outcome in encoded.outcomes if outcome.fate != "sent")
    return {outcome.name for outcome in encoded.outcomes if outcome.fate == "dropped"}


class RequestTests(TestCase):
    @given(
        given_by.requests(
            given_by.conversations(thinking=None),
            given_by.parameters(
                reasoning_effort=st.none() | st.sampled_from(["low", "high"]),
                response_format=st.none()
                | given_by.schemas.map(lambda s: ResponseFormat("json_schema", schema=s)),
            ),
        ),
        st.sampled_from(PAIRS),
    )
    def test_what_both_can_say_passes_through_both(
        self, request: Request, pair: tuple[DialectName, DialectName]
    ) -> None:
        first, second = pair

        self.assertEqual(passed(passed(request, first), second), request)

    def test_every_parameter_that_is_dropped_is_listed(self) -> None:
        request = Request("m", (Message("user", (TextPart("Hi"),)),), EVERYTHING)
        for name in NAMES:
            self.assertEqual(dropped(request, name), DROPPED_PARAMETERS[name], name)

    def test_everything_in_messages_that_is_dropped_is_listed(self) -> None:
        for name in NAMES:
            found = dropped(Request("m", ODD_MESSAGES), name)
            self.assertEqual(found, DROPPED_OF_MESSAGES[name], name)

    def test_an_id_that_another_provider_made_is_made_fit(self) -> None:
        encoded = DIALECTS["anthropic"].encode_request(
            Endpoint("e", "E", "", dialect="anthropic"), Request("m", ODD_MESSAGES)
        )

        _, answer, result = encoded.body["messages"]
        ids = {answer["content"][-1]["id"], result["content"][0]["tool_use_id"]}
        self.assertEqual(ids, {"functions_f_0"})

    def test_a_call_that_another_model_made_is_let_through_by_gemini_3(self) -> None:
        messages = (
            Message("user", (TextPart("Hi"),)),
            Message("assistant", (ToolCallPart("f", "{}", "1"), ToolCallPart("f", "{}", "2"))),
        )
        request = Request("gemini-3-pro", messages)

        encoded = DIALECTS["google"].encode_request(
            Endpoint("e", "E", "", dialect="google"), request
        )

        first, second = encoded.body["contents"][1]["parts"]
        self.assertEqual(first["thoughtSignature"], "skip_thought_signature_validator")
        self.assertNotIn("thoughtSignature", second)
        self.assertEqual(PARSERS["google"](over_the_wire(encoded.body), request), request)


class StreamTests(TestCase):
    @given(given_by.streams(others=given_by.citations, is_encrypted=False), st.sampled_from(PAIRS))
    def test_a_stream_passes_through_both(
        self, events: list[Event], pair: tuple[DialectName, DialectName]
    ) -> None:
        found = events
        for name in pair:
            renderer = RENDERERS[name]()
            body = b"".join(map(renderer.render, found)) + renderer.close()
            found, failure = read(DIALECTS[name], body)
            self.assertIsNone(failure)

        self.assertEqual(without_writes(said(found)), without_writes(said(events)))


def without_writes(concluded: dict[str, Any]) -> dict[str, Any]:
    """Google has no word for what was written to a cache."""
    concluded["usage"]["cache_write"] = 0
    return concluded
