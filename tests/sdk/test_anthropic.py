"""The anthropic SDK reads what our Anthropic half renders, and its requests are understood."""

from __future__ import annotations

from typing import Any
from unittest import TestCase

import anthropic

from chat.llm.errors import ContextTooLong, Overloaded, ProviderFailed
from chat.llm.events import Finish, TextDelta, Usage
from chat.llm.types import ReasoningPart, TextPart, ToolChoice, ToolResultPart
from tests.sdk.mirror import Mirror
from tests.sdk.script import CALLS, CITIES, FAILURES, THOUGHT, WEATHER_SCHEMA, WREN, Bird

PROMPT: Any = [{"role": "user", "content": "Hi"}]
TOOLS: Any = [{"name": "weather", "input_schema": WEATHER_SCHEMA}]
CLASSES: dict[int, type[anthropic.APIStatusError]] = {
    400: anthropic.BadRequestError,
    401: anthropic.AuthenticationError,
    404: anthropic.NotFoundError,
    413: anthropic.RequestTooLargeError,
    429: anthropic.RateLimitError,
}


def fields_of(fields: dict[str, Any]) -> dict[str, Any]:
    return {"model": "parrot", "max_tokens": 100, "messages": PROMPT} | fields


def ask(mirror: Mirror, **fields: Any) -> Any:
    return mirror.anthropic().messages.create(**fields_of(fields))


def stream(mirror: Mirror, **fields: Any) -> Any:
    return mirror.anthropic().messages.stream(**fields_of(fields))


class AnswerTests(TestCase):
    def test_it_reads_text_and_usage(self) -> None:
        mirror = Mirror()
        system = [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}]

        message = ask(mirror, system=system, stop_sequences=["END"])

        self.assertEqual(message.content[0].text, "Hello.")
        self.assertEqual((message.id, message.model), ("answer-1", "parrot"))
        self.assertEqual(message.stop_reason, "end_turn")
        self.assertEqual((message.usage.input_tokens, message.usage.output_tokens), (8, 3))
        self.assertEqual(message.usage.cache_read_input_tokens, 4)
        self.assertEqual(mirror.request.messages[0].parts, (TextPart("Be brief.", True),))
        self.assertEqual(mirror.request.parameters.stop_sequences, ("END",))
        self.assertEqual(mirror.request.parameters.max_output_tokens, 100)

    def test_it_reads_a_stream_and_puts_it_together(self) -> None:
        with stream(Mirror()) as events:
            said = list(events.text_stream)
            final = events.get_final_message()

        self.assertEqual(said, ["Hel", "lo."])
        self.assertEqual(final.content[0].text, "Hello.")
        self.assertEqual(final.usage.output_tokens, 3)
        self.assertEqual(final.usage.input_tokens, 8)
        self.assertEqual(final.stop_reason, "end_turn")

    def test_it_reads_the_stop_sequence(self) -> None:
        mirror = Mirror(TextDelta("a"), Finish("stop", stop_sequence="END"), Usage(1, 1))

        message = ask(mirror, stop_sequences=["END"])

        self.assertEqual((message.stop_reason, message.stop_sequence), ("stop_sequence", "END"))

    def test_it_reads_thinking_and_gives_it_back_signed(self) -> None:
        mirror = Mirror(*THOUGHT)

        message = ask(mirror, thinking={"type": "enabled", "budget_tokens": 2000})
        ask(mirror, messages=[*PROMPT, {"role": "assistant", "content": message.content}, *PROMPT])

        thought, text = message.content
        self.assertEqual((thought.thinking, thought.signature), ("Two and two. Four.", "c2lnbmVk"))
        self.assertEqual(text.text, "It is 4.")
        self.assertEqual(mirror.requests[0].parameters.reasoning_budget_tokens, 2000)
        kept = mirror.request.messages[1].parts[0]
        self.assertEqual(kept, ReasoningPart("Two and two. Four.", "c2lnbmVk"))

    def test_it_reads_thinking_as_it_streams(self) -> None:
        with stream(Mirror(*THOUGHT)) as events:
            final = events.get_final_message()

        self.assertEqual([block.type for block in final.content], ["thinking", "text"])
        self.assertEqual(final.content[0].signature, "c2lnbmVk")


class ToolTests(TestCase):
    def test_it_reads_calls_that_run_side_by_side(self) -> None:
        mirror = Mirror(*CALLS)

        message = ask(mirror, tools=TOOLS, tool_choice={"type": "any"})

        calls = [block for block in message.content if block.type == "tool_use"]
        self.assertEqual([(call.name, call.input) for call in calls], CITIES)
        self.assertEqual(message.stop_reason, "tool_use")
        self.assertEqual(mirror.request.parameters.tool_choice, ToolChoice("required"))

    def test_its_own_accumulator_puts_streamed_calls_together(self) -> None:
        with stream(Mirror(*CALLS), tools=TOOLS) as events:
            final = events.get_final_message()

        calls = [block for block in final.content if block.type == "tool_use"]
        self.assertEqual([(call.name, call.input) for call in calls], CITIES)
        self.assertEqual([call.id for call in calls], ["call_paris", "call_tokyo"])

    def test_its_results_are_understood(self) -> None:
        mirror = Mirror(*CALLS)
        message = ask(mirror, tools=TOOLS)
        results = [
            {"type": "tool_result", "tool_use_id": block.id, "content": "12 °C"}
            for block in message.content
            if block.type == "tool_use"
        ]

        answered = {"role": "assistant", "content": message.content}
        ask(mirror, messages=[*PROMPT, answered, {"role": "user", "content": results}], tools=TOOLS)

        found = [
            p.call_id for p in mirror.request.messages[-1].parts if isinstance(p, ToolResultPart)
        ]
        self.assertEqual(found, ["call_paris", "call_tokyo"])


class SchemaTests(TestCase):
    def test_it_gets_an_object_of_its_own_class(self) -> None:
        mirror = Mirror(*WREN)

        message = mirror.anthropic().messages.parse(
            model="parrot", max_tokens=100, messages=PROMPT, output_format=Bird
        )

        self.assertEqual(message.parsed_output, Bird(name="Wren", weight_grams=9))
        form = mirror.request.parameters.response_format
        assert form is not None
        assert form.schema is not None
        self.assertEqual(set(form.schema["properties"]), {"name", "weight_grams"})


class FailureTests(TestCase):
    def test_it_raises_classes_of_its_own(self) -> None:
        for status, error in FAILURES.items():
            for is_streamed in (False, True):
                with self.subTest(status=status, is_streamed=is_streamed):
                    with self.assertRaises(CLASSES[status]) as caught:
                        ask(Mirror(error=error), stream=is_streamed)
                    self.assertEqual(caught.exception.status_code, status)
                    self.assertEqual(caught.exception.body["request_id"], "req_1")  # type: ignore[index]

    def test_the_words_name_the_field(self) -> None:
        with self.assertRaisesRegex(anthropic.BadRequestError, "temperature: "):
            ask(Mirror(error=FAILURES[400]))

    def test_it_knows_a_prompt_that_is_too_long(self) -> None:
        with self.assertRaisesRegex(anthropic.BadRequestError, "prompt is too long"):
            ask(Mirror(error=ContextTooLong()))

    def test_it_tells_overload_from_other_trouble(self) -> None:
        with self.assertRaises(anthropic.OverloadedError):
            ask(Mirror(error=Overloaded()))
        with self.assertRaises(anthropic.InternalServerError):
            ask(Mirror(error=ProviderFailed()))

    def test_a_stream_that_breaks_off_raises_after_what_was_said(self) -> None:
        said: list[str] = []

        with (
            self.assertRaises(anthropic.APIStatusError),
            stream(Mirror(TextDelta("Hel"), error=Overloaded())) as events,
        ):
            said.extend(events.text_stream)

        self.assertEqual(said, ["Hel"])
