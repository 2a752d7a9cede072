"""A JSON array whose elements are read while it is still arriving. No I/O.

Gemini streams so unless it is asked for server-sent events. The one rule: every byte is looked at
once, however small the pieces are.
"""

from __future__ import annotations

import re

from chat.llm.errors import Garbled
from chat.llm.sse import EVENT_LIMIT

_OUTSIDE = re.compile(rb'["{}\[\]]')
_INSIDE = re.compile(rb'["\\]')
_BETWEEN = b" \t\r\n,"


class ArrayDecoder:
    """Feed it from the opening bracket on; it gives the bytes of each element of the array."""

    def __init__(self, *, limit: int = EVENT_LIMIT, is_skipping: bool = False) -> None:
        """With `is_skipping` an element beyond the limit is passed over, and stands as None in what
        `feed` gives."""
        self._limit = limit
        self._is_skipping = is_skipping
        self._is_beyond = False
        self.is_closed = False
        """The closing bracket was seen."""
        self._buffer = bytearray()
        self._position = 0
        """What lies before it has been looked at."""
        self._depth = 0
        self._is_in_string = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """Raise `Garbled` for an element beyond the limit."""
        return [element for element in self.feed_all(chunk) if element is not None]

    def feed_all(self, chunk: bytes) -> list[bytes | None]:
        elements: list[bytes | None] = []
        buffer = self._buffer
        buffer += chunk
        start = 0
        while not self.is_closed:
            found = (_INSIDE if self._is_in_string else _OUTSIDE).search(buffer, self._position)
            if found is None:
                self._position = len(buffer)
                break
            mark = buffer[found.start()]
            if mark == 0x5C:  # a backslash: it and what it escapes are passed together
                if found.end() == len(buffer):
                    self._position = found.start()
                    break
                self._position = found.end() + 1
                continue
            self._position = found.end()
            if mark == 0x22:
                self._is_in_string = not self._is_in_string
            elif mark in b"{[":
                if self._depth == 0:
                    start = found.end()
                self._depth += 1
            elif self._closes():
                self.is_closed = self._depth == 0
                end = found.start() if self.is_closed else found.end()
                element = bytes(buffer[start:end]).strip(_BETWEEN)
                if self._is_beyond:
                    elements.append(None)
                    self._is_beyond = False
                elif element:
                    elements.append(element)
                start = end
        if start:
            del buffer[:start]
            self._position -= start
        if len(buffer) > self._limit:
            if not self._is_skipping:
                raise Garbled(detail=f"an array element of more than {self._limit} bytes")
            self._is_beyond = True
            # What was looked at is not needed any more; a backslash at the end still is.
            del buffer[: self._position]
            self._position = 0
        return elements

    def _closes(self) -> bool:
        """Whether this bracket ends an element, or the array."""
        self._depth -= 1
        return self._depth <= 1
