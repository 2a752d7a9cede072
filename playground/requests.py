"""One HTTP request as the server takes it in: its size, its address, its reader's patience.

The one rule: what is too large is refused before it is read, and no more of an answer is made than
is read. Import it only after the event loop's policy is set (see `server`).
"""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import Any, BinaryIO

from daphne.http_protocol import WebRequest
from django.conf import settings
from django.http import parse_cookie
from twisted.internet import reactor

from chat.uploads import tickets
from playground import programs
from playground.origins import is_ours

KEY_MARK = b"pg-"
UNREADABLE = "This is no HTTP request, or its head is too long or contradicts."
LINGER_SECONDS = 3.0
"""How long a refused sender is listened to, so that it reads the answer and not a reset."""


class Request(WebRequest):
    is_refused, received, body_limit = False, 0, 0

    has_room: asyncio.Event | None = None
    """Of an answer that is sent in pieces: whether the socket takes more."""

    def gotLength(self, length: int | None) -> None:
        self.body_limit = self.allowed_length()
        super().gotLength(length if length is None else min(length, self.body_limit))
        # Twisted puts what is large into a file. Somebody may have been promised that it is not
        # written down, and the application reads all of it into memory in any case.
        self.content: BinaryIO = BytesIO()
        if length is not None and length > self.body_limit:
            self.refuse()

    def allowed_length(self) -> int:
        limits = self.server.limits
        if self.has_key():
            return int(limits.api_body)
        return int(limits.http_upload if self.may_upload() else limits.http_body)

    def has_key(self) -> bool:
        """Whether a program brings what looks like a key of ours; the API looks it up."""
        if not self.channel._path.startswith(b"/api/"):
            return False
        names = (b"Authorization", b"x-api-key", b"x-goog-api-key")
        found = (value for name in names for value in self.requestHeaders.getRawHeaders(name, []))
        return any(KEY_MARK in value for value in found)

    def may_upload(self) -> bool:
        """Whether it brings a file from somebody whom we let in. Nothing is asked of the database:
        the ticket is made for the session whose cookie comes with it."""
        path = self.channel._path.partition(b"?")[0].decode("latin-1")
        if path != tickets.PATH:
            return False
        given = self.requestHeaders.getRawHeaders(tickets.HEADER, [""])[0]
        cookies = parse_cookie("; ".join(self.requestHeaders.getRawHeaders("Cookie", [])))
        return tickets.is_good(given, cookies.get(settings.SESSION_COOKIE_NAME, ""))

    def handleContentChunk(self, data: bytes) -> None:
        if self.is_refused:
            return
        self.received += len(data)
        if self.received > self.body_limit:
            self.refuse()
        else:
            super().handleContentChunk(data)

    def refuse(self) -> None:
        """Answer now, without the application and without what is still to come."""
        self.is_refused = True
        # Or the channel would go on to say "100 Continue".
        self.requestHeaders.removeHeader(b"Expect")
        headers, body = self.told(413, f"A request may carry {self.body_limit} bytes, no more.")
        transport = self.channel.transport
        transport.write(_last_words(b"413 Content Too Large", headers, body))
        transport.loseWriteConnection()
        reactor.callLater(LINGER_SECONDS, transport.abortConnection)

    def handle_reply(self, message: dict[str, Any]) -> None:
        is_first = message["type"] == "http.response.body" and self.has_room is None
        if is_first and message.get("more_body") and self.channel and not self.finished:
            self.has_room = asyncio.Event()
            self.has_room.set()
            self.registerProducer(self, True)
        super().handle_reply(message)

    async def taken(self) -> None:
        """Until the client has taken most of what was written: no more is made than is read."""
        if self.has_room is None or self.finished:
            return
        try:
            # Not `wait_for`: it loses a cancellation that comes with what it waits for.
            async with asyncio.timeout(self.server.limits.response_stalled):
                await self.has_room.wait()
        except TimeoutError:
            if self.channel:
                self.channel.transport.abortConnection()

    @property
    def is_half(self) -> bool:
        """An answer was begun and not ended."""
        return bool(self._response_started and not self.finished and self.channel)

    def pauseProducing(self) -> None:
        if self.has_room:
            self.has_room.clear()

    def resumeProducing(self) -> None:
        if self.has_room:
            self.has_room.set()

    stopProducing = resumeProducing  # noqa: N815 - Twisted's

    def finish(self) -> None:
        if self.producer:
            self.unregisterProducer()
        self.resumeProducing()
        super().finish()

    def connectionLost(self, reason: Any) -> None:
        self.resumeProducing()
        super().connectionLost(reason)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> Any:
        if self.is_refused:
            return self.channel.transport.loseConnection()
        return super().requestReceived(command, path, version)

    def process(self) -> Any:
        hosts = self.requestHeaders.getRawHeaders(b"Host", [])
        if len(hosts) > 1 or (not hosts and self.clientproto == b"HTTP/1.1"):
            return self.answer(400, "A request has one Host header.")
        if not self.uri.startswith(b"/"):
            # The absolute form is for proxies, which we are not.
            return self.answer(400, "The address does not begin with a slash.")
        is_socket = self.requestHeaders.getRawHeaders(b"Upgrade", [b""])[0].lower() == b"websocket"
        # The application would say so too; Autobahn stumbles over some of them before it can.
        if is_socket and not is_ours(self.requestHeaders.getRawHeaders(b"Origin", [])):
            return self.answer(403, "This page may not open a socket here.")
        return super().process()

    def answer(self, status: int, sentence: str) -> None:
        headers, body = self.told(status, sentence)
        self.handle_reply({"type": "http.response.start", "status": status, "headers": headers})
        self.handle_reply({"type": "http.response.body", "body": body})

    def told(self, status: int, sentence: str) -> tuple[list[tuple[bytes, bytes]], bytes]:
        """Headers and body of what we say ourselves, in the words of whoever asked."""
        address: bytes = getattr(self.channel, "_path", self.uri) or self.uri
        path = address.partition(b"?")[0].decode("latin-1")
        names = {name.lower().decode() for name, _ in self.requestHeaders.getAllRawHeaders()}
        return programs.refusal(status, sentence, path=path, headers=names)

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        if self._response_started:
            self.channel.transport.abortConnection()  # half an answer must not look whole
        else:
            self.answer(status, f"{body.rstrip('.')}.")


def refuse_unread(channel: Any) -> None:
    """Twisted's own answer to what it cannot read is a bare line; programs read bodies."""
    path = (getattr(channel, "_path", None) or b"/").partition(b"?")[0].decode("latin-1")
    headers, body = programs.refusal(400, UNREADABLE, path=path, headers=())
    channel.transport.write(_last_words(b"400 Bad Request", headers, body))
    channel.loseConnection()


def _last_words(status: bytes, headers: list[tuple[bytes, bytes]], body: bytes) -> bytes:
    lines = (b"HTTP/1.1 " + status, *map(b": ".join, headers), b"Connection: close", b"", body)
    return b"\r\n".join(lines)
