"""Recorded exchanges with real providers, which lie beside the repository and are not part of it.

`PLAYGROUND_RECORDINGS` names another place. Where they are missing, their tests are skipped.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(
    os.environ.get("PLAYGROUND_RECORDINGS", Path(__file__).parents[2] / "shared" / "recordings")
)
FOLDERS = {"openai": "openai", "anthropic": "anthropic", "google": "gemini"}

needs_recordings = pytest.mark.skipif(
    not ROOT.is_dir(), reason=f"no recorded exchanges in {ROOT} (PLAYGROUND_RECORDINGS)"
)


@dataclass(frozen=True)
class Tally:
    """What became of the exchanges of one dialect."""

    passed: int
    on_purpose: int
    failed: int


tallies: dict[str, Tally] = {}
"""By dialect, for the table at the end of the run."""


def table() -> list[str]:
    rows = [("dialect", "passed", "differing on purpose", "failed")]
    for dialect, tally in tallies.items():
        rows.append((dialect, str(tally.passed), str(tally.on_purpose), str(tally.failed)))
    return [f"{a:<12}{b:>8}{c:>24}{d:>10}" for a, b, c, d in rows]


@dataclass(frozen=True)
class Recording:
    folder: Path
    meta: dict[str, Any]

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def body(self) -> bytes:
        return (self.folder / self.meta["body_file"]).read_bytes()

    @property
    def status(self) -> int:
        return int(self.meta["status"])

    @property
    def content_type(self) -> str:
        return self.meta["content_type"] or ""

    @property
    def headers(self) -> dict[str, str]:
        return {k.lower(): v for k, v in self.meta["response_headers"].items()}

    @property
    def request(self) -> Any:
        return json.loads((self.folder / "request.json").read_bytes())

    @property
    def expected(self) -> dict[str, Any]:
        """Without how it was derived, and without the readings that would do as well."""
        expected = json.loads((self.folder / "expected.json").read_bytes())
        del expected["derived_by"]
        expected.pop("usage_alternatives", None)
        return dict(expected)

    @property
    def usages(self) -> list[Any]:
        """Every reading of the usage that is right: some providers contradict themselves."""
        expected = json.loads((self.folder / "expected.json").read_bytes())
        return [expected["usage"], *expected.get("usage_alternatives", [])]


def recordings(dialect: str) -> Iterator[Recording]:
    for kind in ("recorded", "authored"):
        for file in sorted((ROOT / kind / FOLDERS[dialect]).glob("*/meta.json")):
            yield Recording(file.parent, json.loads(file.read_bytes()))
