"""When each piece of an answer came, as it is played.

The one rule: the times are the recorded ones. Only silences are shortened, and by how much is
known; an answer without a recording plays evenly, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

LONGEST_SILENCE = 5_000
"""Milliseconds. Nobody watches a provider think for a minute twice."""
EVEN_STEP = 80
EVEN_CHARACTERS_PER_SECOND = 240
EVEN_LONGEST = 60_000
EVEN_WAIT = 400


@dataclass(frozen=True, slots=True)
class Beat:
    """Some characters came. Times in milliseconds since the question was sent."""

    at: int
    """As it is played."""
    real: int
    characters: int


@dataclass(frozen=True, slots=True)
class Timing:
    beats: tuple[Beat, ...]
    is_recorded: bool

    @property
    def duration_ms(self) -> int:
        return self.beats[-1].at if self.beats else 0

    @property
    def left_out_ms(self) -> int:
        """How much silence is not played."""
        return self.beats[-1].real - self.beats[-1].at if self.beats else 0


def timing(parts: Iterable[dict[str, Any]], timeline: Sequence[Sequence[int]]) -> Timing:
    """Of stored parts. `timeline` is that of their turn; empty where there was none, or where
    nobody could save it."""
    if any(characters for _, characters in timeline):
        return Timing(tuple(_recorded(timeline)), is_recorded=True)
    return Timing(tuple(_even(sum(map(written, parts)))), is_recorded=False)


def written(part: dict[str, Any]) -> int:
    """How many characters of this part a timeline counts."""
    return len(text_of(part))


def text_of(part: dict[str, Any]) -> str:
    """What of a part came piece by piece; nothing of one that came whole."""
    match part["type"]:
        case "text" | "reasoning" | "refusal":
            return str(part["text"])
        case "tool_call":
            return str(part["arguments"])
    return ""


def _recorded(timeline: Sequence[Sequence[int]]) -> Iterator[Beat]:
    """A timeline that came in a file may run backwards; it is not played that way."""
    at = real = 0
    for moment, characters in timeline:
        now = max(real, moment)
        at += min(now - real, LONGEST_SILENCE)
        real = now
        yield Beat(at, real, characters)


def _even(characters: int) -> Iterator[Beat]:
    duration = min(characters * 1000 // EVEN_CHARACTERS_PER_SECOND, EVEN_LONGEST)
    steps = max(1, duration // EVEN_STEP)
    given = 0
    for step in range(1, steps + 1):
        so_far = characters * step // steps
        at = EVEN_WAIT + duration * (step - 1) // steps
        yield Beat(at, at, so_far - given)
        given = so_far
