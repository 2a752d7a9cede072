"""One answer as a track: which patch at which moment, for a player that parses no Markdown.

The one rule: it is drawn by the renderer that drew it live, and its last state is the rendering of
the whole answer. Frames and their work are bounded; beyond that blocks appear whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chat.file_html import FILES
from chat.receipts import CHARACTERS_PER_TOKEN
from chat.rendering import LiveMarkdown, patch
from chat.replays.timings import Beat, text_of, timing
from chat.thread import PartView, part_blocks, part_views

VERSION = 1
FRAME_MS = 80
FRAMES = 3_000
WHOLE_FRAMES = 100  # once blocks appear whole
WHOLE_MS = 1_000
BYTES = 1024 * 1024  # of HTML that is provisional; what is final comes on top
WORK = 4 * 1024 * 1024  # characters of HTML drawn; about half a second
SPEED_AFTER_MS = 250


def track(
    parts: list[dict[str, Any]],
    timeline: Sequence[Sequence[int]],
    *,
    tokens: int | None = None,
    files: str = FILES,
) -> dict[str, Any]:
    """Of stored parts; `files` is where their files are to be had.

    `frames` are `[at, tokens, tokens a second, parts]`, with parts as `turn.delta` has them and
    `at` in milliseconds; `thoughts` are `[part, from, to, how long it really took]`.
    """
    times = timing(parts, timeline)
    pairs = zip(parts, part_views(parts, files=files), strict=True)  # first, for the colours
    drawing = _Drawing([_Part(*pair) for pair in pairs], tokens, has_speed=times.is_recorded)
    detailed = max(FRAME_MS, times.duration_ms // FRAMES)
    whole = max(WHOLE_MS, times.duration_ms // WHOLE_FRAMES)
    due = 0
    for beat in times.beats:
        drawing.take(beat)
        if beat.at >= due:
            drawing.show(beat)
            due = beat.at + (detailed if drawing.is_detailed else whole)
    last = times.beats[-1] if times.beats else Beat(0, 0, 0)
    drawing.finish(last)
    first = times.beats[0].real if times.is_recorded else None
    return {
        "version": VERSION,
        "duration": times.duration_ms,
        "first_token_ms": first,
        "is_recorded": times.is_recorded,
        "is_detailed": drawing.is_detailed,
        "left_out_ms": times.left_out_ms,
        "thoughts": drawing.thoughts(last),
        "frames": drawing.frames,
    }


class _Part:
    """One part while it grows."""

    def __init__(self, stored: dict[str, Any], final: PartView) -> None:
        self.final = final
        self.text = text_of(stored)
        self.given = 0
        self.begun: Beat | None = None
        self.shown: tuple[str, ...] | None = None
        self._stored = stored
        is_call = stored["type"] == "tool_call"
        # A clock that stands still: nobody waits here for a renderer to be cheap enough.
        self._markdown = None if is_call else LiveMarkdown(clock=lambda: 0.0)

    @property
    def is_whole(self) -> bool:
        return self.given >= len(self.text)

    def take(self, characters: int) -> int:
        """Grow by at most so many. Returns by how many."""
        piece = self.text[self.given : self.given + characters]
        self.given += len(piece)
        if self._markdown is not None:
            self._markdown.feed(piece)
        return len(piece)

    def blocks(self, *, is_detailed: bool) -> tuple[str, ...]:
        if self.is_whole:
            return self.final.blocks
        if not is_detailed:
            closed = self._markdown.blocks()[:-1] if self._markdown is not None else ()
            # What was half shown already stays until it is whole.
            return closed if len(closed) > len(self.shown or ()) else self.shown or ()
        if self._markdown is not None:
            return self._markdown.blocks()
        return part_blocks(self._stored | {"arguments": self.text[: self.given]})


class _Drawing:
    def __init__(self, parts: list[_Part], tokens: int | None, *, has_speed: bool) -> None:
        self.parts = parts
        self.frames: list[list[Any]] = []
        self.is_detailed = True
        self._at = 0
        self._work = self._bytes = 0
        self._given = 0
        self._first: int | None = None
        self._characters = sum(len(part.text) for part in self.parts)
        self._has_speed = has_speed
        self._tokens = tokens or -(-self._characters // CHARACTERS_PER_TOKEN)

    def take(self, beat: Beat) -> None:
        """Its characters go to the parts in their order. What came whole came with a beat of none,
        or between the words around it."""
        if self._first is None:
            self._first = beat.real
        left = beat.characters
        while self._at < len(self.parts):
            part = self.parts[self._at]
            if part.text and not left:
                return
            if not part.text and not left and beat.characters:
                return
            part.begun = part.begun or beat
            taken = part.take(left)
            left -= taken
            self._given += taken
            if not part.is_whole:
                return
            self._at += 1
            if not beat.characters:
                return

    def show(self, beat: Beat) -> None:
        """A frame of what has changed since the last one."""
        changed: list[list[Any]] = []
        for number, part in enumerate(self.parts):
            if part.begun is None or (part.shown is not None and part.shown is part.final.blocks):
                continue
            blocks = part.blocks(is_detailed=self.is_detailed)
            changes = patch(part.shown or (), blocks)
            if changes or part.shown is None:
                changed.append([number, part.final.kind, changes])
            part.shown = blocks
            self._note(blocks, changes)
        if changed:
            self.frames.append([beat.at, *self._figures(beat), changed])

    def finish(self, last: Beat) -> None:
        """The answer as it is stored, whatever the timeline knew of."""
        self._given = self._characters
        for part in self.parts:
            part.given = len(part.text)
            part.begun = part.begun or last
        self.show(last)

    def thoughts(self, last: Beat) -> list[list[int]]:
        found = []
        for number, part in enumerate(self.parts):
            if part.final.kind != "reasoning" or part.begun is None:
                continue
            later = (next.begun for next in self.parts[number + 1 :] if next.begun)
            end = next(later, last)
            real = end.real - part.begun.real
            found.append([number, part.begun.at, end.at, real])
        return found

    def _note(self, blocks: tuple[str, ...], changes: list[list[int | str]]) -> None:
        self._work += sum(len(blocks[int(number)]) for number, keep, _ in changes if keep != -1)
        self._bytes += sum(len(str(html)) for _, _, html in changes)
        if self._work > WORK or self._bytes > BYTES:
            self.is_detailed = False

    def _figures(self, beat: Beat) -> tuple[int, float | None]:
        tokens = self._tokens * self._given // max(1, self._characters)
        writing = beat.real - (self._first or 0)
        is_known = self._has_speed and writing > SPEED_AFTER_MS
        return tokens, round(tokens * 1000 / writing, 1) if is_known else None
