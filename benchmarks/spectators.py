"""What a crowd that watches one answer costs: the server, the presenter, and itself.

    python -m benchmarks.spectators [--crowd 500] [--join 100]

Prints, from one run: the age of a token on arrival, for the presenter and for spectators, with one
spectator and with the crowd, in turns; the server's CPU per spectator and second; memory per idle
spectator; and how long so many take who come all at once in the middle.

Provider, server and crowd share the machine, so that the figures are upper bounds. Presenter and
timed spectator sit in another process than the crowd, which would hold them up.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from itertools import chain
from typing import Any

from benchmarks.parts.crowd import Spectator
from benchmarks.parts.reader import Reading, Seat, percentile
from benchmarks.parts.stage import cookies, cpu_seconds, memory_kib, metronome, playground
from tests.live_server import LiveServer

SCORE, LONG = "300@50", "1000@50"
ROUNDS = 2
SHARE = """
import json
from chat.models import Conversation, Lane, Share, User
alice = User.objects.get(username="reader0")
conversation = Conversation.objects.create(user=alice, title="Watched")
lane = Lane.objects.create(conversation=conversation)
share = Share(user=alice, conversation=conversation, lane=lane, mode="live")
share.publish(None)
print(json.dumps([str(conversation.pk), lane.pk, share.address]))
"""


class Crowd:
    """Spectators in a process of their own, while it is open."""

    def __init__(self, server: LiveServer, path: str, count: int) -> None:
        command = [sys.executable, "-m", "benchmarks.parts.crowd", server.url, path, str(count)]
        pipe = asyncio.subprocess.PIPE
        self._starting = asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)

    async def come(self) -> None:
        self._process = await self._starting
        assert self._process.stdout is not None
        await self._process.stdout.readline()

    async def go(self) -> dict[str, Any]:
        """How many frames came in all, and when the first text came to each."""
        output, _ = await self._process.communicate(b"")
        found: dict[str, Any] = json.loads(output)
        return found


class Presenter(Seat):
    """Asks in the conversation that is shared, one answer after the other."""

    conversation = ""
    lane = 0
    leaf: int | None = None

    def asking(self, model: str) -> dict[str, Any]:
        of = {"conversation": self.conversation, "lane": self.lane, "parent": self.leaf}
        return super().asking(model) | of

    def hear(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "turn.started":
            self.leaf = frame["leaf"]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--crowd", type=int, default=500)
    arguments.add_argument("--join", type=int, default=100)
    given = arguments.parse_args()
    with metronome() as provider_url, playground(provider_url, [SCORE, LONG]) as server:
        cookie = cookies(server, 1)[0]
        output = server.manage("shell", "--no-imports", "--command", SHARE)
        shared = json.loads(output.strip().splitlines()[-1])
        asyncio.run(measure(server, cookie, shared, crowd=given.crowd, join=given.join))


async def measure(
    server: LiveServer, cookie: str, shared: tuple[str, int, str], *, crowd: int, join: int
) -> None:
    presenter = Presenter(server.url, cookie, 0)
    presenter.conversation, presenter.lane, address = shared
    path = "/" + address.split("/", 3)[3] + "live/"
    await presenter.open()
    await presenter.read(f"metronome/{SCORE}")  # everything has been imported once
    await idle(server, path, crowd)  # first, because memory that was used once is kept
    costs: dict[int, float] = {0: 0.0, 1: 0.0, crowd: 0.0}
    presented: dict[int, list[Reading]] = {count: [] for count in costs}
    watched: dict[int, list[Reading]] = {1: [], crowd: []}
    for _ in range(ROUNDS):
        for count in costs:
            one, others = Spectator(server.url, path, 9000), Crowd(server, path, max(0, count - 1))
            one.is_timed = True
            await others.come()
            if count:
                await one.open()
            await asyncio.sleep(2)
            cpu, began = cpu_seconds(server.pid), time.monotonic()
            presented[count].append(await presenter.read(f"metronome/{SCORE}"))
            seconds = time.monotonic() - began
            costs[count] += (cpu_seconds(server.pid) - cpu) / seconds / ROUNDS
            if count:
                await one.close()
                watched[count].append(one.reading)
            came = await others.go()
            if count > 1:
                frames = came["frames"] / (count - 1) / seconds
                print(f"{count} spectators: {frames:.1f} frames a second for each", flush=True)
            await asyncio.sleep(1)
    for count in costs:
        say(f"presenter with {count} spectators", presented[count], costs[count])
    for count in watched:
        say(f"spectator of {count}", watched[count])
    each_cost = (costs[crowd] - costs[0]) / crowd
    print(f"CPU per spectator: {each_cost * 1000:.3f} ms a second")
    await joining(server, presenter, path, join)


def say(name: str, readings: list[Reading], cpu: float | None = None) -> None:
    ages = list(chain.from_iterable(reading.ages for reading in readings))
    p50, p95 = (percentile(ages, share) * 1000 for share in (0.5, 0.95))
    spent = "" if cpu is None else f", server at {cpu * 100:.0f} % of a core"
    print(f"{name}: age of a token p50 {p50:.1f} ms, p95 {p95:.1f} ms{spent}", flush=True)


async def idle(server: LiveServer, path: str, count: int) -> None:
    memory, cpu = memory_kib(server.pid), cpu_seconds(server.pid)
    crowd = Crowd(server, path, count)
    await crowd.come()
    opened = cpu_seconds(server.pid) - cpu
    await asyncio.sleep(1)
    cpu = cpu_seconds(server.pid)
    await asyncio.sleep(5)
    spent = (cpu_seconds(server.pid) - cpu) / 5
    grown = memory_kib(server.pid) - memory
    print(
        f"idle: {grown / count:.0f} KiB and {spent / count * 1e6:.0f} µs of CPU a second for each, "
        f"{opened / count * 1000:.1f} ms of CPU to come in",
        flush=True,
    )
    await crowd.go()


async def joining(server: LiveServer, presenter: Presenter, path: str, count: int) -> None:
    answer = asyncio.create_task(presenter.read(f"metronome/{LONG}"))
    await asyncio.sleep(5)
    late = Crowd(server, path, count)
    await late.come()
    await asyncio.sleep(5)
    waits = (await late.go())["waits"]
    print(
        f"{count} who come in the middle see the answer after p50 "
        f"{percentile(waits, 0.5) * 1000:.0f} ms, the last of {len(waits)} after "
        f"{max(waits) * 1000:.0f} ms"
    )
    reading = await answer
    print(f"meanwhile the presenter: p95 {percentile(reading.ages, 0.95) * 1000:.1f} ms")


if __name__ == "__main__":
    main()
