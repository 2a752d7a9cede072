"""Programs that run as printed: each is executed, and what comes in is what we would have sent."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import tempfile
import unittest
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from chat.llm.dialects.registry import DIALECTS
from chat.llm.types import (
    DialectName,
    Endpoint,
    MediaPart,
    Message,
    Parameters,
    Request,
    ResponseFormat,
    TextPart,
    Tool,
    ToolChoice,
)
from chat.snippets import LANGUAGES, snippet
from tests.provider import Provider
from tests.said import SAID, WHOLE, streamed
from tests.script import answer

KEY = "sk-canary-0123456789"
SECONDS = 30
NASTY = "It's \"$HOME\" `id` \\n {x} ${y}\n\t%s <b> \u2028 🌊 \x01 ''' \"\"\" ?> '\\''"
PICTURE = bytes(range(256)) * 800
"""Longer in base64 than an argument of a command may be."""
ODD_NAME, SECOND_NAME = "-it's a $(bird).png", "-it's a $(bird)-2.png"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
PICTURES = (
    MediaPart("image/png", data=PICTURE, name=ODD_NAME),
    MediaPart("image/png", data=PICTURE[::-1], name=f"folder/{ODD_NAME}"),
    MediaPart("image/png", data=PICTURE, name=ODD_NAME),
)
REQUEST = Request(
    "the/model:1",
    (
        Message("system", (TextPart(NASTY),)),
        Message("user", (*PICTURES, TextPart("Why?\\"))),
    ),
    Parameters(
        temperature=0.5,
        max_output_tokens=200,
        stop_sequences=("\n\n", "END"),
        tools=(Tool("weather", NASTY, SCHEMA),),
        tool_choice=ToolChoice("auto"),
        response_format=ResponseFormat("json_schema", "place", SCHEMA),
        extra={"__proto__": {"1": None}, "metadata": {}, "0": [], "on": [True, False, 1.0, 1e21]},
    ),
)
COMMANDS = {
    "python": (sys.executable, "-I", "snippet.py"),
    "javascript": ("node", "snippet.mjs"),
    "curl": ("bash", "snippet.sh"),
    "php": ("php", "snippet.php"),
}


class ExecutionTests(unittest.IsolatedAsyncioTestCase):
    async def run_program(self, language: str, text: str) -> str:
        command = COMMANDS[language]
        if shutil.which(command[0]) is None:
            self.skipTest(f"there is no {command[0]} here")
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / command[-1]).write_text(text, encoding="utf-8")
            (Path(folder) / ODD_NAME).write_bytes(PICTURE)
            (Path(folder) / SECOND_NAME).write_bytes(PICTURE[::-1])
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

    async def assert_runs(self, language: str) -> None:
        for dialect, answering in product(DIALECTS, ("whole", "stream")):
            async with Provider() as provider:
                is_streamed = answering == "stream"
                provider.play(*(streamed(dialect) if is_streamed else answer(WHOLE[dialect])))
                made = snippet(
                    language,
                    dialect,
                    REQUEST,
                    base_url=provider.base_url,
                    key_variable="THE_KEY",
                    provider=dialect,
                    answering=answering,
                )
                with self.subTest(dialect=dialect, answering=answering):
                    output = await self.run_program(language, made.text)

                    self.assertEqual(made.files, (ODD_NAME, SECOND_NAME))
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
        await self.assert_runs("curl")

    async def test_python_runs_as_printed(self) -> None:
        await self.assert_runs("python")

    async def test_javascript_runs_as_printed(self) -> None:
        await self.assert_runs("javascript")

    @pytest.mark.php
    async def test_php_runs_as_printed(self) -> None:
        await self.assert_runs("php")


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

    def test_a_file_is_read_where_the_program_runs_and_never_printed(self) -> None:
        for language in LANGUAGES:
            text = self.make(language)

            self.assertLess(len(text), 5000)
            self.assertIn("bird", text)

    def test_a_file_that_the_dialect_drops_is_not_asked_for(self) -> None:
        film = MediaPart("video/mp4", data=b"\0", name="film.mp4")
        request = Request("m", (Message("user", (film, TextPart("Hi"))),))

        made = snippet("curl", "anthropic", request, base_url="https://api.example.org")

        self.assertEqual(made.files, ())

    def test_a_file_without_a_name_gets_one(self) -> None:
        for name in (None, "", "..", "/", "\n"):
            picture = MediaPart("image/png", data=b"\0", name=name)
            request = Request("m", (Message("user", (picture,)),))

            made = snippet("python", "openai", request, base_url="https://api.example.org")

            self.assertEqual(made.files, ("file.png",))
