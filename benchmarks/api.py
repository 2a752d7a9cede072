"""What our API adds between a program and a provider, against a direct connection and the LiteLLM
proxy, in one run.

    python -m benchmarks.api [--calls 200] [--alone]

Prints added latency of a short completion, one after the other; completions a second with many at
once; streamed tokens per CPU second; memory per open stream. Provider, servers and program share
the machine, and both servers are one process. Ours keeps its ledger and a receipt of every call;
LiteLLM runs without a database. `--alone` leaves it out.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from contextlib import AsyncExitStack, ExitStack
from typing import Any

import httpx

from benchmarks.parts import litellm
from benchmarks.parts.reader import percentile
from benchmarks.parts.stage import cpu_seconds, memory_kib, metronome, playground

SHORT, BURST, OPEN = "5@0", "20000@0", "100000@1"
SCORES = [SHORT, BURST, OPEN]
AT_ONCE = 16
STREAMS = 100
WARM_UP = 20


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--calls", type=int, default=200)
    arguments.add_argument("--alone", action="store_true")
    given = arguments.parse_args()
    with ExitStack() as stack:
        provider_url = stack.enter_context(metronome())
        server = stack.enter_context(playground(provider_url, SCORES))
        server.cookie_of("program")
        key = server.manage("api_key", "program").strip().splitlines()[-1]
        places = [
            Place("direct", provider_url),
            Place("ours", f"{server.url}/api/v1", key=key, pid=server.pid),
        ]
        if not given.alone:
            other = stack.enter_context(litellm.proxy(provider_url, SCORES))
            places.append(Place("LiteLLM", other.url, key=litellm.KEY, pid=other.pid))
        load = os.getloadavg()[0]
        print(f"{os.cpu_count()} cores, load {load:.1f} before the run")
        asyncio.run(measure(places, given.calls))


async def measure(places: list[Place], calls: int) -> None:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(trust_env=False, timeout=120, limits=limits) as client:
        for place in places:
            place.client = client
        await latency(places, calls)
        # Before anything else leaves room behind that could be used again.
        for place in places[1:]:
            await memory(place)
        await throughput(places, calls)
        for place in places[1:]:
            await burst(place)


class Place:
    """Where a program may send its request; `pid` is the process that stands in between."""

    client: httpx.AsyncClient

    def __init__(self, name: str, url: str, *, key: str = "", pid: int = 0) -> None:
        self.name = name
        self.pid = pid
        self._url = f"{url}/chat/completions"
        self._prefix = "metronome/" if key else ""
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    def stream(self, score: str) -> Any:
        body = {
            "model": self._prefix + score,
            "messages": [{"role": "user", "content": "Hello"}],
            "stream": True,
        }
        return self.client.stream("POST", self._url, json=body, headers=self._headers)

    async def call(self, score: str = SHORT) -> float:
        """Seconds until the whole of a short answer is here."""
        began = time.perf_counter()
        async with self.stream(score) as response:
            response.raise_for_status()
            async for _ in response.aiter_raw():
                pass
        return time.perf_counter() - began


async def latency(places: list[Place], calls: int) -> None:
    """In turns, so that a drift of the machine meets all of them."""
    taken: dict[str, list[float]] = {place.name: [] for place in places}
    for number in range(WARM_UP + calls):
        for place in places:
            seconds = await place.call()
            if number >= WARM_UP:
                taken[place.name].append(seconds * 1000)
    direct = taken.pop("direct")
    for share in (0.5, 0.99):
        base = percentile(direct, share)
        told = [f"direct {base:.1f} ms"]
        for name, values in taken.items():
            told.append(f"{name} +{percentile(values, share) - base:.1f} ms")
        print(f"short completion, p{share * 100:.0f}: {', '.join(told)}", flush=True)


async def throughput(places: list[Place], calls: int) -> None:
    told = []
    for place in places:
        began, cpu = time.perf_counter(), cpu_seconds(place.pid) if place.pid else 0.0
        room = asyncio.Semaphore(AT_ONCE)

        async def one(place: Place = place, room: asyncio.Semaphore = room) -> None:
            async with room:
                await place.call()

        await asyncio.gather(*(one() for _ in range(calls)))
        line = f"{place.name} {calls / (time.perf_counter() - began):.0f} a second"
        if place.pid:
            line += f" ({(cpu_seconds(place.pid) - cpu) / calls * 1000:.1f} ms of CPU each)"
        told.append(line)
    print(f"short completions, {AT_ONCE} at once: {', '.join(told)}", flush=True)


async def burst(place: Place) -> None:
    before = cpu_seconds(place.pid)
    await place.call(BURST)
    tokens = int(BURST.partition("@")[0])
    speed = tokens / (cpu_seconds(place.pid) - before)
    print(f"streaming, {place.name}: {speed:,.0f} tokens per CPU second", flush=True)


async def memory(place: Place) -> None:
    before = memory_kib(place.pid)
    async with AsyncExitStack() as stack:
        for _ in range(STREAMS):
            response = await stack.enter_async_context(place.stream(OPEN))
            response.raise_for_status()
        await asyncio.sleep(1)
        used = (memory_kib(place.pid) - before) / STREAMS
    print(f"memory, {place.name}: {used:.1f} KiB per open stream", flush=True)


if __name__ == "__main__":
    main()
