"""A fenced code block that is still being written: each finished line is escaped once.

The one rule: it is only for a fence that begins a top-level block at column 0; all others are left
to the parser.
"""

from __future__ import annotations

import re

from chat.rendering.chrome import figure
from chat.rendering.content import language
from chat.rendering.spelling import escaped

_OPENING = re.compile(r"(`{3,})([^`\n]*)\n|(~{3,})([^\n]*)\n")


class Fence:
    """Reads a text from the fence at `start` on, as far as it goes."""

    def __init__(self, opening: re.Match[str]) -> None:
        marks = opening[1] or opening[3]
        self.end = opening.end()  # behind the last whole line that was read
        self.is_closed = False
        self._language = language(opening[2] or opening[4] or "")
        self._closing = re.compile(rf" {{0,3}}{re.escape(marks[0])}{{{len(marks)},}}[ \t]*")
        self._marks = marks[0]
        self._code = ""

    @classmethod
    def at(cls, text: str, start: int) -> Fence | None:
        """The fence whose whole first line stands at `start`."""
        opening = _OPENING.match(text, start)
        return cls(opening) if opening else None

    def read(self, text: str) -> None:
        """Take in the lines that have been finished since the last time."""
        end = text.rfind("\n", self.end) + 1
        fresh = []
        while self.end < end and not self.is_closed:
            after = text.index("\n", self.end) + 1
            line = text[self.end : after]
            self.end = after
            self.is_closed = self._closing.fullmatch(line[:-1]) is not None
            if not self.is_closed:
                fresh.append(line)
        self._code += escaped("".join(fresh))

    def html(self, text: str) -> str:
        """The block as it stands, with the line that is being written."""
        line = text[self.end :]
        if not line.strip(f"{self._marks} "):
            line = ""  # most likely the beginning of the closing fence
        return figure(self._code + escaped(line), self._language)
