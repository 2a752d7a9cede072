"""What our client half says in Anthropic's words, our server half understands, and the reverse."""

from __future__ import annotations

from typing import Any
from unittest import TestCase

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from chat.llm.answer import Answer
from chat.llm.dialects.anthropic import (
    Anthropic,
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
from chat.llm.events import Event, Finish, TextDelta, ToolCallDelta
from chat.llm.types import Endpoint, ReasoningPart, Request, ResponseFormat
from tests.llm import strategies as given_by
from tests.llm.wire import over_the_wire, read, said, without_spelling

ENDPOINT = Endpoint("e", "E", "https://example.com/v1", dialect="anthropic")
signed = st.builds(ReasoningPart, given_by.words, given_by.words)
redacted = st.builds(ReasoningPart, encrypted=given_by.names)
forms = given_by.schemas.map(lambda schema: ResponseFormat("json_schema", schema=schema))

requests = given_by.requests(
    given_by.conversations(thinking=signed | redacted, media=given_by.images | given_by.documents),
    given_by.parameters(
        top_k=st.none() | st.integers(1, 99),
        reasoning_effort=st.none() | st.sampled_from(["none", "low", "medium", "high", "max"]),
        response_format=st.none() | forms,
        user=st.none() | given_by.words,
        extra=given_by.objects.map(lambda extra: {f"x_{name}": v for name, v in extra.items()}),
    ),
)
streams = given_by.streams(others=given_by.citations)


class RequestTests(TestCase):
    @given(requests)
    def test_a_request_comes_back_as_it_went(self, request: Request) -> None:
        encoded = Anthropic().encode_request(ENDPOINT, request)

        found = parse_request(over_the_wire(encoded.body))

        self.assertEqual(found, request)

    @given(requests)
    def test_it_tells_what_became_of_every_parameter(self, request: Request) -> None:
        asked = {
            name
            for name in type(request.parameters).__dataclass_fields__
            if name != "extra" and getattr(request.parameters, name) is not None
        }

        outcomes = Anthropic().encode_request(ENDPOINT, request).outcomes

        told = {outcome.name for outcome in outcomes} - request.parameters.extra.keys()
        self.assertEqual(told, asked)


class StreamTests(TestCase):
    @given(streams)
    def test_a_stream_comes_back_as_it_went(self, events: list[Event]) -> None:
        renderer = StreamRenderer("id", "model")
        body = b"".join(map(renderer.render, events)) + renderer.close()

        found, failure = read(Anthropic(), body)

        self.assertIsNone(failure)
        self.assertEqual(without_spelling(found), without_spelling(events))

    @given(streams)
    def test_an_answer_that_is_not_streamed_comes_back_as_it_went(
        self, events: list[Event]
    ) -> None:
        answer = Answer()
        answer.extend(events)
        response = render_response(answer, id="id", model="model")

        found, failure = read(Anthropic(), msgspec.json.encode(response))

        self.assertIsNone(failure)
        self.assertEqual(said(found), said(events))

    def test_calls_that_interleave_come_back_one_after_the_other(self) -> None:
        events: list[Event] = [
            ToolCallDelta(0, "a", "first", '{"x"'),
            ToolCallDelta(1, "b", "second", '{"y"'),
            ToolCallDelta(0, arguments=":1}"),
            ToolCallDelta(1, arguments=":2}"),
            Finish("tool_calls"),
        ]
        renderer = StreamRenderer("id", "model")
        body = b"".join(map(renderer.render, events)) + renderer.close()

        found, failure = read(Anthropic(), body)

        self.assertIsNone(failure)
        self.assertEqual(said(found)["tool_calls"], said(events)["tool_calls"])

    def test_a_stop_sequence_comes_back(self) -> None:
        renderer = StreamRenderer("id", "model")
        body = renderer.render(Finish("stop", stop_sequence="END")) + renderer.close()

        found, _ = read(Anthropic(), body)

        self.assertIn(Finish("stop", "stop_sequence", "END"), found)

    def test_a_failure_in_the_stream_comes_back(self) -> None:
        renderer = StreamRenderer("id", "model")

        body = renderer.render(TextDelta("Half")) + renderer.fail(Overloaded())
        found, failure = read(Anthropic(), body)

        self.assertIn(TextDelta("Half"), found)
        self.assertIsInstance(failure, Overloaded)


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

            found = Anthropic().decode_error(status, {}, msgspec.json.encode(body))

            self.assertEqual(found.code, error.code)


class BadRequestTests(TestCase):
    def test_it_names_the_field_that_is_wrong(self) -> None:
        message = {"role": "user", "content": "Hi"}
        good = {"model": "m", "max_tokens": 9, "messages": [message]}
        odd = {"role": "user", "content": [{"text": "Hi"}]}
        cases: tuple[tuple[Any, str], ...] = (
            (3, "body"),
            ({"messages": [message]}, "model"),
            (good | {"messages": []}, "messages"),
            (good | {"messages": [{"role": "tool", "content": ""}]}, "messages[0].role"),
            (good | {"messages": [odd]}, "messages[0].content[0].type"),
            (good | {"system": 3}, "system"),
            (good | {"max_tokens": "many"}, "max_tokens"),
            (good | {"thinking": {"type": "deep"}}, "thinking.type"),
            (good | {"output_config": {"effort": "heroic"}}, "output_config.effort"),
            (good | {"tools": [{"input_schema": {}}]}, "tools[0].name"),
            (good | {"tool_choice": {"type": "perhaps"}}, "tool_choice.type"),
        )
        for body, parameter in cases:
            with self.subTest(parameter=parameter), self.assertRaises(BadRequest) as caught:
                parse_request(body)
            self.assertEqual(caught.exception.parameter, parameter)

    def test_it_takes_what_a_coding_agent_sends(self) -> None:
        ephemeral = {"type": "ephemeral"}
        request = parse_request(
            {
                "model": "m",
                "max_tokens": 32000,
                "stream": True,
                "system": [{"type": "text", "text": "You are.", "cache_control": ephemeral}],
                "messages": [
                    {"role": "user", "content": [{"type": "text", "text": "Say hi"}]},
                    {"role": "system", "content": "A reminder."},
                ],
                "tools": [
                    {"name": "Bash", "description": "Runs.", "input_schema": {"type": "object"}},
                    {"type": "web_search_20250305", "name": "web_search"},
                ],
                "metadata": {"user_id": '{"device": 1}'},
                "thinking": {"type": "adaptive", "display": "omitted"},
                "context_management": {"edits": []},
                "output_config": {"effort": "high"},
            }
        )

        self.assertEqual(
            [message.role for message in request.messages], ["system", "user", "system"]
        )
        self.assertEqual([tool.name for tool in request.parameters.tools or ()], ["Bash"])
        self.assertEqual(request.parameters.reasoning_effort, "high")
        self.assertEqual(
            request.parameters.extra,
            {"context_management": {"edits": []}, "tools.web_search_20250305": True},
        )
