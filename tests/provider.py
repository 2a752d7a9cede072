"""A provider double: a real socket on 127.0.0.1 that plays one script per request.

    from tests.provider import Provider
    from tests.script import Body, Head, Hang, Reset, Send, Sleep, failure, stream

    async with Provider() as provider:
        provider.play(*stream("Hel", "lo"))                    # the next request
        provider.play(*failure(429, retry_after=0))            # the one after it
        provider.always(*stream("Hi", "there", every=0.02))    # every request without a script
        endpoint = provider.endpoint()
        ...
        await provider.requests[-1].peer_left(within=1.0)

A script is a sequence of steps. It ends with the response in good order unless a step ended it
otherwise (`Reset`, `Cut`, `Hang`). When the peer goes, the script is dropped and the time is noted.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
import time
from collections import deque
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

from chat.llm.types import Endpoint
from tests.script import Cut, HalfClose, Hang, Head, Raw, Reset, Send, Sleep, Step, Until, stream


class Received:
    """One request as it came in, and what became of its connection."""

    def __init__(self, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        self.method, self.path, self.headers, self.body = method, path, headers, body
        self.bytes_written = 0
        """Body bytes given to the socket before the peer left."""
        self.is_finished = False
        self.left_at: float | None = None
        """`time.monotonic()` when the peer closed in the middle of the script."""
        self._left = asyncio.Event()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    async def peer_left(self, *, within: float = 1.0) -> None:
        """Fail unless the peer closes its connection in time."""
        async with asyncio.timeout(within):
            await self._left.wait()

    def note_leaving(self) -> None:
        if self.left_at is None:
            self.left_at = time.monotonic()
            self._left.set()


class Provider:
    def __init__(self) -> None:
        self.requests: list[Received] = []
        self.connections = 0
        self.open_connections = 0
        self._scripts: deque[tuple[Step, ...]] = deque()
        self._by_path: dict[str, tuple[Step, ...]] = {}
        self._default: tuple[Step, ...] = tuple(stream("Hello"))
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**20)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def endpoint(self, **fields: Any) -> Endpoint:
        """An endpoint that leads here. Loopback is allowed unless `fields` say otherwise."""
        defaults: dict[str, Any] = {
            "name": "double",
            "label": "Double",
            "base_url": self.base_url,
            "api_key": "sk-canary-0123456789",
            "is_private_allowed": True,
        }
        return Endpoint(**(defaults | fields))

    def play(self, *steps: Step) -> None:
        self._scripts.append(steps)

    def forget(self) -> None:
        """Drop what was queued and not yet asked for."""
        self._scripts.clear()

    def always_at(self, path: str, *steps: Step) -> None:
        """Every request to that path, which leaves what is queued alone."""
        self._by_path[path] = steps

    def always(self, *steps: Step) -> None:
        self._default = steps

    def _steps_for(self, received: Received) -> tuple[Step, ...]:
        if received.path in self._by_path:
            return self._by_path[received.path]
        return self._scripts.popleft() if self._scripts else self._default

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        self.open_connections += 1
        try:
            await self._converse(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.open_connections -= 1
            self._tasks.discard(task)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        while True:
            received = await _received(head, reader)
            self.requests.append(received)
            steps = self._steps_for(received)
            play = asyncio.create_task(_play(steps, writer, received))
            following = asyncio.create_task(reader.readuntil(b"\r\n\r\n"))
            try:
                await asyncio.wait({play, following}, return_when=asyncio.FIRST_COMPLETED)
                if not play.done():  # nobody pipelines: the peer has left
                    received.note_leaving()
                    return
                if not play.result():
                    return
                head = await following
            finally:
                for task in (play, following):
                    task.cancel()
                await asyncio.gather(play, following, return_exceptions=True)


async def _received(head: bytes, reader: asyncio.StreamReader) -> Received:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Received(method, path, headers, body)


async def _play(steps: Iterable[Step], writer: asyncio.StreamWriter, received: Received) -> bool:
    """True if the connection may carry another request."""
    head: Head | None = None
    for step in steps:
        if head is None and isinstance(step, Send):
            head = await _write_head(Head(), step, writer)
        match step:
            case Head():
                if step.is_chunked:
                    await _write_head(step, None, writer)
                head = step
            case Send():
                assert head is not None
                if not head.is_chunked:
                    await _write_head(head, step, writer)
                await _write_body(head, step, writer, received)
            case Raw():
                writer.write(step.data)
                await writer.drain()
            case Sleep():
                await asyncio.sleep(step.seconds)
            case Until():
                await step.event.wait()
            case Hang():
                await asyncio.Event().wait()
            case Cut():
                return False
            case HalfClose():
                writer.write_eof()
                await asyncio.Event().wait()
            case Reset():
                _reset(writer)
                return False
    if head is not None and head.is_chunked:
        writer.write(b"0\r\n\r\n")
        await writer.drain()
    received.is_finished = True
    return head is not None


async def _write_head(head: Head, body: Send | None, writer: asyncio.StreamWriter) -> Head:
    lines = [f"HTTP/1.1 {head.status} Double", f"Content-Type: {head.content_type}"]
    if head.is_chunked:
        lines.append("Transfer-Encoding: chunked")
    elif body is not None:
        lines.append(f"Content-Length: {len(body.data)}")
    lines += [f"{name}: {value}" for name, value in head.headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    await writer.drain()
    return head


async def _write_body(
    head: Head, step: Send, writer: asyncio.StreamWriter, received: Received
) -> None:
    size = step.size or len(step.data) or 1
    for start in range(0, len(step.data), size):
        piece = step.data[start : start + size]
        writer.write(b"%x\r\n%s\r\n" % (len(piece), piece) if head.is_chunked else piece)
        await writer.drain()
        received.bytes_written += len(piece)
        if step.every:
            await asyncio.sleep(step.every)


def _reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
