"""The openai SDK reads what our OpenAI half renders, and its requests are understood."""

from __future__ import annotations

import json
from typing import Any
from unittest import TestCase

import openai

from chat.llm.errors import ContextTooLong, Overloaded, ProviderFailed
from chat.llm.events import Finish, LogProbs, TextDelta, Usage
from chat.llm.types import ToolCallPart, ToolChoice, ToolResultPart
from tests.sdk.mirror import Mirror
from tests.sdk.script import CALLS, CITIES, FAILURES, THOUGHT, WEATHER_SCHEMA, WREN, Bird

PROMPT: Any = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]
TOOLS: Any = [
    {"type": "function", "function": {"name": "weather", "parameters": WEATHER_SCHEMA}},
]
CLASSES: dict[int, type[openai.APIStatusError]] = {
    400: openai.BadRequestError,
    401: openai.AuthenticationError,
    404: openai.NotFoundError,
    413: openai.APIStatusError,
    429: openai.RateLimitError,
}


def ask(mirror: Mirror, **fields: Any) -> Any:
    defaults = {"model": "parrot", "messages": PROMPT}
    return mirror.openai().chat.completions.create(**(defaults | fields))


class AnswerTests(TestCase):
    def test_it_reads_text_and_usage(self) -> None:
        mirror = Mirror()

        answer = ask(mirror, temperature=0.3, stop=["END"], seed=7)

        self.assertEqual(answer.choices[0].message.content, "Hello.")
        self.assertEqual(answer.choices[0].finish_reason, "stop")
        self.assertEqual((answer.id, answer.model), ("answer-1", "parrot"))
        self.assertEqual(answer.usage.prompt_tokens, 12)
        self.assertEqual(answer.usage.prompt_tokens_details.cached_tokens, 4)
        self.assertEqual(answer.usage.total_tokens, 15)
        asked = mirror.request.parameters
        self.assertEqual((asked.temperature, asked.stop_sequences, asked.seed), (0.3, ("END",), 7))
        self.assertEqual([m.role for m in mirror.request.messages], ["system", "user"])

    def test_it_reads_a_stream_with_usage_at_its_end(self) -> None:
        chunks = list(ask(Mirror(), stream=True, stream_options={"include_usage": True}))

        said = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices]
        self.assertEqual("".join(text or "" for text in said), "Hello.")
        self.assertEqual(chunks[0].choices[0].delta.role, "assistant")
        self.assertEqual(chunks[-1].choices, [])
        self.assertEqual(chunks[-1].usage.completion_tokens, 3)

    def test_it_sends_no_usage_that_was_not_asked_for(self) -> None:
        chunks = list(ask(Mirror(), stream=True))

        self.assertTrue(all(chunk.usage is None and chunk.choices for chunk in chunks))

    def test_it_reads_thinking(self) -> None:
        message = ask(Mirror(*THOUGHT), reasoning_effort="low").choices[0].message

        self.assertEqual(message.content, "It is 4.")
        self.assertEqual(message.reasoning_content, "Two and two. Four.")

    def test_it_reads_tokens_spent_on_thinking(self) -> None:
        usage = ask(Mirror(*THOUGHT)).usage

        self.assertEqual(usage.completion_tokens_details.reasoning_tokens, 8)

    def test_it_reads_log_probabilities(self) -> None:
        entry = {"token": "Hi", "logprob": -0.1, "bytes": None, "top_logprobs": []}
        mirror = Mirror(TextDelta("Hi"), LogProbs((entry,)), Finish("stop"), Usage(1, 1))

        choice = ask(mirror, logprobs=True, top_logprobs=2).choices[0]

        self.assertEqual(choice.logprobs.content[0].logprob, -0.1)
        self.assertEqual(mirror.request.parameters.logprobs, 2)

    def test_it_reads_two_choices(self) -> None:
        mirror = Mirror(
            TextDelta("one"), TextDelta("two", choice=1), Finish("stop"), Finish("stop", choice=1)
        )

        choices = ask(mirror, n=2).choices

        self.assertEqual([choice.message.content for choice in choices], ["one", "two"])
        self.assertEqual(mirror.request.parameters.choices, 2)


class ToolTests(TestCase):
    def test_it_reads_calls_that_run_side_by_side(self) -> None:
        mirror = Mirror(*CALLS)

        answer = ask(mirror, tools=TOOLS, tool_choice="required", parallel_tool_calls=True)

        choice = answer.choices[0]
        self.assertEqual(choice.finish_reason, "tool_calls")
        read = [
            (call.function.name, json.loads(call.function.arguments))
            for call in choice.message.tool_calls
        ]
        self.assertEqual(read, CITIES)
        self.assertEqual(mirror.request.parameters.tool_choice, ToolChoice("required"))

    def test_its_own_accumulator_puts_streamed_calls_together(self) -> None:
        manager = (
            Mirror(*CALLS)
            .openai()
            .chat.completions.stream(model="parrot", messages=PROMPT, tools=TOOLS)
        )
        with manager as stream:
            final = stream.get_final_completion()

        calls = final.choices[0].message.tool_calls or []
        read = [(c.function.name, json.loads(c.function.arguments)) for c in calls]
        self.assertEqual(read, CITIES)
        self.assertEqual([call.id for call in calls], ["call_paris", "call_tokyo"])

    def test_its_results_are_understood(self) -> None:
        mirror = Mirror(*CALLS)
        asked = ask(mirror, tools=TOOLS).choices[0].message
        results = [
            {"role": "tool", "tool_call_id": call.id, "content": "12 °C"}
            for call in asked.tool_calls
        ]

        ask(mirror, messages=[*PROMPT, asked, *results], tools=TOOLS)

        *_, answer, tool = mirror.request.messages
        calls = [part.id for part in answer.parts if isinstance(part, ToolCallPart)]
        found = [part.call_id for part in tool.parts if isinstance(part, ToolResultPart)]
        self.assertEqual(calls, ["call_paris", "call_tokyo"])
        self.assertEqual(found, calls)


class SchemaTests(TestCase):
    def test_it_gets_an_object_of_its_own_class(self) -> None:
        mirror = Mirror(*WREN)

        completion = mirror.openai().chat.completions.parse(
            model="parrot", messages=PROMPT, response_format=Bird
        )

        self.assertEqual(completion.choices[0].message.parsed, Bird(name="Wren", weight_grams=9))
        form = mirror.request.parameters.response_format
        assert form is not None
        assert form.schema is not None
        self.assertEqual(form.kind, "json_schema")
        self.assertEqual(set(form.schema["properties"]), {"name", "weight_grams"})
        self.assertTrue(form.is_strict)


class FailureTests(TestCase):
    def test_it_raises_classes_of_its_own(self) -> None:
        for status, error in FAILURES.items():
            for is_streamed in (False, True):
                with self.subTest(status=status, is_streamed=is_streamed):
                    with self.assertRaises(CLASSES[status]) as caught:
                        ask(Mirror(error=error), stream=is_streamed)
                    self.assertEqual(caught.exception.status_code, status)

    def test_it_is_told_the_field_and_the_code(self) -> None:
        with self.assertRaises(openai.BadRequestError) as caught:
            ask(Mirror(error=FAILURES[400]))
        self.assertEqual(caught.exception.param, "temperature")

        with self.assertRaises(openai.NotFoundError) as missing:
            ask(Mirror(error=FAILURES[404]))
        self.assertEqual(missing.exception.code, "model_not_found")

    def test_it_knows_a_prompt_that_is_too_long(self) -> None:
        with self.assertRaises(openai.BadRequestError) as caught:
            ask(Mirror(error=ContextTooLong()))
        self.assertEqual(caught.exception.code, "context_length_exceeded")

    def test_trouble_of_the_server_is_trouble_of_the_server(self) -> None:
        for error in (Overloaded(), ProviderFailed()):
            with self.assertRaises(openai.InternalServerError):
                ask(Mirror(error=error))

    def test_a_stream_that_breaks_off_raises_after_what_was_said(self) -> None:
        said = []

        with self.assertRaises(openai.APIError):
            for chunk in ask(Mirror(TextDelta("Hel"), error=ProviderFailed()), stream=True):
                said.append(chunk.choices[0].delta.content)

        self.assertEqual(said, ["Hel"])
