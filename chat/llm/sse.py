"""Server-sent events: bytes in, events out, and back. No I/O.

Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
The one rule: lines end with CR, LF or CRLF and with nothing else. A model may well write U+2028 or
U+0085, so neither `str.splitlines` nor `httpx.aiter_lines` may touch a stream. Everything stays
bytes until a whole event is there, so a character cut in two by a packet is no case of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from chat.llm.errors import Garbled, OutputTooLarge

LINE_LIMIT = 2**20
"""Bytes of one line of text."""
MEDIA_LINE_LIMIT = 12 * 2**20
"""A streamed image is one line: room for the base64 of the largest answer that we keep."""
EVENT_LIMIT = 16 * 2**20
TOTAL_LIMIT = 512 * 2**20
"""Bytes of the whole stream. Around each token lie some 300 bytes of JSON."""
STRAY_LIMIT = 64 * 2**10

_BOM = b"\xef\xbb\xbf"
_MEDIA = re.compile(rb"base64|b64_json|inline_?data|\"audio\"", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """`data` is every data line of the event, joined by LF."""

    data: bytes
    name: str | None = None
    id: str | None = None


class Decoder:
    """Incremental. Feed any splitting of the same bytes and the same events come out."""

    def __init__(self) -> None:
        self.events = 0
        self.comments = 0
        self.stray = bytearray()
        """Lines that are no field of an event: some providers send a bare JSON error."""
        self._total = 0
        self._line = bytearray()
        """The last line, as far as it has come."""
        self._is_media_line = False
        self._head: bytes | None = b""
        """What may still become a byte order mark."""
        self._is_after_cr = False
        self._data: list[bytes] = []
        self._data_size = 0
        self._name: str | None = None
        self._id: str | None = None

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        """Raise `OutputTooLarge` beyond the total, `Garbled` beyond the limits of a line."""
        self._total += len(chunk)
        if self._total > TOTAL_LIMIT:
            raise OutputTooLarge(detail=f"stream of more than {TOTAL_LIMIT} bytes")
        if self._head is not None:
            chunk = self._without_bom(chunk)
        if self._is_after_cr and chunk:
            self._is_after_cr = False
            if chunk[0] == 0x0A:
                chunk = chunk[1:]
        if b"\r" in chunk:
            self._is_after_cr = chunk[-1] == 0x0D
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return self._split(chunk)

    def close(self) -> list[ServerEvent]:
        """The last event, which many providers do not end with a blank line."""
        events: list[ServerEvent] = []
        if self._head:
            self._line, self._head = bytearray(self._head), None
        if self._line:
            self._take(bytes(self._line), events)
            self._line.clear()
        self._dispatch(events)
        return events

    def _without_bom(self, chunk: bytes) -> bytes:
        head = (self._head or b"") + chunk
        if len(head) < len(_BOM) and _BOM.startswith(head):
            self._head = head
            return b""
        self._head = None
        return head.removeprefix(_BOM)

    def _split(self, chunk: bytes) -> list[ServerEvent]:
        events: list[ServerEvent] = []
        *ended, rest = chunk.split(b"\n")
        if ended and self._line:
            self._line += ended[0]
            ended[0] = bytes(self._line)
            self._line.clear()
            self._is_media_line = False
        for line in ended:
            self._check(line)
            self._take(line, events)
        if rest:
            self._line += rest
            self._check(self._line)
        return events

    def _check(self, line: bytes | bytearray) -> None:
        if len(line) <= LINE_LIMIT:
            return
        if not self._is_media_line:
            self._is_media_line = line is self._line and bool(_MEDIA.search(line, 0, LINE_LIMIT))
        is_media = self._is_media_line or bool(_MEDIA.search(line, 0, LINE_LIMIT))
        if len(line) > (MEDIA_LINE_LIMIT if is_media else LINE_LIMIT):
            raise Garbled(detail=f"a line of more than {LINE_LIMIT} bytes")

    def _take(self, line: bytes, events: list[ServerEvent]) -> None:
        if not line:
            self._dispatch(events)
            return
        name, colon, value = line.partition(b":")
        if value[:1] == b" ":
            value = value[1:]
        if name == b"data":
            self._data.append(value)
            self._data_size += len(value)
            if self._data_size > EVENT_LIMIT:
                raise Garbled(detail=f"an event of more than {EVENT_LIMIT} bytes")
        elif not name and colon:
            self.comments += 1
        elif name == b"event":
            self._name = value.decode("utf-8", "replace")
        elif name == b"id":
            if b"\0" not in value:
                self._id = value.decode("utf-8", "replace")
        elif name != b"retry" and len(self.stray) + len(line) < STRAY_LIMIT:
            self.stray += line + b"\n"

    def _dispatch(self, events: list[ServerEvent]) -> None:
        if self._data:
            data = self._data[0] if len(self._data) == 1 else b"\n".join(self._data)
            events.append(ServerEvent(data, self._name, self._id))
            self.events += 1
            self._data = []
            self._data_size = 0
        self._name = None


def encode(data: bytes | str, *, name: str | None = None) -> bytes:
    """One event. `data: ` is written with its space, because some clients insist on it.

    CR and LF may only stand in `data` as line ends; JSON has none of them.
    """
    raw = data.encode() if isinstance(data, str) else data
    lines = re.split(rb"\r\n|\r|\n", raw)
    head = b"" if name is None else b"event: " + name.encode() + b"\n"
    return head + b"".join(b"data: " + line + b"\n" for line in lines) + b"\n"


def encode_comment(text: str = "") -> bytes:
    """Keeps a connection alive without saying anything."""
    return b": " + text.encode().replace(b"\n", b" ").replace(b"\r", b" ") + b"\n\n"
