"""Every recorded exchange is read as it was meant, however its bytes are split."""

from __future__ import annotations

from typing import Any
from unittest import TestCase

import pytest

from chat.llm.conclusion import conclude
from chat.llm.dialects.registry import DIALECTS
from chat.llm.types import DialectName
from tests.recordings import Recording, Tally, needs_recordings, recordings, tallies

CHUNK_SIZES = (1, 2, 3, 7)

ON_PURPOSE: dict[str, str] = {}
"""Exchanges that we read otherwise than `expected.json`, and why."""


def read(dialect: DialectName, recording: Recording, *, chunk_size: int = 0) -> dict[str, Any]:
    return conclude(
        dialect,
        recording.body,
        status=recording.status,
        content_type=recording.content_type,
        headers=recording.headers,
        chunk_size=chunk_size,
    )


def difference(recording: Recording, found: dict[str, Any]) -> dict[str, Any]:
    """What is not as expected: key → (expected, found)."""
    expected = recording.expected
    if found["usage"] in recording.usages:
        expected["usage"] = found["usage"]
    keys = expected.keys() | found.keys()
    return {
        key: (expected.get(key), found.get(key))
        for key in keys
        if expected.get(key, ...) != found.get(key, ...)
    }


@needs_recordings
class RecordingTests(TestCase):
    def test_it_concludes_what_a_correct_client_must_conclude(self) -> None:
        failures = []
        for dialect in DIALECTS:
            differences = {r.name: difference(r, read(dialect, r)) for r in recordings(dialect)}
            differing = {name for name, found in differences.items() if found}
            failed = differing - ON_PURPOSE.keys()
            tallies[dialect] = Tally(
                len(differences) - len(differing), len(differing - failed), len(failed)
            )
            failures += [f"{dialect}/{name}: {differences[name]}" for name in sorted(failed)]
        self.assertEqual(failures, [])

    def test_it_differs_on_purpose_only_where_it_says_so(self) -> None:
        differing = {
            r.name
            for dialect in DIALECTS
            for r in recordings(dialect)
            if difference(r, read(dialect, r))
        }
        self.assertEqual(differing, set(ON_PURPOSE))

    def test_it_reads_the_same_however_the_bytes_are_split(self) -> None:
        for dialect in DIALECTS:
            for recording in recordings(dialect):
                whole = read(dialect, recording)
                for size in CHUNK_SIZES:
                    with self.subTest(dialect=dialect, name=recording.name, size=size):
                        self.assertEqual(read(dialect, recording, chunk_size=size), whole)


@needs_recordings
@pytest.mark.parametrize("dialect", list(DIALECTS))
def test_there_are_recordings_of_every_dialect(dialect: DialectName) -> None:
    assert len(list(recordings(dialect))) > 50
