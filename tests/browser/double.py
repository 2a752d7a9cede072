"""The provider double in a thread of its own, for tests that drive a browser and cannot await.

A test queues scripts, holds them at a `Gate`, and reads what came in. Nothing is left to time.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any, Self

from tests.provider import Provider, Received
from tests.script import Head, Send, Step, Until, answer, delta, ending, stream

START_SECONDS = 10
MODELS = ("parrot", "starling", "thrush")


class Gate:
    """A script waits at `step` until the test opens it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._event = asyncio.Event()
        self.step = Until(self._event)

    def open(self) -> None:
        self._loop.call_soon_threadsafe(self._event.set)


class Double:
    def __init__(self, provider: Provider | None = None) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="double", daemon=True)
        self._provider = provider or Provider()
        self._gates: list[Gate] = []

    def start(self) -> Self:
        self._thread.start()
        self._run(self._provider.__aenter__())
        models = {"data": [{"id": name, "object": "model"} for name in MODELS]}
        self._provider.always_at("/v1/models", *answer(models))
        return self

    def stop(self) -> None:
        self._run(self._provider.__aexit__(None, None, None))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_SECONDS)

    @property
    def base_url(self) -> str:
        return self._provider.base_url

    @property
    def requests(self) -> list[Received]:
        """Those of this test, in their order, but for the question which models there are."""
        return [request for request in self._provider.requests if request.method == "POST"]

    @property
    def bodies(self) -> list[Any]:
        return [received.json for received in self.requests]

    @property
    def open_connections(self) -> int:
        return self._provider.open_connections

    def begin(self) -> None:
        """Nothing of an earlier test is played, held or counted."""
        for gate in self._gates:
            gate.open()
        self._gates.clear()
        self._provider.requests.clear()
        self._provider.forget()

    def play(self, *steps: Step) -> None:
        self._provider.play(*steps)

    def say(self, *texts: str) -> None:
        """A well-behaved answer to the next request."""
        self.play(*stream(*texts))

    def say_in_two(self, first: str, second: str = " and the end") -> Gate:
        """The first half now, the second when the gate is opened."""
        gate = self.gate()
        self.play(Head(), Send(delta(first)), gate.step, Send(delta(second)), Send(ending()))
        return gate

    def gate(self) -> Gate:
        self._gates.append(Gate(self._loop))
        return self._gates[-1]

    def wait_for(self, condition: Callable[[], bool], *, within: float = 5.0) -> None:
        deadline = time.monotonic() + within
        while not condition():
            assert time.monotonic() < deadline, f"not within {within} s; came in: {self.bodies}"
            time.sleep(0.01)

    def wait_for_leaving(self, received: Received, *, within: float) -> None:
        self._run(received.peer_left(within=within))

    def _run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(START_SECONDS)
