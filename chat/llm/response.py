"""One HTTP response, streamed or not, as the events of its dialect. No I/O.

The one rule: the bytes decide what the response is, not the content type. Providers send JSON
errors as `text/event-stream`, blanks before JSON, arrays of chunks, and pages of HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from chat.llm import payload as json
from chat.llm import sse
from chat.llm.dialects import Dialect
from chat.llm.errors import (
    Garbled,
    Interrupted,
    ModelError,
    OutputTooLarge,
    ProviderFailed,
    WebPage,
)
from chat.llm.events import Event, Finish
from chat.llm.json_array import ArrayDecoder

DOCUMENT_LIMIT = 24 * 2**20
"""Bytes of a response that is not streamed: base64 of what we keep, and its thinking."""
ERROR_LIMIT = 256 * 2**10
"""Bytes that we read of an error."""

_BLANKS = b" \t\r\n"
_FIELDS = (b"data", b"event", b"id", b"retry", b":")

Framing = Literal["unknown", "events", "array", "document", "error"]


def unreadable(body: bytes | bytearray) -> Garbled:
    """What to call a body that is not of the dialect."""
    detail = body[:500].decode("utf-8", "replace")
    return WebPage(detail=detail) if body.lstrip()[:1] == b"<" else Garbled(detail=detail)


class ResponseDecoder:
    """Feed it the body, then close it. Nothing is raised, so nothing that was said before a failure
    is lost: look at `failure` after `close`, or sooner to give up early."""

    def __init__(
        self,
        dialect: Dialect,
        *,
        status: int = 200,
        content_type: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.failure: ModelError | None = None
        self.is_done = False
        """`[DONE]` was seen: nothing can follow."""
        self._dialect = dialect
        self._status = status
        self._content_type = content_type
        self._headers = headers or {}
        self._decoder = dialect.decoder()
        self._framing: Framing = "unknown" if 200 <= status < 300 else "error"
        self._body = bytearray()
        self._sse = sse.Decoder()
        self._array = ArrayDecoder()
        self._lost = 0
        """Chunks that were JSON once and can no longer be read."""
        self._is_whole = False

    @property
    def is_complete(self) -> bool:
        """A terminal marker was seen: `[DONE]`, a finish reason, `message_stop`."""
        return self.is_done or self._decoder.is_complete

    @property
    def is_streamed(self) -> bool:
        return self._framing in ("events", "array")

    @property
    def is_array(self) -> bool:
        """An array of chunks; Google wraps the errors of such a stream in one too."""
        return self._framing == "array" or self._body.lstrip(_BLANKS).startswith(b"[")

    @property
    def counts(self) -> dict[str, int | bool]:
        """Of a stream: events and comments, and whether there was a done marker."""
        counts: dict[str, int | bool] = {
            "events": self._sse.events,
            "comments": self._sse.comments,
        }
        return counts | ({"done_marker": True} if self.is_done else {})

    def feed(self, chunk: bytes) -> list[Event]:
        events: list[Event] = []
        try:
            self._feed(chunk, events)
        except ModelError as error:
            self._fail(error)
        return events

    def close(self) -> list[Event]:
        """What is still owed. Then `failure` is None only if the answer is whole."""
        events: list[Event] = []
        try:
            self._close(events)
        except ModelError as error:
            self._fail(error)
        return events

    def _feed(self, chunk: bytes, events: list[Event]) -> None:
        match self._framing:
            case "events":
                self._read_events(self._sse.feed(chunk), events)
            case "array":
                for element in self._array.feed(chunk):
                    self._read(element, None, events)
            case "document":
                self._body += chunk
                if len(self._body) > DOCUMENT_LIMIT:
                    self._body.clear()
                    raise OutputTooLarge(detail=f"a body of more than {DOCUMENT_LIMIT} bytes")
            case "error":
                self._body += chunk[: max(0, ERROR_LIMIT - len(self._body))]
            case "unknown":
                self._detect(chunk, events)

    def _detect(self, chunk: bytes, events: list[Event]) -> None:
        self._body += chunk
        body = bytes(self._body.removeprefix(b"\xef\xbb\xbf").lstrip(_BLANKS))
        if not body or body in (b"\xef", b"\xef\xbb"):
            # Blanks keep a slow connection alive; they need not be kept.
            self._body[:] = body
            return
        framing = self._framing_of(body)
        if framing == "unknown":
            return
        self._framing = framing
        self._body.clear()
        self._feed(body, events)

    def _framing_of(self, body: bytes) -> Framing:
        if body[:1] == b"{":
            return "document"
        if body[:1] == b"[":
            return "array"
        if body.startswith(_FIELDS) or "event-stream" in self._content_type:
            return "events" if body[:1] != b"<" else "document"
        is_short = any(field.startswith(body) for field in _FIELDS)
        return "unknown" if is_short else "document"

    def _read_events(self, incoming: Iterable[sse.ServerEvent], events: list[Event]) -> None:
        for event in incoming:
            if event.data == b"[DONE]":
                self.is_done = True
            elif event.data:
                self._read(event.data, event.name, events)

    def _read(self, data: bytes, name: str | None, events: list[Event]) -> None:
        try:
            payload = json.decode(data)
        except ValueError:
            if name == "error":
                self._fail(ProviderFailed(detail=data.decode("utf-8", "replace")))
            elif data[:1] in (b"{", b"["):
                self._lost += 1
            return
        try:
            for event in self._decoder.decode(payload, name):
                events.append(event)
        except ModelError as error:
            self._fail(error)

    def _close(self, events: list[Event]) -> None:
        if self._framing == "error":
            raise self._dialect.decode_error(self._status, self._headers, self._error_body())
        lost = self._lost
        if self._framing == "events":
            self._read_events(self._sse.close(), events)
            if self._sse.stray:
                self._read(bytes(self._sse.stray), "stray", events)
        elif self._framing in ("document", "unknown") and self._body:
            self._is_whole = True
            self._read(bytes(self._body), None, events)
            says_nothing = not events and self.failure is None
            if self._lost or self._body[:1] != b"{" or says_nothing:
                raise unreadable(self._body)
        for event in self._decoder.close():
            events.append(event)
        if not self._is_whole and not self.is_complete:
            raise Interrupted()
        if lost:
            raise Garbled("Part of the answer could not be read.", detail=f"{lost} chunks lost")
        if self._is_whole or self.is_done:
            self._owe_finish(events)

    def _owe_finish(self, events: list[Event]) -> None:
        """Ended in good order, but without a reason."""
        if self.failure is None and not self._decoder.is_complete:
            events.append(Finish(None))

    def _error_body(self) -> bytes:
        """An error may be framed as an event although its status says enough."""
        body = bytes(self._body).lstrip(b"\xef\xbb\xbf" + _BLANKS)
        if not body.startswith((b"data:", b"event:")):
            return bytes(self._body)
        decoder = sse.Decoder()
        events = decoder.feed(body) + decoder.close()
        return next((event.data for event in events if event.data), body)

    def _fail(self, error: ModelError) -> None:
        """The first failure counts; what follows it is mostly its consequence."""
        if self.failure is None:
            error.is_mid_stream = self.is_streamed
            self.failure = error
