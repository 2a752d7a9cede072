"""The decode command, as a person calls it."""

from __future__ import annotations

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import TestCase

from django.core.management import CommandError, call_command

from tests.script import delta, ending

ROOT = Path(__file__).parents[2]


def decode(body: bytes, *options: str) -> dict[str, object]:
    with TemporaryDirectory() as folder:
        file = Path(folder, "response")
        file.write_bytes(body)
        out = StringIO()
        call_command("decode", "--dialect", "openai", *options, str(file), stdout=out)
    return dict(json.loads(out.getvalue()))


class DecodeTests(TestCase):
    def test_it_prints_what_is_concluded(self) -> None:
        concluded = decode(delta("Grüße") + ending(), "--content-type", "text/event-stream")

        self.assertEqual(concluded["text"], "Grüße")
        self.assertEqual(concluded["finish_reason"], "stop")
        self.assertEqual(concluded["complete"], True)
        self.assertEqual(concluded["counts"], {"events": 4, "comments": 0, "done_marker": True})

    def test_it_prints_the_error_of_a_refusal(self) -> None:
        concluded = decode(b'{"error": {"message": "slow down"}}', "--status", "429")

        self.assertEqual(
            concluded["error"],
            {
                "status": 429,
                "type": None,
                "code": None,
                "message": "slow down",
                "mid_stream": False,
            },
        )

    def test_it_knows_the_dialects_by_every_name(self) -> None:
        body = b'{"candidates": [{"content": {"parts": [{"text": "Hi"}]}, "finishReason": "STOP"}]}'
        for dialect in ("google", "gemini"):
            self.assertEqual(decode(body, "--dialect", dialect)["text"], "Hi")

    def test_it_says_in_a_sentence_what_cannot_be_read(self) -> None:
        with self.assertRaisesRegex(CommandError, "Cannot read /nowhere: No such file"):
            call_command("decode", "--dialect", "openai", "/nowhere")
        with self.assertRaises(CommandError):
            call_command("decode", "--dialect", "klingon", "/nowhere")

    def test_it_reads_standard_input(self) -> None:
        command = [sys.executable, "manage.py", "decode", "--dialect", "openai", "-"]

        done = subprocess.run(
            command, input=delta("Hi") + ending(), capture_output=True, cwd=ROOT, check=False
        )

        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["text"], "Hi")
