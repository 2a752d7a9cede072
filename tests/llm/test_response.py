"""What a body is, whatever its headers say, and what is left of one that went wrong."""

from __future__ import annotations

import json
from typing import Any
from unittest import TestCase

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from chat.llm.answer import Answer
from chat.llm.dialects.registry import DIALECTS
from chat.llm.errors import (
    BadRequest,
    Garbled,
    Interrupted,
    ModelError,
    ModelNotFound,
    ProviderFailed,
)
from chat.llm.events import Finish
from chat.llm.response import ResponseDecoder
from tests.script import chunk, delta, ending

WHOLE = {
    "id": "1",
    "model": "m",
    "choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}],
}


def read(
    body: bytes, *, status: int = 200, content_type: str = "", size: int = 0
) -> tuple[Answer, ModelError | None]:
    decoder = ResponseDecoder(DIALECTS["openai"], status=status, content_type=content_type)
    answer = Answer()
    size = size or len(body) or 1
    for start in range(0, len(body), size):
        answer.extend(decoder.feed(body[start : start + size]))
    answer.extend(decoder.close())
    return answer, decoder.failure


class DetectionTests(TestCase):
    def test_it_believes_the_bytes_and_not_the_content_type(self) -> None:
        for content_type in ("text/event-stream", "application/json", "text/html", ""):
            for body in (json.dumps(WHOLE).encode(), delta("Hi") + ending()):
                with self.subTest(content_type=content_type, body=body[:9]):
                    answer, failure = read(body, content_type=content_type)
                    self.assertEqual((answer.text, failure), ("Hi", None))

    def test_it_waits_through_blanks_before_json(self) -> None:
        body = b"\n         \n" * 5000 + json.dumps(WHOLE).encode()
        for size in (0, 1, 7):
            self.assertEqual(read(body, size=size)[0].text, "Hi")

    def test_it_forgets_a_byte_order_mark(self) -> None:
        for body in (json.dumps(WHOLE).encode(), delta("Hi") + ending()):
            for size in (0, 1, 2):
                self.assertEqual(read(b"\xef\xbb\xbf" + body, size=size)[0].text, "Hi")

    def test_it_reads_an_array_of_chunks(self) -> None:
        chunks = [json.loads(line[6:]) for line in (delta("H"), delta("i", finish_reason="stop"))]
        for size in (0, 1, 3):
            answer, failure = read(json.dumps(chunks, indent=1).encode(), size=size)
            self.assertEqual((answer.text, failure), ("Hi", None))

    def test_it_reads_json_errors_as_what_they_are(self) -> None:
        body = b'{"error": {"message": "no such model", "code": "model_not_found"}}'
        for status in (200, 404):
            with self.subTest(status=status):
                _, failure = read(body, status=status, content_type="text/event-stream")
                self.assertIsInstance(failure, ModelNotFound)

    def test_it_reads_an_error_that_is_framed_as_an_event(self) -> None:
        body = b'event: error\ndata: {"error": {"message": "hm", "param": "top_p"}}\n\n'
        _, failure = read(body, status=400)
        self.assertIsInstance(failure, BadRequest)
        self.assertEqual(failure and failure.parameter, "top_p")

    def test_it_reads_a_bare_error_after_chunks(self) -> None:
        body = delta("Half") + b'{\n  "error": {\n    "message": "broke"\n  }\n}\n'
        for size in (0, 1, 3):
            answer, failure = read(body, size=size)
            self.assertEqual(answer.text, "Half")
            self.assertIsInstance(failure, ProviderFailed)

    def test_it_calls_pages_and_prose_garbled(self) -> None:
        for body in (b"<html>Sign in</html>", b"upstream error", b"\x1f\x8b\x08zip", b"{broken"):
            for content_type in ("text/html", "application/json"):
                with self.subTest(body=body, content_type=content_type):
                    self.assertIsInstance(read(body, content_type=content_type)[1], Garbled)

    def test_it_calls_nothing_interrupted(self) -> None:
        for body in (b"", b"\n\n   "):
            self.assertIsInstance(read(body)[1], Interrupted)


class StreamTests(TestCase):
    def test_it_keeps_the_text_of_a_cut_stream(self) -> None:
        body = delta("One ") + delta("two") + delta("three")[:60]
        for size in (0, 1, 7):
            answer, failure = read(body, size=size)
            self.assertEqual(answer.text, "One two")
            self.assertIsInstance(failure, Interrupted)

    def test_it_goes_on_after_a_line_that_cannot_be_read_but_says_so(self) -> None:
        answer, failure = read(delta("One ") + b"data: {broken\n\n" + delta("three") + ending())

        self.assertEqual(answer.text, "One three")
        self.assertIsInstance(failure, Garbled)

    def test_it_passes_over_lines_that_were_never_json(self) -> None:
        noise = b"data: keepalive\n\ndata:\n\nevent: ping\ndata: \n\nfoo: bar\n\ndata: 7\n\n"

        answer, failure = read(noise + delta("Hi") + noise + ending())

        self.assertEqual((answer.text, failure), ("Hi", None))

    def test_it_survives_half_a_surrogate_pair_and_a_byte_that_is_no_text(self) -> None:
        half = delta("a?b").replace(b"?", b"\\ud83d")
        broken = delta("a?b").replace(b"?", b"\xff")

        self.assertEqual(read(half + broken + ending())[0].text, "a\ufffdba\ufffdb")

    def test_it_takes_a_done_marker_for_an_end_without_a_reason(self) -> None:
        answer, failure = read(delta("Hi") + b"data: [DONE]\n\n")

        self.assertIsNone(failure)
        self.assertEqual(answer.finish, Finish(None))

    def test_it_keeps_lines_whole_that_hold_odd_separators(self) -> None:
        text = "a\u2028b\u2029c\x85d"
        line = chunk(choices=[{"delta": {"content": "?"}}]).replace(b"?", text.encode())

        self.assertEqual(read(line + ending())[0].text, text)


FIELDS = """
choices delta message content index finish_reason tool_calls function name arguments id usage x_groq
prompt_tokens completion_tokens_details error code status type text reasoning reasoning_details data
images image_url url audio annotations citations executed_tools logprobs thinking model candidates
parts functionCall args inlineData usageMetadata promptFeedback groundingMetadata content_block
partial_json signature stop_reason citation partialArgs jsonPath
"""

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(FIELDS.split()),
            children,
            max_size=4,
        )
    ),
    max_leaves=25,
)
KINDS = (
    "message_start content_block_start content_block_delta content_block_stop message_delta error"
)


class HostileTests(TestCase):
    @given(st.lists(json_values, max_size=4), st.sampled_from(sorted(DIALECTS)), st.booleans())
    def test_it_survives_any_json(self, values: list[Any], dialect: Any, is_typed: bool) -> None:
        body = b""
        for number, value in enumerate(values):
            if is_typed and isinstance(value, dict):
                value = {**value, "type": KINDS.split()[number % 6], "index": 0}
            body += b"data: " + msgspec.json.encode(value) + b"\n\n"
        decoder = ResponseDecoder(DIALECTS[dialect])
        answer = Answer()

        answer.extend(decoder.feed(body) + decoder.close())

        json.dumps(answer.as_dict())

    @given(json_values, st.sampled_from(sorted(DIALECTS)), st.sampled_from([200, 400, 429, 500]))
    def test_it_survives_any_document(self, value: Any, dialect: Any, status: int) -> None:
        decoder = ResponseDecoder(DIALECTS[dialect], status=status)
        answer = Answer()

        answer.extend(decoder.feed(msgspec.json.encode(value)) + decoder.close())

        self.assertTrue(status == 200 or isinstance(decoder.failure, ModelError))

    def test_it_survives_nesting_without_end(self) -> None:
        deep = b"[" * 100_000
        for body in (b"data: " + deep + b"\n\n", deep, b'{"a":' * 100_000):
            self.assertIsInstance(read(body)[1], ModelError)
