"""What the playground adds between a provider and a page, against a direct connection.

    python -m benchmarks.relay [--most 160]

Prints, from one run: added time to the first token; added age of tokens on arrival at 50 tokens/s;
CPU per million tokens, paced and in a burst; how many streams of 50 tokens/s one process carries
before the 95th percentile of the age passes 50 ms; memory per idle and per streaming socket.

Provider, server and readers share the machine, so the number of streams is a lower bound.
"""

from __future__ import annotations

import argparse
import asyncio
from itertools import chain

import httpx

from benchmarks.parts.reader import Reading, Seat, all_of, percentile, read_directly
from benchmarks.parts.stage import cookies, cpu_seconds, memory_kib, metronome, playground

PACED, LONG, BURST = "250@50", "500@50", "20000@0"
ROUNDS = 9
IDLE_SOCKETS = 200
LIMIT_MS = 50
SEATS_PER_PERSON = 4


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--most", type=int, default=160, help="streams to go up to")
    most = arguments.parse_args().most
    with metronome() as provider_url, playground(provider_url, [PACED, LONG, BURST]) as server:
        people = cookies(server, max(most // SEATS_PER_PERSON, IDLE_SOCKETS // 20) + 1)
        asyncio.run(measure(provider_url, server.url, server.pid, people=people, most=most))


async def measure(provider_url: str, url: str, pid: int, *, people: list[str], most: int) -> None:
    seats = [Seat(url, people[n // SEATS_PER_PERSON], n) for n in range(most)]
    await seats[0].open()
    await seats[0].read(f"metronome/{PACED}")  # everything has been imported once
    await latency(provider_url, seats[0])
    await burst(pid, seats[0])
    await memory(url, pid, people)
    await capacity(pid, seats)


async def latency(provider_url: str, seat: Seat) -> None:
    """In turns, so that a drift of the machine meets both."""
    direct: list[Reading] = []
    relayed: list[Reading] = []
    async with httpx.AsyncClient(trust_env=False) as client:
        await read_directly(client, provider_url, "1@0")
        for _ in range(ROUNDS):
            direct.append(await read_directly(client, provider_url, PACED))
            relayed.append(await seat.read(f"metronome/{PACED}"))
    first = [percentile([r.first for r in readings], 0.5) for readings in (direct, relayed)]
    say("time to first token, median", first[0], first[1])
    for share in (0.5, 0.95):
        ages = [
            percentile(chain.from_iterable(r.ages for r in readings), share)
            for readings in (direct, relayed)
        ]
        say(f"age of a token on arrival, p{share * 100:.0f}", ages[0], ages[1])


def say(name: str, direct: float, relayed: float) -> None:
    added = (relayed - direct) * 1000
    print(
        f"{name}: direct {direct * 1000:.2f} ms, relayed {relayed * 1000:.2f} ms, +{added:.2f} ms"
    )


async def burst(pid: int, seat: Seat) -> None:
    before = cpu_seconds(pid)
    reading = await seat.read(f"metronome/{BURST}")
    cpu = cpu_seconds(pid) - before
    print(f"burst: {cpu / len(reading.ages) * 1e6:.1f} CPU s per million tokens")


async def memory(url: str, pid: int, people: list[str]) -> None:
    before = memory_kib(pid)
    idle = [Seat(url, people[n // 19], 1000 + n) for n in range(IDLE_SOCKETS)]
    for seat in idle:
        await seat.open()
    await asyncio.sleep(1)
    print(f"memory: {(memory_kib(pid) - before) / IDLE_SOCKETS:.1f} KiB per idle socket")
    for seat in idle:
        await seat.close()


async def capacity(pid: int, seats: list[Seat]) -> None:
    carried = 0
    opened = 1
    count = 10
    while count <= len(seats):
        for seat in seats[opened:count]:
            await seat.open()
        opened = max(opened, count)
        cpu, rss = cpu_seconds(pid), memory_kib(pid)
        reading = asyncio.create_task(all_of(seats[:count], f"metronome/{LONG}"))
        await asyncio.sleep(5)
        grown = memory_kib(pid) - rss
        readings = await reading
        cpu = cpu_seconds(pid) - cpu
        ages = list(chain.from_iterable(r.ages for r in readings))
        p95 = percentile(ages, 0.95) * 1000
        print(
            f"{count} streams of 50 tokens/s: p50 {percentile(ages, 0.5) * 1000:.1f} ms, "
            f"p95 {p95:.1f} ms, {cpu / len(ages) * 1e6:.0f} CPU s per million tokens, "
            f"{grown / count:.0f} KiB more per streaming socket"
        )
        if p95 > LIMIT_MS:
            break
        carried = count
        count *= 2
    print(f"carried below {LIMIT_MS} ms: {carried} streams of 50 tokens/s on one process")


if __name__ == "__main__":
    main()
