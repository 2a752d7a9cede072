"""`python manage.py decode --dialect openai FILE`: what we conclude from a saved response."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.llm.conclusion import conclude
from chat.llm.dialects.registry import DIALECTS

_ALIASES = {"gemini": "google"}


class Command(BaseCommand):
    help = "Print as JSON what is concluded from a saved response of a provider."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the response body; - for standard input")
        parser.add_argument("--dialect", required=True, choices=sorted({*DIALECTS, *_ALIASES}))
        parser.add_argument("--status", type=int, default=200, help="its HTTP status (200)")
        parser.add_argument("--content-type", default="", help="its content type")
        parser.add_argument(
            "--chunk-size", type=int, default=0, help="feed the body in pieces of so many bytes"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        concluded = conclude(
            _ALIASES.get(options["dialect"], options["dialect"]),
            _read(options["file"]),
            status=options["status"],
            content_type=options["content_type"],
            chunk_size=max(0, options["chunk_size"]),
        )
        self.stdout.write(json.dumps(concluded, ensure_ascii=False, indent=2))


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise CommandError(f"Cannot read {file}: {error.strerror}.") from error
