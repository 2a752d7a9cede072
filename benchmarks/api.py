"""What our API adds between a program and a provider, against a direct connection.

    python -m benchmarks.api [--calls 200]

Prints, from one run: added latency of a short completion, one after the other; completions a second
with many at once; CPU per million streamed tokens; memory per open stream. Provider, server and
program share the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from contextlib import AsyncExitStack
from typing import Any

import httpx

from benchmarks.parts.reader import percentile
from benchmarks.parts.stage import cpu_seconds, memory_kib, metronome, playground

SHORT, BURST, OPEN = "5@0", "20000@0", "100000@1"
AT_ONCE = 16
STREAMS = 100
WARM_UP = 20


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--calls", type=int, default=200)
    calls = arguments.parse_args().calls
    with metronome() as provider_url, playground(provider_url, [SHORT, BURST, OPEN]) as server:
        server.cookie_of("program")
        key = server.manage("api_key", "program").strip().splitlines()[-1]
        asyncio.run(measure(provider_url, f"{server.url}/api/v1", key, pid=server.pid, calls=calls))


async def measure(direct: str, ours: str, key: str, *, pid: int, calls: int) -> None:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(trust_env=False, timeout=60, limits=limits) as client:
        there = Place(client, direct, "")
        here = Place(client, ours, "metronome/", key)
        await latency(there, here, calls)
        await throughput(there, here, calls)
        await burst(here, pid)
        await memory(here, pid)


class Place:
    def __init__(self, client: httpx.AsyncClient, url: str, prefix: str, key: str = "") -> None:
        self._client = client
        self._url = f"{url}/chat/completions"
        self._prefix = prefix
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    def stream(self, score: str) -> Any:
        body = {
            "model": self._prefix + score,
            "messages": [{"role": "user", "content": "Hello"}],
            "stream": True,
        }
        return self._client.stream("POST", self._url, json=body, headers=self._headers)

    async def call(self, score: str = SHORT) -> float:
        """Seconds until the whole of a short answer is here."""
        began = time.perf_counter()
        async with self.stream(score) as response:
            response.raise_for_status()
            async for _ in response.aiter_raw():
                pass
        return time.perf_counter() - began


async def latency(there: Place, here: Place, calls: int) -> None:
    """In turns, so that a drift of the machine meets both."""
    direct, relayed = [], []
    for number in range(WARM_UP + calls):
        pair = await there.call(), await here.call()
        if number >= WARM_UP:
            direct.append(pair[0])
            relayed.append(pair[1])
    for share in (0.5, 0.99):
        a, b = percentile(direct, share) * 1000, percentile(relayed, share) * 1000
        name = f"short completion, p{share * 100:.0f}"
        print(f"{name}: direct {a:.1f} ms, ours {b:.1f} ms, +{b - a:.1f} ms")


async def throughput(there: Place, here: Place, calls: int) -> None:
    for name, place in (("direct", there), ("ours", here)):
        began = time.perf_counter()
        room = asyncio.Semaphore(AT_ONCE)

        async def one(place: Place = place, room: asyncio.Semaphore = room) -> None:
            async with room:
                await place.call()

        await asyncio.gather(*(one() for _ in range(calls)))
        rate = calls / (time.perf_counter() - began)
        print(f"short completions, {AT_ONCE} at once, {name}: {rate:.0f} a second")


async def burst(here: Place, pid: int) -> None:
    before = cpu_seconds(pid)
    await here.call(BURST)
    cpu = cpu_seconds(pid) - before
    tokens = int(BURST.partition("@")[0])
    print(f"streaming: {cpu / tokens * 1e6:.1f} CPU s per million tokens")


async def memory(here: Place, pid: int) -> None:
    before = memory_kib(pid)
    async with AsyncExitStack() as stack:
        for _ in range(STREAMS):
            response = await stack.enter_async_context(here.stream(OPEN))
            response.raise_for_status()
        await asyncio.sleep(1)
        print(f"memory: {(memory_kib(pid) - before) / STREAMS:.1f} KiB per open stream")


if __name__ == "__main__":
    main()
