"""Turns that are running in this process, and their text so far.

The one rule: publishing is constant work and waits for nobody; what there is to see is drawn some
thirty times a second at most.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings

from chat.llm.answer import Answer
from chat.llm.events import (
    Citation,
    Event,
    MediaDelta,
    ReasoningDelta,
    RefusalDelta,
    TextDelta,
    ToolCallDelta,
    Usage,
)
from chat.models.parts import citations_to_json, part_to_json, storable
from chat.receipts import CHARACTERS_PER_TOKEN
from chat.rendering import LiveMarkdown
from chat.thread import PartView, part_blocks
from chat.watching import View, Watched

TIMELINE_PAIRS = 20_000


class LivePart:
    """One growing part of the answer. Text is Markdown; the rest is drawn anew when it changes."""

    def __init__(self, number: int, kind: str) -> None:
        self.kind = kind
        self.is_closed = False
        self.is_dirty = True
        self._markdown = LiveMarkdown() if kind in ("text", "reasoning", "refusal") else None
        self.view = PartView(number, kind, ())

    def feed(self, text: str) -> None:
        if self._markdown is not None:
            self._markdown.feed(text)
        self.is_dirty = True

    def render(self, stored: Callable[[int], dict[str, Any]]) -> None:
        """Bring `view` up to date; stays dirty where the renderer asks for a pause."""
        if self._markdown is not None:
            blocks = self._markdown.blocks()
            self.is_dirty = self._markdown.is_behind
        else:
            blocks = part_blocks(stored(self.view.number))
            self.is_dirty = False
        if blocks is not self.view.blocks:
            self.view = PartView(self.view.number, self.kind, blocks)


class LiveTurn(Watched):
    """`publish` takes events in; `follow` gives views out."""

    def __init__(
        self,
        *,
        turn_id: int,
        answer_id: int,
        conversation_id: str,
        is_kept: bool = True,
        beginning: str = "",
    ) -> None:
        super().__init__()
        self.turn_id, self.answer_id = turn_id, answer_id
        self.conversation_id = conversation_id
        self.is_kept = is_kept
        self.answer = Answer()
        self.timeline: list[list[int]] = []
        self.first_token_ms: int | None = None
        self.size = 0
        """How many events came: whether there is something new to save."""
        self.is_over = self.is_stop_requested = self.is_interrupted = False
        self.task: asyncio.Task[None] | None = None
        self._on_stop: Callable[[], object] | None = None
        self._parts: list[LivePart] = []
        self._calls: dict[int, LivePart] = {}
        self._half = ""
        self._characters = 0
        self._counted: int | None = None
        self._started = time.monotonic()
        self._flushed = float("-inf")
        self.files: dict[int, dict[str, Any]] = {}
        """Parts that are files, in the form in which they are stored."""
        if beginning:
            self._begin(beginning)

    @property
    def elapsed_ms(self) -> int:
        return int((time.monotonic() - self._started) * 1000)

    def publish(self, event: Event) -> None:
        """Constant work, whatever the length so far. Events of other choices are not shown."""
        is_visible = True
        match event:
            case Usage():
                self._counted = event.output_tokens
                is_visible = False
            case TextDelta(text=text, choice=0):
                text = self._whole(text)
                event = TextDelta(text)
                self._grow("text", text)
            case ReasoningDelta(text=text, choice=0):
                text = self._whole(text)
                event = ReasoningDelta(text, event.signature, event.encrypted)
                if text or event.signature or event.encrypted:
                    self._grow("reasoning", text)
                if event.signature or event.encrypted:
                    self._parts[-1].is_closed = True
            case RefusalDelta(text=text, choice=0):
                self._grow("refusal", storable(text))
            case ToolCallDelta(index=index, choice=0):
                if index not in self._calls:
                    self._calls[index] = self._append("tool_call")
                self._calls[index].is_dirty = True
                self._count(len(event.arguments))
            case MediaDelta(choice=0, media_type=media_type):
                is_more = media_type.startswith("audio/") and self._ends_with("media")
                self._count(0)
                if not is_more:
                    self._append("media")
            case Citation():
                self._count(0)
            case _:
                is_visible = False
        self.answer.add(event)
        self.size += 1
        if is_visible:
            self._flush_soon()

    def stored_parts(self) -> list[dict[str, Any]]:
        parts = enumerate(self.answer.parts)
        stored = [self.files.get(number) or part_to_json(part) for number, part in parts]
        return stored + citations_to_json(self.answer.citations)

    def stored_part(self, number: int) -> dict[str, Any]:
        return self.files.get(number) or part_to_json(self.answer.parts[number])

    def show_file(self, number: int, part: dict[str, Any]) -> None:
        """This part lies on the disk now."""
        self.files[number] = part
        self.size += 1
        if number < len(self._parts):
            self._parts[number].is_dirty = True
            self._flush_soon()

    def on_stop(self, cancel: Callable[[], object]) -> None:
        """What to call, once, when somebody stops the turn; at once if somebody already did."""
        self._on_stop = cancel
        if self.is_stop_requested:
            cancel()

    def stop(self) -> None:
        """Stop it, before the first byte too. Again is nothing: a stream is cancelled once."""
        if self.is_stop_requested or self.is_over:
            return
        self.is_stop_requested = True
        if self._on_stop is not None:
            self._on_stop()

    def interrupt(self) -> None:
        """End it because the server ends: not what anybody asked for, and told apart."""
        if not self.is_over:
            self.is_interrupted = True
            self.stop()

    def flush(self) -> None:
        """Make what arrived visible to every watcher."""
        for part in self._parts:
            if part.is_dirty:
                part.render(self.stored_part)
        views = [part.view for part in self._parts]
        for cited in citations_to_json(self.answer.citations):
            views.append(PartView(len(views), "citations", part_blocks(cited)))
        self._show(tuple(views))
        if any(part.is_dirty for part in self._parts):
            _ticker.add(self)

    def finish(self, parts: tuple[PartView, ...]) -> None:
        """Show the answer as it is stored, and let the watchers go."""
        self.is_over = True
        self._show(parts)

    def _begin(self, text: str) -> None:
        """It goes on from these words: they stand there from the start, and nobody counts them as
        written now."""
        self.answer.add(TextDelta(text))
        self._append("text").feed(text)
        self.timeline.append([0, len(text)])

    def _grow(self, kind: str, text: str) -> None:
        part = self._parts[-1] if self._ends_with(kind) else self._append(kind)
        part.feed(text)
        self._count(len(text))

    def _ends_with(self, kind: str) -> bool:
        last = self._parts[-1] if self._parts else None
        return last is not None and last.kind == kind and not last.is_closed

    def _append(self, kind: str) -> LivePart:
        self._parts.append(LivePart(len(self._parts), kind))
        return self._parts[-1]

    def _whole(self, text: str) -> str:
        """The text in the form that is stored. Half of a surrogate pair waits for the other."""
        text, self._half = self._half + text, ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        return storable(text)

    def _count(self, characters: int) -> None:
        now = self.elapsed_ms
        if self.first_token_ms is None:
            self.first_token_ms = now
        self._characters += characters
        is_same_moment = bool(self.timeline) and self.timeline[-1][0] == now
        if is_same_moment or len(self.timeline) >= TIMELINE_PAIRS:
            self.timeline[-1][1] += characters
        else:
            self.timeline.append([now, characters])

    def _flush_soon(self) -> None:
        if time.monotonic() - self._flushed >= settings.LIMITS.flush_interval:
            self.flush()
        else:
            _ticker.add(self)

    def _show(self, parts: tuple[PartView, ...]) -> None:
        self._flushed = time.monotonic()
        tokens = self._counted or -(-self._characters // CHARACTERS_PER_TOKEN)
        writing_ms = self.elapsed_ms - (self.first_token_ms or 0)
        view = View(
            version=self.view.version + 1,
            parts=parts,
            first_token_ms=self.first_token_ms,
            tokens=tokens,
            tokens_per_second=round(tokens * 1000 / writing_ms, 1) if writing_ms > 250 else None,
            is_final=self.is_over,
        )
        self.show(view)


class Ticker:
    """One timer for all running turns, on one grid: a timer each costs more than what it sends."""

    def __init__(self) -> None:
        self._due: set[LiveTurn] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def add(self, turn: LiveTurn) -> None:
        loop = asyncio.get_running_loop()
        if not self._due or loop is not self._loop:
            self._loop = loop
            interval = settings.LIMITS.flush_interval
            loop.call_at((loop.time() // interval + 1) * interval, self._tick)
        self._due.add(turn)

    def _tick(self) -> None:
        due, self._due = self._due, set()
        for turn in due:
            if not turn.is_over:
                turn.flush()


_ticker = Ticker()
