"""What each endpoint said when it was last asked for its models.

The one rule: a snapshot for each process. Reading it never waits for a provider, but for a moment
the first time; asking runs in a thread of its own, which touches no database.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from chat.llm.client import Client, Deadlines
from chat.llm.errors import ModelError
from chat.llm.types import Endpoint, ModelInfo

FRESH_SECONDS = 300
FIRST_WAIT_SECONDS = 2.0
DEADLINES = Deadlines(connect=5, first_byte=10, total=20)


@dataclass(slots=True)
class Discovery:
    endpoint: Endpoint
    models: tuple[ModelInfo, ...] = ()
    failure: ModelError | None = None
    checked_at: datetime | None = None
    asked_at: float = float("-inf")


@dataclass(slots=True)
class _State:
    discoveries: dict[str, Discovery] = field(default_factory=dict)
    thread: threading.Thread | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


_state = _State()


def of(endpoint: Endpoint) -> Discovery:
    """What is known; nothing yet where the endpoint was changed since it was asked."""
    found = _state.discoveries.get(endpoint.name)
    if found is None or found.endpoint != endpoint:
        found = _state.discoveries[endpoint.name] = Discovery(endpoint)
    return found


def refresh(endpoints: Sequence[Endpoint]) -> None:
    """See that those are asked again which were not for a while."""
    now = time.monotonic()
    stale = [endpoint for endpoint in endpoints if now - of(endpoint).asked_at > FRESH_SECONDS]
    if not stale:
        return
    with _state.lock:
        if _state.thread is None or not _state.thread.is_alive():
            _state.thread = threading.Thread(
                target=lambda: asyncio.run(_discover(stale)), name="discovery", daemon=True
            )
            _state.thread.start()
        thread = _state.thread
    if any(of(endpoint).asked_at == float("-inf") for endpoint in stale):
        thread.join(FIRST_WAIT_SECONDS)


def check(endpoints: Sequence[Endpoint]) -> None:
    """Ask them now and wait, at most as long as `DEADLINES` says. Not for an event loop."""
    if endpoints:
        asyncio.run(_discover(endpoints))


def forget() -> None:
    """Ask every endpoint again, at the next look."""
    _state.discoveries.clear()


async def _discover(endpoints: Sequence[Endpoint]) -> None:
    client = Client(deadlines=DEADLINES)
    try:
        await asyncio.gather(*(_ask(client, endpoint) for endpoint in endpoints))
    finally:
        await client.aclose()


async def _ask(client: Client, endpoint: Endpoint) -> None:
    discovery = of(endpoint)
    try:
        discovery.models = tuple(await client.models(endpoint))
        discovery.failure = None
    except ModelError as error:
        error.withhold(endpoint.api_key)
        # The models of an earlier, luckier time stay on offer.
        discovery.failure = error
    discovery.asked_at = time.monotonic()
    discovery.checked_at = timezone.now()
