"""Programs that run as printed: each is executed, and what comes in is what we would have sent."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

from chat.llm.dialects.registry import DIALECTS
from chat.llm.types import DialectName, Endpoint, Message, Parameters, Request, TextPart
from chat.snippets import LANGUAGES, snippet
from tests.provider import Provider
from tests.script import Head, Send, Step, answer, stream

KEY = "sk-canary-0123456789"
SECONDS = 30
SAID = "It scatters.\nBlue — most 🌊"
NASTY = "It's \"$HOME\" `id` \\n {x} ${y}\n\t%s <b> \u2028 🌊 \x01 ''' \"\"\" ?> '\\''"
REQUEST = Request(
    "the/model:1",
    (Message("system", (TextPart(NASTY),)), Message("user", (TextPart("Why?\\"),))),
    Parameters(
        temperature=0.5,
        max_output_tokens=200,
        stop_sequences=("\n\n", "END"),
        extra={"__proto__": {"1": None}, "metadata": {}, "0": [], "on": [True, False, 1.0, 1e21]},
    ),
)
COMMANDS = {
    "python": (sys.executable, "-I", "snippet.py"),
    "javascript": ("node", "snippet.mjs"),
    "curl": ("bash", "snippet.sh"),
    "php": ("php", "snippet.php"),
}
WHOLE: dict[DialectName, Any] = {
    "openai": {"choices": [{"message": {"content": SAID}}]},
    "anthropic": {"content": [{"type": "thinking"}, {"type": "text", "text": SAID}]},
    "google": {"candidates": [{"content": {"parts": [{"text": SAID}]}}]},
}


def streamed(dialect: DialectName) -> list[Step]:
    """In pieces of a few bytes, so that lines and characters come torn."""
    if dialect == "openai":
        steps: list[Step] = list(stream(SAID[:5], SAID[5:]))
    elif dialect == "anthropic":
        events = [{"type": "message_start", "message": {}}, {"type": "ping"}]
        events += [
            {"type": "content_block_delta", "delta": {"type": "text_delta", "text": text}}
            for text in (SAID[:5], SAID[5:])
        ]
        steps = [Head(), *(Send(_event(event)) for event in events)]
    else:
        chunks = [
            {"candidates": [{"content": {"parts": [{"text": text}]}}]}
            for text in (SAID[:5], SAID[5:])
        ]
        last = {"candidates": [{"content": {}, "finishReason": "STOP"}], "usageMetadata": {}}
        steps = [Head(), *(Send(_event(event)) for event in [*chunks, last])]
    return [Send(step.data, size=7) if isinstance(step, Send) else step for step in steps]


def _event(payload: Any) -> bytes:
    line = json.dumps(payload, ensure_ascii=False)
    return f"event: {payload.get('type', 'x')}\ndata: {line}\n\n".encode()


class ExecutionTests(unittest.IsolatedAsyncioTestCase):
    async def run_program(self, language: str, text: str) -> str:
        command = COMMANDS[language]
        if shutil.which(command[0]) is None:
            self.skipTest(f"there is no {command[0]} here")
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / command[-1]).write_text(text, encoding="utf-8")
            process = await asyncio.create_subprocess_exec(
                *command,
                cwd=folder,
                env={"PATH": os.environ["PATH"], "HOME": folder, "THE_KEY": KEY},
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            async with asyncio.timeout(SECONDS):
                output, errors = await process.communicate()
        self.assertEqual(process.returncode, 0, errors.decode())
        return output.decode()

    async def assert_runs(self, language: str, *, is_streamed: bool) -> None:
        for dialect in DIALECTS:
            async with Provider() as provider:
                script = streamed(dialect) if is_streamed else answer(WHOLE[dialect])
                provider.play(*script)
                made = snippet(
                    language,
                    dialect,
                    REQUEST,
                    base_url=provider.base_url,
                    key_variable="THE_KEY",
                    provider=dialect,
                    is_streamed=is_streamed,
                )
                with self.subTest(dialect=dialect):
                    output = await self.run_program(language, made.text)

                    self.assert_sent(dialect, provider, is_streamed=is_streamed)
                    self.assert_shown(language, dialect, output, is_streamed=is_streamed)

    def assert_sent(self, dialect: DialectName, provider: Provider, *, is_streamed: bool) -> None:
        """The same path, body and key that our own client would send."""
        endpoint = Endpoint("e", "", provider.base_url, dialect=dialect, provider=dialect)
        request = Request(REQUEST.model, REQUEST.messages, REQUEST.parameters, is_streamed)
        encoded = DIALECTS[dialect].encode_request(endpoint, request)
        received = provider.requests[0]
        self.assertEqual(received.path, f"/v1{encoded.path}")
        self.assertEqual(received.json, json.loads(json.dumps(encoded.body)))
        keys = {"openai": ("authorization", f"Bearer {KEY}"), "anthropic": ("x-api-key", KEY)}
        name, value = keys.get(dialect, ("x-goog-api-key", KEY))
        self.assertEqual(received.headers[name], value)

    def assert_shown(
        self, language: str, dialect: DialectName, output: str, *, is_streamed: bool
    ) -> None:
        if language != "curl":
            self.assertEqual(output.rstrip("\n"), SAID)
        elif not is_streamed:
            self.assertEqual(json.loads(output), WHOLE[dialect])
        else:
            self.assertIn("data: {", output)

    async def test_curl_runs_as_printed(self) -> None:
        await self.assert_runs("curl", is_streamed=False)
        await self.assert_runs("curl", is_streamed=True)

    async def test_python_runs_as_printed(self) -> None:
        await self.assert_runs("python", is_streamed=False)
        await self.assert_runs("python", is_streamed=True)

    async def test_javascript_runs_as_printed(self) -> None:
        await self.assert_runs("javascript", is_streamed=False)
        await self.assert_runs("javascript", is_streamed=True)

    async def test_php_runs_as_printed(self) -> None:
        await self.assert_runs("php", is_streamed=False)
        await self.assert_runs("php", is_streamed=True)


class SnippetTests(unittest.TestCase):
    def make(self, language: str, **options: Any) -> str:
        options = {"base_url": "https://api.example.org", "key_variable": "THE_KEY"} | options
        return snippet(language, options.pop("dialect", "openai"), REQUEST, **options).text

    def test_the_key_is_only_named(self) -> None:
        for language in LANGUAGES:
            self.assertIn("THE_KEY", self.make(language))

    def test_where_no_key_is_needed_none_is_sent(self) -> None:
        for language in LANGUAGES:
            text = self.make(language, key_variable="", provider="ollama")
            self.assertNotIn("uthorization", text)
            self.assertNotIn("environ", text)

    def test_the_field_for_the_longest_answer_is_that_of_the_provider(self) -> None:
        self.assertIn('"max_completion_tokens": 200', self.make("python", provider="openai"))
        self.assertIn('"max_tokens": 200', self.make("python", provider="mistral"))

    def test_what_a_dialect_cannot_say_is_listed(self) -> None:
        request = Request("m", REQUEST.messages, Parameters(seed=7, top_k=3))

        made = snippet("curl", "anthropic", request, base_url="https://api.example.org")

        self.assertEqual([outcome.name for outcome in made.dropped], ["seed"])
        self.assertTrue(made.dropped[0].reason)
        self.assertNotIn("seed", made.text)

    def test_an_address_with_a_query_keeps_it(self) -> None:
        text = self.make("curl", base_url="https://x.example.org/openai/v1?api-version=2")

        self.assertIn("'https://x.example.org/openai/v1/chat/completions?api-version=2'", text)
