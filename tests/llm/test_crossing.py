"""What one provider's answer carries that another cannot read: signatures, pictures of its own."""

from __future__ import annotations

import base64
import unittest
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chat.llm.answer import Answer
from chat.llm.dialects import anthropic, google
from chat.llm.dialects.google import signatures
from chat.llm.dialects.registry import DIALECTS
from chat.llm.events import Finish, ReasoningDelta, TextDelta, ToolCallDelta
from chat.llm.types import (
    DialectName,
    Endpoint,
    MediaPart,
    Message,
    ReasoningPart,
    Request,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)

PICTURE = MediaPart("image/png", data=b"png")


def as_an_sdk_sends_it(signature: str) -> str:
    """google-genai decodes it and writes it in the alphabet of URLs."""
    return base64.urlsafe_b64encode(base64.b64decode(signature, validate=True)).decode()


class SignatureTests(unittest.TestCase):
    @given(st.text(min_size=1))
    def test_any_comes_back_letter_by_letter(self, signature: str) -> None:
        if signature == signatures.FOREIGN_CALL:
            return
        sent = as_an_sdk_sends_it(signatures.written(signature))

        self.assertEqual(signatures.read(sent), (signature, None))

    @given(st.binary(min_size=1))
    def test_googles_own_are_left_as_they_are(self, data: bytes) -> None:
        signature = base64.b64encode(data).decode()

        self.assertEqual(signatures.written(signature), signature)

    @given(st.text(min_size=1))
    def test_so_does_what_was_encrypted(self, encrypted: str) -> None:
        sent = as_an_sdk_sends_it(signatures.sealed(encrypted))

        self.assertEqual(signatures.read(sent), (None, encrypted))

    def test_a_whole_conversation_crosses(self) -> None:
        answer = Answer()
        answer.extend(
            [
                ReasoningDelta("Thinking."),
                ReasoningDelta(signature="sig/not base64!"),
                ReasoningDelta(encrypted="sealed"),
                TextDelta("Well."),
                ToolCallDelta(0, "call_1", "search", "{}", signature="another, odd one"),
                Finish("tool_calls"),
            ]
        )
        content = google.render_response(answer, id="1", model="m")["candidates"][0]["content"]
        for part in content["parts"]:
            if "thoughtSignature" in part:
                part["thoughtSignature"] = as_an_sdk_sends_it(part["thoughtSignature"])

        request = google.parse_request({"contents": [content]}, model="m", is_streamed=False)

        parts = request.messages[0].parts
        self.assertEqual(
            parts,
            (
                ReasoningPart("Thinking.", "sig/not base64!"),
                ReasoningPart(encrypted="sealed"),
                TextPart("Well."),
                ToolCallPart("search", "{}", "call_1", "another, odd one"),
            ),
        )

    def test_googles_word_for_a_foreign_call_is_no_signature(self) -> None:
        encoded = base64.b64encode(signatures.FOREIGN_CALL.encode()).decode()
        for value in (signatures.FOREIGN_CALL, encoded, "", None):
            self.assertEqual(signatures.read(value), (None, None))

    def test_what_is_not_googles_is_not_sent_there(self) -> None:
        parts = (
            ReasoningPart("", "not base64!"),
            TextPart("Well."),
            ToolCallPart("a", "{}", "1", "?"),
        )

        body, dropped = encoded("google", Message("assistant", parts))

        self.assertNotIn("thoughtSignature", str(body))
        self.assertIn("reasoning_signature", dropped)


class PictureTests(unittest.TestCase):
    def test_anthropic_gets_none_back_from_the_model(self) -> None:
        answer = Message("assistant", (TextPart("Here."), PICTURE))

        body, dropped = encoded("anthropic", answer)

        self.assertEqual(body["messages"][1], {"role": "assistant", "content": "Here."})
        self.assertIn("assistant_media", dropped)

    def test_nor_does_openai(self) -> None:
        body, dropped = encoded("openai", Message("assistant", (TextPart("Here."), PICTURE)))

        self.assertNotIn("image", str(body))
        self.assertIn("assistant_media", dropped)

    def test_google_does(self) -> None:
        body, dropped = encoded("google", Message("assistant", (TextPart("Here."), PICTURE)))

        self.assertIn("inlineData", str(body["contents"][1]))
        self.assertEqual(dropped, set())

    def test_nobody_takes_one_from_the_system(self) -> None:
        for dialect in DIALECTS:
            with self.subTest(dialect=dialect):
                body, dropped = encoded(dialect, Message("system", (TextPart("Look."), PICTURE)))

                self.assertNotIn("png", str(body))
                self.assertIn("Look.", str(body))
                self.assertIn("system_media", dropped)

    def test_an_answer_of_pictures_only_is_left_out(self) -> None:
        body, _ = encoded("anthropic", Message("assistant", (PICTURE,)))

        self.assertEqual([message["role"] for message in body["messages"]], ["user"])


class CacheMarkerTests(unittest.TestCase):
    def test_every_one_passes_through_anthropics_format(self) -> None:
        marker = {"cache_control": {"type": "ephemeral"}}
        source = {"type": "base64", "media_type": "image/png", "data": "cG5n"}
        result = {"type": "tool_result", "tool_use_id": "call_1", "content": "42"}
        call = {"type": "tool_use", "id": "call_1", "name": "f", "input": {}}
        body = {
            "model": "m",
            "max_tokens": 5,
            "system": [{"type": "text", "text": "Be brief.", **marker}],
            "tools": [{"name": "f", "input_schema": {"type": "object"}, **marker}],
            "messages": [
                {"role": "user", "content": [{"type": "image", "source": source, **marker}]},
                {"role": "assistant", "content": [call]},
                {"role": "user", "content": [result | marker]},
            ],
        }
        request = anthropic.parse_request(body)
        endpoint = Endpoint(name="e", label="E", base_url="http://x", dialect="anthropic")

        sent = DIALECTS["anthropic"].encode_request(endpoint, request).body

        self.assertEqual(sent["system"], body["system"])
        self.assertEqual(sent["tools"], body["tools"])
        self.assertEqual(sent["messages"], body["messages"])

    def test_others_say_that_they_take_none(self) -> None:
        marked = ToolResultPart("call_1", "42", "f", is_cache_boundary=True)
        for dialect in ("openai", "google"):
            _, dropped = encoded(dialect, Message("tool", (marked,)))
            self.assertIn("cache_boundary", dropped)


def encoded(dialect: DialectName, message: Message) -> tuple[dict[str, Any], set[str]]:
    endpoint = Endpoint(name="e", label="E", base_url="http://x", dialect=dialect)
    messages = (Message("user", (TextPart("Hello"),)), message)
    done = DIALECTS[dialect].encode_request(endpoint, Request("m", messages))
    dropped = {outcome.name for outcome in done.outcomes if outcome.fate == "dropped"}
    return dict(done.body), dropped
