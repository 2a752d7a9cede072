"""Spectators of one live share, in a process of their own so that they hold nobody else up.

    python -m benchmarks.parts.crowd URL PATH COUNT

Prints `ready` when all are in. At the end of its input it prints how many frames came and how long
the first text took to reach each, counted from the first connection, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

import websockets

from benchmarks.parts.reader import STAMP, Reading

AT_ONCE = 20


class Spectator:
    """A visitor's socket that acknowledges as the page does. Its address is its own."""

    def __init__(self, url: str, path: str, number: int) -> None:
        self._url, self._origin = url.replace("http", "ws") + path, url
        self._source = f"127.1.{number // 200}.{1 + number % 200}"
        self.reading = Reading()
        self.frames = 0
        self.begun_at = 0.0
        self.is_timed = False
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self._socket = await websockets.connect(
            self._url,
            origin=websockets.Origin(self._origin),
            local_addr=(self._source, 0),
            max_size=2**24,
            compression=None,
            ping_interval=None,
        )
        self._task = asyncio.create_task(self._take())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
        await self._socket.close()

    async def _take(self) -> None:
        async for data in self._socket:
            self.frames += 1
            if self.frames % 8 == 0:
                await self._socket.send(f'{{"type":"frame.ack","count":{self.frames}}}')
            if self.begun_at and not self.is_timed:
                continue
            text = data if isinstance(data, str) else data.decode()
            if "share.path" not in text[:40] and STAMP.search(text):
                self.begun_at = self.begun_at or time.monotonic()
                self.reading.take(text, 0.0)


async def main(url: str, path: str, count: int) -> None:
    crowd = [Spectator(url, path, number) for number in range(count)]
    began = time.monotonic()
    for start in range(0, count, AT_ONCE):
        await asyncio.gather(*(each.open() for each in crowd[start : start + AT_ONCE]))
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    waits = [each.begun_at - began for each in crowd if each.begun_at]
    print(json.dumps({"frames": sum(each.frames for each in crowd), "waits": waits}), flush=True)
    await asyncio.gather(*(each.close() for each in crowd))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
