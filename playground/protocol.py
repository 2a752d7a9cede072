"""Daphne, with what it lacks: requests with limits (`requests`), and an end that takes its time.

The one rule: whoever is connected is told that the server ends, and nobody new is let in. Import it
only after the event loop's policy is set (see `server`).
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import daphne.server
from daphne.http_protocol import HTTPFactory
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.logger import globalLogBeginner

from playground import requests
from playground.limits import Limits
from playground.requests import Request

SERVICE_RESTART = 1012
CLOSING_SECONDS = 2.0
FINISHING_SECONDS = 5.0


class Factory(HTTPFactory):
    def buildProtocol(self, address: Any) -> Any:
        channel = super().buildProtocol(address)
        channel.requestFactory = Request
        inner = channel._channel
        inner._respondToBadRequestAndDisconnect = partial(requests.refuse_unread, inner)
        return channel


class Socket(WebSocketProtocol):
    def serverSend(self, content: Any, binary: bool = False) -> None:
        """Nothing more goes to who was told to leave, and that is no error."""
        if self.state == self.STATE_OPEN:
            super().serverSend(content, binary)

    def serverClose(self, code: int | None = None) -> None:
        """Autobahn's `sendClose` refuses the codes that are a server's to send, such as 1012."""
        self.sendCloseFrame(code=1000 if code is None else code, isReply=False)


class Server(daphne.server.Server):
    """`listener` is a socket that listens already. `on_start` runs inside the loop, and `on_end`
    when `end()` was called and nobody is let in any more, before sockets are closed."""

    def __init__(
        self,
        application: Any,
        listener: socket.socket,
        *,
        limits: Limits,
        on_start: Callable[[], None],
        on_end: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__(
            application,
            endpoints=["a socket of ours"],
            ping_interval=limits.socket_ping,
            websocket_timeout=limits.socket_seconds + 60,  # the consumer closes it first
            websocket_max_message_size=limits.frame_in,
            websocket_max_frame_size=limits.frame_in,
            server_name="playground",
        )
        self.listener, self.limits = listener, limits
        self.on_start, self.on_end = on_start, on_end
        self._ending: asyncio.Task[None] | None = None

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        await super().handle_reply(protocol, message)
        if isinstance(protocol, Request):
            await protocol.taken()

    def run(self) -> None:
        """Until `end()` is done."""
        self.connections: dict[Any, dict[str, Any]] = {}
        self.http_factory = Factory(self)
        self.ws_factory = WebSocketFactory(self, server=self.server_name)
        self.ws_factory.protocol = Socket
        self.ws_factory.setProtocolOptions(
            autoPingTimeout=self.ping_timeout,
            allowNullOrigin=True,  # the application decides, with 403
            openHandshakeTimeout=self.websocket_handshake_timeout,
            maxMessagePayloadSize=self.websocket_max_message_size,
            maxFramePayloadSize=self.websocket_max_frame_size,
        )
        globalLogBeginner.beginLoggingTo(
            [lambda _: None], redirectStandardIO=False, discardBuffer=True
        )
        asyncio.set_event_loop(reactor._asyncioEventloop)
        reactor.callLater(1, self.application_checker)
        reactor.callLater(2, self.timeout_checker)
        self.port = reactor.adoptStreamPort(
            self.listener.fileno(), self.listener.family, self.http_factory
        )
        self.listener.close()  # Twisted has a duplicate; with two, the port would stay open
        reactor.callWhenRunning(self.on_start)
        reactor.run(installSignalHandlers=False)

    def application_checker(self) -> None:
        """Whoever waits for the rest of an answer that nobody writes any more is told so."""
        for connection in self._open(Request):
            task = self.connections[connection].get("application_instance")
            if task is not None and task.done() and connection.is_half:
                connection.channel.transport.abortConnection()
        super().application_checker()

    @property
    def is_ending(self) -> bool:
        return self._ending is not None

    def end(self) -> None:
        """Let nobody in, let `on_end` do its work, close every socket with 1012, return."""
        if self._ending is None:
            self._ending = asyncio.ensure_future(self._end())

    async def _end(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            stopped = self.port.stopListening()
            if isinstance(stopped, Deferred):
                await stopped.asFuture(loop)
            await self.on_end()
            for connection in self._open(Socket):
                if connection.state == connection.STATE_OPEN:
                    connection.serverClose(SERVICE_RESTART)
            await self._until_gone(Socket, CLOSING_SECONDS)
            await self._until_gone(Request, FINISHING_SECONDS)
        finally:
            reactor.stop()

    def _open(self, kind: type) -> list[Any]:
        return [
            connection
            for connection, details in self.connections.items()
            if isinstance(connection, kind) and "disconnected" not in details
        ]

    async def _until_gone(self, kind: type, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not any(self._is_busy(connection) for connection in self._open(kind)):
                return
            await asyncio.sleep(0.02)

    def _is_busy(self, connection: Any) -> bool:
        task = self.connections[connection].get("application_instance")
        return isinstance(connection, Socket) or (task is not None and not task.done())

    def kill_all_applications(self) -> Any:
        """Daphne's own stumbles over a connection whose application has ended already."""
        tasks = [
            details["application_instance"]
            for details in self.connections.values()
            if "application_instance" in details and not details["application_instance"].done()
        ]
        for task in tasks:
            task.cancel()
        ended = asyncio.gather(*tasks, return_exceptions=True)
        return Deferred.fromFuture(asyncio.ensure_future(ended))
