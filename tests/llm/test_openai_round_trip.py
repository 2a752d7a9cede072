"""What our client half says in OpenAI's words, our server half understands, and the reverse."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest import TestCase

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from chat.llm.answer import Answer
from chat.llm.dialects.openai import (
    OpenAI,
    StreamRenderer,
    parse_request,
    render_error,
    render_response,
)
from chat.llm.errors import (
    AuthenticationFailed,
    BadRequest,
    ContextTooLong,
    ModelError,
    ModelNotFound,
    Overloaded,
    PaymentRequired,
    ProviderFailed,
    RateLimited,
    RequestTooLarge,
)
from chat.llm.events import Event, Finish, LogProbs, RefusalDelta, TextDelta, Usage
from chat.llm.response import ResponseDecoder
from chat.llm.types import Endpoint, ReasoningPart, Request
from tests.llm import strategies as given_by

ENDPOINT = Endpoint("e", "E", "https://example.com/v1", provider="openrouter")
encrypted = st.builds(ReasoningPart, encrypted=given_by.names)

requests = given_by.requests(
    given_by.conversations(
        thinking=given_by.thoughts | encrypted,
        media=given_by.images | given_by.sounds | given_by.documents,
    ),
    given_by.parameters(
        top_k=st.none() | st.integers(1, 99),
        frequency_penalty=st.none() | given_by.fractions,
        presence_penalty=st.none() | given_by.fractions,
        seed=st.none() | given_by.counts,
        reasoning_effort=st.none() | st.sampled_from(["none", "minimal", "low", "high", "max"]),
        response_format=st.none() | given_by.formats,
        parallel_tool_calls=st.none() | st.booleans(),
        logprobs=st.none() | st.integers(0, 20),
        choices=st.none() | st.integers(1, 4),
        user=st.none() | given_by.words,
        extra=given_by.objects.map(lambda extra: {f"x_{name}": v for name, v in extra.items()}),
    ),
)
streams = given_by.streams(
    others=given_by.pictures
    | given_by.citations
    | given_by.words.map(RefusalDelta)
    | st.just(LogProbs(({"token": "a", "logprob": -1.5},)))
)


def over_the_wire(body: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(body))


def without_spelling(events: list[Event]) -> list[Event]:
    """Without the provider's own words for a reason and its own usage object."""
    plain: list[Event] = []
    for event in events:
        match event:
            case Finish():
                plain.append(replace(event, raw=None))
            case Usage():
                plain.append(replace(event, raw={}))
            case _:
                plain.append(event)
    return plain


class RequestTests(TestCase):
    @given(requests)
    def test_a_request_comes_back_as_it_went(self, request: Request) -> None:
        encoded = OpenAI().encode_request(ENDPOINT, request)

        self.assertEqual(parse_request(over_the_wire(encoded.body)), request)

    @given(requests)
    def test_it_tells_what_became_of_every_parameter(self, request: Request) -> None:
        asked = {
            name
            for name in type(request.parameters).__dataclass_fields__
            if name != "extra" and getattr(request.parameters, name) is not None
        }

        outcomes = OpenAI().encode_request(ENDPOINT, request).outcomes

        told = {outcome.name for outcome in outcomes} - request.parameters.extra.keys()
        self.assertEqual(told, asked)


class StreamTests(TestCase):
    @given(streams)
    def test_a_stream_comes_back_as_it_went(self, events: list[Event]) -> None:
        renderer = StreamRenderer("id", "model", created=1, has_usage=True)
        body = b"".join(map(renderer.render, events)) + renderer.close()
        decoder = ResponseDecoder(OpenAI())

        found = decoder.feed(body) + decoder.close()

        self.assertIsNone(decoder.failure)
        self.assertEqual(without_spelling(found), without_spelling(events))

    @given(streams)
    def test_an_answer_that_is_not_streamed_comes_back_as_it_went(
        self, events: list[Event]
    ) -> None:
        answer, found = Answer(), Answer()
        answer.extend(events)
        response = render_response(answer, id="id", model="model", created=1)
        decoder = ResponseDecoder(OpenAI())

        found.extend(decoder.feed(msgspec.json.encode(response)) + decoder.close())

        self.assertIsNone(decoder.failure)
        spelled = {"usage_raw": None, "finish_reason_raw": None}
        self.assertEqual(found.as_dict() | spelled, answer.as_dict() | spelled)

    def test_a_failure_in_the_stream_comes_back(self) -> None:
        renderer = StreamRenderer("id", "model", created=1)
        decoder = ResponseDecoder(OpenAI())

        body = renderer.render(TextDelta("Half")) + renderer.fail(RateLimited())
        found = decoder.feed(body) + decoder.close()

        self.assertIn(TextDelta("Half"), found)
        self.assertIsInstance(decoder.failure, RateLimited)


class ErrorTests(TestCase):
    def test_an_error_comes_back_as_it_went(self) -> None:
        errors: tuple[ModelError, ...] = (
            AuthenticationFailed(),
            PaymentRequired(),
            ModelNotFound(),
            BadRequest(parameter="temperature"),
            ContextTooLong(),
            RequestTooLarge(),
            RateLimited(),
            Overloaded(),
            ProviderFailed(),
        )
        for error in errors:
            status, body = render_error(error)

            found = OpenAI().decode_error(status, {}, msgspec.json.encode(body))

            self.assertEqual((found.code, found.parameter), (error.code, error.parameter))

    def test_it_passes_no_word_of_the_provider_on(self) -> None:
        _, body = render_error(ProviderFailed(detail="key sk-canary was refused"))

        self.assertNotIn("canary", str(body))


class BadRequestTests(TestCase):
    def test_it_names_the_field_that_is_wrong(self) -> None:
        message = {"role": "user", "content": "Hi"}
        good = {"model": "m", "messages": [message]}
        cases: tuple[tuple[Any, str], ...] = (
            ([], "body"),
            ({"messages": [message]}, "model"),
            ({"model": 3, "messages": [message]}, "model"),
            ({"model": "m"}, "messages"),
            ({"model": "m", "messages": []}, "messages"),
            ({"model": "m", "messages": ["Hi"]}, "messages[0]"),
            ({"model": "m", "messages": [{"role": "king", "content": ""}]}, "messages[0].role"),
            ({"model": "m", "messages": [{"role": "user", "content": 3}]}, "messages[0].content"),
            (good | {"temperature": "hot"}, "temperature"),
            (good | {"temperature": True}, "temperature"),
            (good | {"max_tokens": 1.5}, "max_tokens"),
            (good | {"stop": [1]}, "stop"),
            (good | {"tools": [{"type": "function"}]}, "tools[0].function"),
            (good | {"tool_choice": "perhaps"}, "tool_choice"),
            (good | {"response_format": {"type": "xml"}}, "response_format.type"),
            (good | {"reasoning_effort": "heroic"}, "reasoning_effort"),
            (good | {"stream": "yes"}, "stream"),
        )
        for body, parameter in cases:
            with self.subTest(parameter=parameter), self.assertRaises(BadRequest) as caught:
                parse_request(body)
            self.assertEqual(caught.exception.parameter, parameter)

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=3),
            lambda c: (
                st.lists(c, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        [
                            "model",
                            "messages",
                            "role",
                            "content",
                            "tools",
                            "type",
                            "text",
                            "function",
                            "name",
                            "tool_calls",
                            "image_url",
                            "url",
                            "stop",
                        ]
                    ),
                    c,
                )
            ),
        )
    )
    def test_it_never_fails_otherwise(self, body: Any) -> None:
        try:
            parse_request({"model": "m", "messages": [body], "tools": body} if body else body)
        except BadRequest as error:
            self.assertTrue(error.parameter)
