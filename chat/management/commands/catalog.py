"""`catalog generate --from FOLDER` writes the model catalogue; `catalog check` looks it over."""

from __future__ import annotations

import sys
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.catalog import checks
from chat.catalog.generate import generate
from chat.catalog.loading import DATA


class Command(BaseCommand):
    help = "Make or check the catalogue of models."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        make = verbs.add_parser("generate", help="write the files from a folder of facts")
        make.add_argument(
            "--from",
            dest="folder",
            type=Path,
            required=True,
            metavar="FOLDER",
            help="holds models.json and parameters.json",
        )
        check = verbs.add_parser("check", help="say what is wrong, stale or retired")
        check.add_argument(
            "--today", type=_date, default=None, metavar="DATE", help="another day than today"
        )
        check.add_argument(
            "--days",
            type=int,
            default=checks.STALE_DAYS,
            help=f"a price is stale when it is older than this ({checks.STALE_DAYS})",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "generate":
            self._generate(options["folder"])
        else:
            self._check(options["today"] or date.today(), days=options["days"])

    def _generate(self, folder: Path) -> None:
        try:
            files = generate(folder)
        except (OSError, ValueError) as error:
            raise CommandError(f"Cannot make the catalogue: {error}") from error
        DATA.mkdir(exist_ok=True)
        for file in DATA.glob("*.json"):
            if file.name not in files:
                file.unlink()
        for name, text in files.items():
            (DATA / name).write_text(text, encoding="utf-8")
        self.stdout.write(f"{len(files)} files in {DATA}")

    def _check(self, today: date, *, days: int) -> None:
        findings = checks.check(today=today, stale_days=days)
        for finding in findings:
            self.stdout.write(f"{finding.kind:9} {finding.subject}: {finding.text}")
        wrong = sum(finding.kind == "invalid" for finding in findings)
        self.stdout.write(f"{len(findings)} findings, {wrong} of them invalid")
        if wrong:
            sys.exit(1)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is not a date: give YYYY-MM-DD") from None
