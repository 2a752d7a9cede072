"""Markdown while it is being written: what is closed is rendered once, the open end again.

The one rule: what is shown in the meantime may be provisional, what `finish` returns is the
rendering of the whole text.

A top-level block is final when the next one begins two lines above the line being written. That
last line lies: `***` may turn out as `***bold***`, `|---|` makes a header of the line before it,
`-` a heading of the paragraph above. What still changes after that (a reference that is defined
at the end, a list that turns loose) is corrected by `finish`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from chat.rendering import source
from chat.rendering.chrome import dressed
from chat.rendering.clean import Images, clean
from chat.rendering.content import content
from chat.rendering.document import render_blocks
from chat.rendering.fence import Fence
from chat.rendering.highlighting import highlighted_soon
from chat.rendering.markdown import parse, plain

OPEN_LIMIT = 32 * 1024  # characters of a block that is rendered again and again
COST_FACTOR = 25  # a live answer never takes more than a 26th of a core

_BLANK_LINES = re.compile(r"(?:[ \t]*\n)+")


class LiveMarkdown:
    """One part of an answer. Not for several threads; only `finish` may be called in another."""

    def __init__(
        self, images: Images | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.next_render_at = 0.0
        self._images = images
        self._clock = clock
        self._fresh: list[str] = []
        self._held = ""  # the end of what was fed, if its meaning depends on what follows
        self._text = ""
        self._start = 0  # of the first block that is not final
        self._markdown_end: int | None = None  # once it is certain
        self._fence: Fence | None = None
        self._opened: dict[str, str] = {}  # the open blocks of the last rendering, raw to HTML
        self._closed: list[str] = []
        self._uncoloured: dict[int, str] = {}  # closed blocks that wait for colours, undressed
        self._shown: tuple[str, ...] = ()

    @property
    def is_behind(self) -> bool:
        """Whether `blocks` has more to give without another `feed`: text or colours wait."""
        return bool(self._fresh or self._uncoloured)

    def feed(self, text: str) -> None:
        """Append; nothing is rendered here."""
        if text:
            self._fresh.append(text)

    def blocks(self) -> tuple[str, ...]:
        """The blocks as they stand. The same tuple if nothing changed or it is not time yet."""
        if not self.is_behind:
            return self._shown
        begun = self._clock()
        if begun < self.next_render_at:
            return self._shown
        coloured = self._colour()
        if self._fresh:
            self._take()
            opened = self._advance()
            shown = (*self._closed, *opened)
            self._shown = self._shown if shown == self._shown else shown
        elif coloured:
            self._shown = (*self._closed, *self._shown[len(self._closed) :])
        ended = self._clock()
        self.next_render_at = ended + COST_FACTOR * (ended - begun)
        return self._shown

    def finish(self) -> tuple[str, ...]:
        """`render_blocks` of the whole text. Waits for colours: call it off the event loop."""
        whole = self._text + "".join([self._held, *self._fresh])
        final = render_blocks(whole, self._images)
        before = dict(enumerate(self._shown))
        self._shown = tuple(
            before[number] if before.get(number) == block else block
            for number, block in enumerate(final)
        )
        self._fresh.clear()
        self._uncoloured.clear()
        return self._shown

    def _take(self) -> None:
        fresh = "".join([self._held, *self._fresh])
        self._fresh.clear()
        whole = len(fresh) - source.unfinished(fresh)
        self._held = fresh[whole:]
        self._text += source.normal(fresh[:whole])
        if self._markdown_end is None and len(self._text) > source.MARKDOWN_LIMIT:
            self._markdown_end = source.markdown_end(self._text)

    def _advance(self) -> list[str]:
        """Close what can be closed; the HTML of what stays open."""
        end = self._markdown_end
        if end is not None:
            return self._advance_plain(end)
        while True:
            self._skip_blank_lines()
            if self._fence is None:
                self._fence = Fence.at(self._text, self._start)
            if self._fence is None:
                opened = self._advance_parsed()
                if opened is not None:
                    return opened
                continue
            self._fence.read(self._text)
            if not self._fence.is_closed:
                return [self._fence.html(self._text)]
            self._close(self._text[self._start : self._fence.end])
            self._start = self._fence.end
            self._fence = None

    def _advance_parsed(self) -> list[str] | None:
        """As `_advance`, for a tail that the parser reads; None if a fence now begins it."""
        tail = self._text[self._start :]
        if len(tail) > OPEN_LIMIT:
            self._cut(tail)
            return None
        blocks = parse(tail)
        last = tail.count("\n")
        final = sum(block.line <= last - 2 for block in blocks[1:])
        for block in blocks[:final]:
            self._close_block(block.raw)
        if final:
            offset = 0
            for _ in range(blocks[final].line):
                offset = tail.index("\n", offset) + 1
            self._start += offset
            if Fence.at(self._text, self._start):
                return None
        last_time = self._opened
        self._opened = {
            block.raw: last_time.get(block.raw) or self._open_block(block.raw)
            for block in blocks[final:]
        }
        return [self._opened[block.raw] for block in blocks[final:]]

    def _advance_plain(self, end: int) -> list[str]:
        if self._start < end:
            self._close(self._text[self._start : end])
            self._start = end
            self._fence = None
        pieces = list(source.plain_pieces(self._text, self._start))
        for piece in pieces[:-1]:
            self._closed.append(plain(piece))
            self._start += len(piece)
        return [plain(piece) for piece in pieces[-1:]]

    def _cut(self, tail: str) -> None:
        """Close an open block that has become too dear, for now; the rest begins another."""
        end = tail.rfind("\n") + 1 or len(tail)
        self._close(tail[:end])
        self._start += end

    def _skip_blank_lines(self) -> None:
        if self._fence is None and (blank := _BLANK_LINES.match(self._text, self._start)):
            self._start = blank.end()

    def _close(self, text: str) -> None:
        for block in parse(text):
            self._close_block(block.raw)

    def _close_block(self, raw: str) -> None:
        html = clean(content(raw, self._images), self._images)
        block, complete = dressed(html, highlighted_soon)
        if not complete:
            self._uncoloured[len(self._closed)] = html
        self._closed.append(block)

    def _open_block(self, raw: str) -> str:
        return dressed(content(raw, self._images), lambda code, language: None)[0]

    def _colour(self) -> bool:
        """Put in the colours that have arrived since."""
        arrived = False
        for number, html in list(self._uncoloured.items()):
            block, complete = dressed(html, highlighted_soon)
            if complete:
                self._closed[number] = block
                del self._uncoloured[number]
                arrived = True
        return arrived
