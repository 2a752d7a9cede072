"""What our client half says in Google's words, our server half understands, and the reverse."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest import TestCase

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from chat.llm.answer import Answer
from chat.llm.dialects.google import (
    Google,
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
from chat.llm.events import Event, LogProbs, TextDelta, ToolCallDelta, Usage
from chat.llm.types import Endpoint, Request, ResponseFormat
from tests.llm import strategies as given_by
from tests.llm.wire import over_the_wire, read, said, without_spelling

ENDPOINT = Endpoint("e", "E", "https://example.com/v1beta", dialect="google")

requests = given_by.requests(
    given_by.conversations(media=given_by.images | given_by.documents | given_by.sounds),
    given_by.parameters(
        top_k=st.none() | st.integers(1, 99),
        frequency_penalty=st.none() | given_by.fractions,
        presence_penalty=st.none() | given_by.fractions,
        seed=st.none() | given_by.counts,
        reasoning_effort=st.none() | st.sampled_from(["none", "minimal", "low", "high"]),
        response_format=st.none() | given_by.formats | st.just(ResponseFormat("text")),
        logprobs=st.none() | st.integers(0, 20),
        choices=st.none() | st.integers(1, 4),
        extra=given_by.objects.map(lambda extra: {f"x_{name}": v for name, v in extra.items()}),
    ),
)
logprobs = LogProbs(({"token": "a", "logprob": -1.5, "top_logprobs": []},))
streams = given_by.streams(
    others=given_by.pictures | given_by.citations | st.just(logprobs), is_encrypted=False
)


def without_writes(events: list[Event]) -> list[Event]:
    """The dialect has no word for what was written to a cache."""
    return [
        replace(event, cache_write_tokens=0) if isinstance(event, Usage) else event
        for event in events
    ]


class RequestTests(TestCase):
    @given(requests)
    def test_a_request_comes_back_as_it_went(self, request: Request) -> None:
        encoded = Google().encode_request(ENDPOINT, request)

        verb = "streamGenerateContent?alt=sse" if request.is_streamed else "generateContent"
        self.assertEqual(encoded.path, f"/models/{request.model}:{verb}")
        found = parse_request(
            over_the_wire(encoded.body), model=request.model, is_streamed=request.is_streamed
        )
        self.assertEqual(found, request)

    @given(requests)
    def test_it_tells_what_became_of_every_parameter(self, request: Request) -> None:
        asked = {
            name
            for name in type(request.parameters).__dataclass_fields__
            if name != "extra" and getattr(request.parameters, name) is not None
        }

        outcomes = Google().encode_request(ENDPOINT, request).outcomes

        told = {outcome.name for outcome in outcomes} - request.parameters.extra.keys()
        self.assertEqual(told, asked)


class StreamTests(TestCase):
    @given(streams)
    def test_a_stream_comes_back_as_it_went(self, events: list[Event]) -> None:
        renderer = StreamRenderer("id", "model")
        body = b"".join(map(renderer.render, events)) + renderer.close()

        found, failure = read(Google(), body)

        self.assertIsNone(failure)
        self.assertEqual(without_spelling(found), without_spelling(without_writes(events)))

    @given(streams)
    def test_an_answer_that_is_not_streamed_comes_back_as_it_went(
        self, events: list[Event]
    ) -> None:
        answer = Answer()
        answer.extend(events)
        response = render_response(answer, id="id", model="model")

        found, failure = read(Google(), msgspec.json.encode(response))

        self.assertIsNone(failure)
        self.assertEqual(said(found), said(without_writes(events)))

    def test_a_failure_in_the_stream_comes_back(self) -> None:
        renderer = StreamRenderer("id", "model")

        body = renderer.render(TextDelta("Half")) + renderer.fail(Overloaded())
        found, failure = read(Google(), body)

        self.assertIn(TextDelta("Half"), found)
        self.assertIsInstance(failure, Overloaded)


class PartialArgumentsTests(TestCase):
    def test_it_places_values_by_their_paths(self) -> None:
        pieces: list[dict[str, Any]] = [
            {"jsonPath": "$.name", "stringValue": "a"},
            {"jsonPath": "$.name", "stringValue": "a"},
            {"jsonPath": "$.list[0].price", "numberValue": 0.5},
            {"jsonPath": "$.list[1]['odd key']", "boolValue": True},
            {"jsonPath": '$["x"]', "nullValue": None},
            {"jsonPath": "$.list[9].far", "stringValue": "away"},
            {"jsonPath": "$.name.deeper", "stringValue": "no"},
            {"jsonPath": "nonsense", "stringValue": "no"},
            {"stringValue": "no"},
        ]
        calls: list[dict[str, Any]] = [
            {"name": "f", "willContinue": True},
            *({"partialArgs": [piece], "willContinue": True} for piece in pieces),
            {},
            {"name": "g"},
        ]
        chunks = [{"candidates": [{"content": {"parts": [{"functionCall": c}]}}]} for c in calls]
        chunks.append({"candidates": [{"finishReason": "STOP"}]})

        found, failure = read(Google(), msgspec.json.encode(chunks))

        self.assertIsNone(failure)
        first, second = said(found)["tool_calls"]
        self.assertEqual(
            first["arguments"],
            {"name": "aa", "list": [{"price": 0.5}, {"odd key": True}], "x": None},
        )
        self.assertEqual((second["name"], second["arguments"]), ("g", {}))

    def test_it_gives_what_there_is_of_a_call_that_was_cut(self) -> None:
        piece = {"jsonPath": "$.q", "stringValue": "ha"}
        call = {"name": "f", "willContinue": True, "partialArgs": [piece]}
        chunks = [{"candidates": [{"content": {"parts": [{"functionCall": call}]}}]}]

        found, failure = read(Google(), msgspec.json.encode(chunks))

        self.assertEqual(failure and failure.code, "interrupted")
        self.assertIn(ToolCallDelta(0, arguments='{"q":"ha"}'), found)


class ErrorTests(TestCase):
    def test_an_error_comes_back_as_it_went(self) -> None:
        errors: tuple[ModelError, ...] = (
            AuthenticationFailed(),
            PaymentRequired(),
            ModelNotFound(),
            BadRequest(),
            ContextTooLong(),
            RequestTooLarge(),
            RateLimited(),
            Overloaded(),
            ProviderFailed(),
        )
        for error in errors:
            status, body = render_error(error)

            found = Google().decode_error(status, {}, msgspec.json.encode(body))

            self.assertEqual(found.code, error.code)

    def test_it_takes_the_delay_from_the_details(self) -> None:
        details = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "48.5s"}]
        body = {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "details": details}}

        found = Google().decode_error(429, {}, msgspec.json.encode(body))

        self.assertEqual((found.code, found.retry_after_seconds), ("rate_limited", 48.5))


class ParsingTests(TestCase):
    def test_it_takes_both_cases_and_both_schema_languages(self) -> None:
        schema = {
            "type": "OBJECT",
            "property_ordering": ["max_length"],
            "properties": {"max_length": {"type": "STRING", "max_length": 9}},
            "required": ["max_length"],
        }
        declared = {"name": "f", "parameters": schema}
        request = parse_request(
            {
                "contents": [{"role": "user", "parts": [{"text": "Hi"}]}],
                "system_instruction": {"parts": {"text": "Be."}},
                "generation_config": {"max_output_tokens": 9, "stopSequences": ["x"]},
                "tools": [{"function_declarations": [declared]}, {"googleSearch": {}}],
                "safetySettings": [],
            },
            model="models/m",
            is_streamed=False,
        )

        self.assertEqual(request.model, "m")
        self.assertEqual([message.text for message in request.messages], ["Be.", "Hi"])
        self.assertEqual(request.parameters.max_output_tokens, 9)
        (tool,) = request.parameters.tools or ()
        self.assertEqual(
            tool.schema["properties"], {"max_length": {"type": "string", "maxLength": 9}}
        )
        self.assertEqual(request.parameters.extra, {"safetySettings": [], "tools.googleSearch": {}})

    def test_it_names_the_field_that_is_wrong(self) -> None:
        good = {"contents": [{"parts": [{"text": "Hi"}]}]}
        cases: tuple[tuple[Any, str], ...] = (
            ([], "body"),
            ({}, "contents"),
            ({"contents": []}, "contents"),
            ({"contents": [{"role": "king"}]}, "contents[0].role"),
            ({"contents": [{"parts": [3]}]}, "contents[0].parts[0]"),
            ({"contents": [{"parts": [{"text": 3}]}]}, "contents[0].parts[0].text"),
            (good | {"generationConfig": 3}, "generationConfig"),
            (good | {"generationConfig": {"topK": "x"}}, "generationConfig.topK"),
            (good | {"tools": [3]}, "tools[0]"),
        )
        for body, parameter in cases:
            with self.subTest(parameter=parameter), self.assertRaises(BadRequest) as caught:
                parse_request(body, model="m", is_streamed=False)
            self.assertEqual(caught.exception.parameter, parameter)
