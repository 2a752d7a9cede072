"""A provider that does what the last message tells it, so that programs in any language, many at
once, get what they need without anybody queueing it for them."""

from __future__ import annotations

from tests.provider import Provider, Received
from tests.script import Hang, Head, Send, Step, calling, delta, failure, stream

CALL, OBJECT = "Call the tool.", "Answer with an object."
BUSY, OVERLOADED, WAIT = "Be busy.", "Be overloaded.", "Begin and wait."
RETRY_SECONDS = 60
SCRIPTS: dict[str, list[Step]] = {
    CALL: calling("weather", city="Paris"),
    OBJECT: stream('{"city": ', '"Paris"}'),
    BUSY: failure(429, retry_after=RETRY_SECONDS),
    OVERLOADED: failure(503),
    WAIT: [Head(), Send(delta("Hel")), Hang()],
}


class Obedient(Provider):
    def _steps_for(self, received: Received) -> tuple[Step, ...]:
        if received.method == "POST" and not self._scripts:
            last = str(received.json["messages"][-1]["content"])
            for words, steps in SCRIPTS.items():
                if words in last:
                    return tuple(steps)
        return super()._steps_for(received)
