"""A program's end of the API, through the whole ASGI application: keys, streams, hanging up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import quote, unquote


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def events(self) -> list[Any]:
        """The data of each server-sent event, decoded; `[DONE]` as it stands."""
        found = []
        for block in self.body.decode().split("\n\n"):
            for line in block.split("\n"):
                if line.startswith("data: "):
                    data = line.removeprefix("data: ")
                    found.append(data if data == "[DONE]" else json.loads(data))
        return found


@dataclass
class Program:
    key: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **headers: str) -> Reply:
        return await self.ask("GET", path, headers=headers)

    async def post(self, path: str, body: Any, **headers: str) -> Reply:
        return await self.ask("POST", path, body, headers=headers)

    async def ask(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None
    ) -> Reply:
        async with self.call(method, path, body, headers=headers) as line:
            async for _ in line:
                pass
            return line.reply

    def call(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None
    ) -> Line:
        """An open line; leaving the block early is hanging up."""
        named = {name.replace("_", "-").lower(): value for name, value in (headers or {}).items()}
        known = {"host": "127.0.0.1:8000", **self.headers}
        if self.key:
            known["authorization"] = f"Bearer {self.key}"
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        if body is not None:
            known |= {"content-type": "application/json", "content-length": str(len(raw))}
        known = {name: value for name, value in {**known, **named}.items() if value}
        return Line(method, path, raw, known)


class Line:
    def __init__(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> None:
        address, _, query = path.partition("?")
        self.reply = Reply(0, {})
        self._scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "path": unquote(address),
            "raw_path": quote(address, safe="/%:").encode(),
            "root_path": "",
            "scheme": "http",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 8000),
        }
        self._incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._incoming.put_nowait({"type": "http.request", "body": body, "more_body": False})
        self._outgoing: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        from playground.asgi import application

        self._task = asyncio.create_task(
            application(self._scope, self._incoming.get, self._outgoing.put)  # type: ignore[arg-type]
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        self.hang_up()
        assert self._task is not None
        await asyncio.wait_for(self._task, 10)

    def hang_up(self) -> None:
        self._incoming.put_nowait({"type": "http.disconnect"})

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The body, piece by piece; `reply` grows with it."""
        while True:
            message = await self._next()
            if message["type"] == "http.response.start":
                self.reply.status = message["status"]
                self.reply.headers = {
                    name.decode().lower(): value.decode() for name, value in message["headers"]
                }
                continue
            self.reply.body += message.get("body", b"")
            if message.get("body"):
                yield message["body"]
            if not message.get("more_body"):
                return

    async def _next(self) -> dict[str, Any]:
        assert self._task is not None
        waiting = asyncio.create_task(self._outgoing.get())
        await asyncio.wait({waiting, self._task}, return_when="FIRST_COMPLETED", timeout=15)
        if not waiting.done() and self._outgoing.empty():
            waiting.cancel()
            if self._task.done():
                self._task.result()
            raise AssertionError("the application has ended without an answer")
        return await waiting
