"""Two readers of the same tokens: straight from the provider, and through the playground."""

from __future__ import annotations

import asyncio
import json
import re
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx
import websockets

STAMP = re.compile(r"t(\d{6,})")


@dataclass(slots=True)
class Reading:
    """Seconds: from asking to the first token, and the age of each token on arrival."""

    first: float = 0.0
    ages: list[float] = field(default_factory=list)

    def take(self, text: str, asked_at: float) -> None:
        now = time.monotonic()
        if not self.ages:
            self.first = now - asked_at
        self.ages += [now - int(stamp) / 1e6 for stamp in STAMP.findall(text)]


async def read_directly(client: httpx.AsyncClient, base_url: str, score: str) -> Reading:
    reading = Reading()
    asked_at = time.monotonic()
    body = {"model": score, "messages": [{"role": "user", "content": "Go"}], "stream": True}
    url = f"{base_url}/chat/completions"
    async with client.stream("POST", url, json=body, timeout=60) as response:
        async for text in response.aiter_text():
            if STAMP.search(text):
                reading.take(text, asked_at)
    return reading


class Seat:
    """One browser's end: a socket that asks, reads, and acknowledges as the page does.

    The address on the loopback is its own, so that no limit per address is met.
    """

    def __init__(self, url: str, cookie: str, number: int) -> None:
        self._url, self._cookie = url, cookie
        self._source = f"127.0.{1 + number // 200}.{1 + number % 200}"

    async def open(self) -> None:
        self._socket = await websockets.connect(
            self._url.replace("http", "ws") + "/ws/",
            origin=websockets.Origin(self._url),
            additional_headers={"Cookie": self._cookie},
            local_addr=(self._source, 0),
            max_size=2**24,
            compression=None,
        )
        self._taken = 0

    async def read(self, model: str) -> Reading:
        reading = Reading()
        asked_at = time.monotonic()
        await self._socket.send(json.dumps(self.asking(model)))
        async for data in self._socket:
            self._taken += 1
            if self._taken % 8 == 0:
                await self._socket.send(json.dumps({"type": "frame.ack", "count": self._taken}))
            frame = json.loads(data)
            self.hear(frame)
            match frame["type"]:
                case "turn.snapshot" | "turn.delta":
                    reading.take(data if isinstance(data, str) else data.decode(), asked_at)
                case "turn.finished":
                    return reading
                case "turn.failed" | "error":
                    raise RuntimeError(data)
        raise RuntimeError("the socket was closed")

    def asking(self, model: str) -> dict[str, Any]:
        return {"type": "turn.start", "id": str(uuid.uuid4()), "model": model, "text": "Go"}

    def hear(self, frame: dict[str, Any]) -> None:
        """Whatever comes in."""

    async def close(self) -> None:
        await self._socket.close()


def percentile(values: Iterable[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


async def all_of(seats: list[Seat], model: str) -> list[Reading]:
    return await asyncio.gather(*(seat.read(model) for seat in seats))
