"""The google-genai SDK reads what our Google half renders, and its requests are understood."""

from __future__ import annotations

from typing import Any
from unittest import TestCase

from google.genai import errors, types

from chat.llm.errors import ContextTooLong, Overloaded, ProviderFailed
from chat.llm.events import MediaDelta, TextDelta
from chat.llm.types import MediaPart, ToolCallPart, ToolChoice, ToolResultPart
from tests.sdk.mirror import Mirror
from tests.sdk.script import CALLS, CITIES, FAILURES, THOUGHT, WREN, Bird

PIXEL = b"\x89PNG\r\n\x1a\n" + bytes(40)
WEATHER = types.FunctionDeclaration(
    name="weather",
    parameters=types.Schema(
        type=types.Type.OBJECT,
        properties={"city": types.Schema(type=types.Type.STRING)},
        required=["city"],
    ),
)


def config(**fields: Any) -> types.GenerateContentConfig:
    return types.GenerateContentConfig(**fields)


def with_tools(**fields: Any) -> types.GenerateContentConfig:
    return config(tools=[types.Tool(function_declarations=[WEATHER])], **fields)


def ask(mirror: Mirror, contents: Any = "Hi", **fields: Any) -> types.GenerateContentResponse:
    return mirror.google().models.generate_content(model="parrot", contents=contents, **fields)


def stream(mirror: Mirror, **fields: Any) -> list[types.GenerateContentResponse]:
    models = mirror.google().models
    return list(models.generate_content_stream(model="parrot", contents="Hi", **fields))


class AnswerTests(TestCase):
    def test_it_reads_text_and_usage(self) -> None:
        mirror = Mirror()
        wishes = config(
            system_instruction="Be brief.", temperature=0.3, top_k=5, stop_sequences=["END"], seed=7
        )

        answer = ask(mirror, config=wishes)

        self.assertEqual(answer.text, "Hello.")
        self.assertEqual((answer.response_id, answer.model_version), ("answer-1", "parrot"))
        assert answer.usage_metadata is not None
        self.assertEqual(answer.usage_metadata.prompt_token_count, 12)
        self.assertEqual(answer.usage_metadata.cached_content_token_count, 4)
        self.assertEqual(answer.usage_metadata.total_token_count, 15)
        asked = mirror.request.parameters
        self.assertEqual((asked.temperature, asked.top_k, asked.seed), (0.3, 5, 7))
        self.assertEqual(asked.stop_sequences, ("END",))
        self.assertEqual([m.role for m in mirror.request.messages], ["system", "user"])

    def test_it_reads_a_stream_with_usage_at_its_end(self) -> None:
        chunks = stream(Mirror())

        self.assertEqual("".join(chunk.text or "" for chunk in chunks), "Hello.")
        last = chunks[-1]
        assert last.candidates is not None
        assert last.usage_metadata is not None
        self.assertEqual(last.candidates[0].finish_reason, types.FinishReason.STOP)
        self.assertEqual(last.usage_metadata.candidates_token_count, 3)

    def test_it_reads_thinking_and_gives_it_back_signed(self) -> None:
        mirror = Mirror(*THOUGHT)
        thinking = types.ThinkingConfig(thinking_budget=2000, include_thoughts=True)

        answer = ask(mirror, config=config(thinking_config=thinking))

        assert answer.candidates is not None

        assert answer.candidates[0].content is not None
        thought, text = answer.candidates[0].content.parts or []
        self.assertTrue(thought.thought)
        self.assertEqual((thought.text, text.text), ("Two and two. Four.", "It is 4."))
        self.assertEqual(mirror.request.parameters.reasoning_budget_tokens, 2000)
        assert answer.usage_metadata is not None
        self.assertEqual(answer.usage_metadata.thoughts_token_count, 8)

    def test_pictures_go_both_ways(self) -> None:
        mirror = Mirror(MediaDelta("image/png", PIXEL))
        picture = types.Part.from_bytes(data=PIXEL, mime_type="image/png")

        answer = ask(mirror, [picture, "What is this?"])

        assert answer.parts is not None

        assert answer.parts[0].inline_data is not None
        self.assertEqual(answer.parts[0].inline_data.data, PIXEL)
        self.assertIn(MediaPart("image/png", data=PIXEL), mirror.request.messages[0].parts)


class ToolTests(TestCase):
    def test_it_reads_calls_that_run_side_by_side(self) -> None:
        mirror = Mirror(*CALLS)
        calling = types.FunctionCallingConfig(mode=types.FunctionCallingConfigMode.ANY)
        choice = types.ToolConfig(function_calling_config=calling)

        answer = ask(mirror, config=with_tools(tool_config=choice))

        calls = [(call.name, call.args) for call in answer.function_calls or []]
        self.assertEqual(calls, CITIES)
        (tool,) = mirror.request.parameters.tools or ()
        self.assertEqual(tool.schema["type"], "object")
        self.assertEqual(tool.schema["properties"]["city"]["type"], "string")
        self.assertEqual(mirror.request.parameters.tool_choice, ToolChoice("required"))

    def test_it_reads_calls_from_a_stream(self) -> None:
        chunks = stream(Mirror(*CALLS), config=with_tools())

        calls = [call for chunk in chunks for call in chunk.function_calls or []]
        self.assertEqual([(call.name, call.args) for call in calls], CITIES)

    def test_its_results_are_understood(self) -> None:
        mirror = Mirror(*CALLS)
        answer = ask(mirror, config=with_tools())
        assert answer.candidates is not None
        calls = answer.function_calls or []
        results = [
            types.Part(
                function_response=types.FunctionResponse(
                    id=call.id, name=call.name, response={"result": "12 °C"}
                )
            )
            for call in calls
        ]
        history = [
            types.Content(role="user", parts=[types.Part(text="Hi")]),
            answer.candidates[0].content,
            types.Content(role="user", parts=results),
        ]

        ask(mirror, history, config=with_tools())

        *_, said, tool = mirror.request.messages
        made = [part.id for part in said.parts if isinstance(part, ToolCallPart)]
        found = [part.call_id for part in tool.parts if isinstance(part, ToolResultPart)]
        self.assertEqual(made, ["call_paris", "call_tokyo"])
        self.assertEqual(found, made)


class SchemaTests(TestCase):
    def test_it_gets_an_object_of_its_own_class(self) -> None:
        mirror = Mirror(*WREN)
        wishes = config(response_mime_type="application/json", response_schema=Bird)

        answer = ask(mirror, config=wishes)

        self.assertEqual(answer.parsed, Bird(name="Wren", weight_grams=9))
        form = mirror.request.parameters.response_format
        assert form is not None
        assert form.schema is not None
        self.assertEqual(form.schema["properties"]["weight_grams"]["type"], "integer")


class FailureTests(TestCase):
    def test_it_raises_an_error_with_our_status(self) -> None:
        words = {
            400: "INVALID_ARGUMENT",
            401: "UNAUTHENTICATED",
            404: "NOT_FOUND",
            413: "INVALID_ARGUMENT",
            429: "RESOURCE_EXHAUSTED",
        }
        for code, error in FAILURES.items():
            for call in (ask, stream):
                with self.subTest(code=code, call=call.__name__):
                    with self.assertRaises(errors.ClientError) as caught:
                        call(Mirror(error=error))
                    self.assertEqual(caught.exception.code, code)
                    self.assertEqual(caught.exception.status, words[code])

    def test_it_knows_a_prompt_that_is_too_long(self) -> None:
        with self.assertRaisesRegex(errors.ClientError, "input token count exceeds the maximum"):
            ask(Mirror(error=ContextTooLong()))

    def test_trouble_of_the_server_is_trouble_of_the_server(self) -> None:
        for error, status in ((Overloaded(), "UNAVAILABLE"), (ProviderFailed(), "INTERNAL")):
            with self.assertRaises(errors.ServerError) as caught:
                ask(Mirror(error=error))
            self.assertEqual(caught.exception.status, status)

    def test_a_stream_that_breaks_off_raises_after_what_was_said(self) -> None:
        mirror, said = Mirror(TextDelta("Hel"), error=Overloaded()), []

        with self.assertRaises(errors.ServerError):
            for chunk in mirror.google().models.generate_content_stream(
                model="parrot", contents="Hi"
            ):
                said.append(chunk.text)

        self.assertEqual(said, ["Hel"])
