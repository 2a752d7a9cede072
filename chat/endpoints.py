"""Which endpoints are configured, and which models they offer.

A snapshot for each process: reading it never waits for a provider, except for a moment the first
time. Discovery runs in a thread of its own and replaces the snapshot when it is done.
"""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from chat.catalog.parameters import ParameterSpec, common_specs
from chat.llm.client import Client, Deadlines
from chat.llm.errors import ModelError
from chat.llm.local import LocalModel
from chat.llm.types import Endpoint, ModelInfo

FRESH_SECONDS = 300
FIRST_WAIT_SECONDS = 2.0
OPENAI_URL = "https://api.openai.com/v1"


@dataclass(frozen=True, slots=True)
class AvailableModel:
    """A model as one endpoint offers it. Prices in US dollars per million tokens, None: unknown."""

    endpoint: Endpoint
    info: ModelInfo
    description: str = ""
    input_price: float | None = None
    output_price: float | None = None
    is_local: bool = False

    @property
    def key(self) -> str:
        """Names the model on this server: `<endpoint>/<model id>`."""
        return f"{self.endpoint.name}/{self.info.id}"

    @property
    def name(self) -> str:
        return self.info.name or self.info.id

    @property
    def endpoint_label(self) -> str:
        return self.endpoint.label

    @property
    def context_window(self) -> int | None:
        return self.info.context_window

    @property
    def specs(self) -> tuple[ParameterSpec, ...]:
        limit = self.info.max_output_tokens or self.info.context_window
        specs = common_specs(max_output_tokens=limit)
        if not self.is_local:
            return specs
        # llama.cpp's own defaults as we start it; a model this small does not think.
        defaults = {"temperature": 0.2, "top_p": 0.9, "top_k": 40}
        return tuple(
            replace(spec, default=defaults.get(spec.name, spec.default))
            for spec in specs
            if spec.name != "reasoning_effort"
        )


@dataclass(slots=True)
class Discovery:
    """What one endpoint said when it was last asked."""

    models: tuple[ModelInfo, ...] = ()
    failure: str | None = None
    asked_at: float = float("-inf")


@dataclass(slots=True)
class _State:
    discoveries: dict[str, Discovery] = field(default_factory=dict)
    thread: threading.Thread | None = None
    local: LocalModel | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


_state = _State()


def local_model() -> LocalModel | None:
    """The embedded model, started on first use; None where it is switched off."""
    if settings.LOCAL_MODEL == "off":
        return None
    with _state.lock:
        if _state.local is None:
            path = None if settings.LOCAL_MODEL == "on" else Path(settings.LOCAL_MODEL)
            _state.local = LocalModel(path=path, log=Path(settings.DATA) / "local-model.log")
            _state.local.start()
        return _state.local


def stop_local_model() -> None:
    with _state.lock:
        local, _state.local = _state.local, None
    if local is not None:
        local.stop()


def configured() -> tuple[Endpoint, ...]:
    """The endpoints that the settings name, in their order; without the embedded model."""
    endpoints = [_openai()] if settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL else []
    try:
        endpoints += [_endpoint(row) for row in settings.ENDPOINTS]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ImproperlyConfigured(f"PLAYGROUND_ENDPOINTS cannot be read: {error}.") from None
    return tuple(endpoints)


def models() -> tuple[AvailableModel, ...]:
    """Every model that can be picked now: the embedded one first, then endpoint by endpoint."""
    found = list(_local_models())
    _refresh_if_stale()
    for endpoint in configured():
        found += [AvailableModel(endpoint, info) for info in _offer(endpoint)]
    return tuple(found)


def find(key: str) -> AvailableModel | None:
    return next((model for model in models() if model.key == key), None)


def failures() -> tuple[tuple[Endpoint, str], ...]:
    """The endpoints that could not be asked for their models, each with a plain sentence."""
    return tuple(
        (endpoint, discovery.failure)
        for endpoint in configured()
        if (discovery := _state.discoveries.get(endpoint.name)) and discovery.failure
    )


def forget() -> None:
    """Ask every endpoint again, at the next look."""
    _state.discoveries.clear()


def _local_models() -> Iterable[AvailableModel]:
    local = local_model()
    if local is None or local.endpoint is None:
        return
    yield AvailableModel(
        local.endpoint,
        local.info,
        description=local.description,
        input_price=0,
        output_price=0,
        is_local=True,
    )


def _openai() -> Endpoint:
    url = settings.OPENAI_BASE_URL or OPENAI_URL
    is_elsewhere = url.rstrip("/") != OPENAI_URL
    return Endpoint(
        name="openai",
        label="OpenAI-compatible" if is_elsewhere else "OpenAI",
        base_url=url,
        api_key=settings.OPENAI_API_KEY,
        provider="compatible" if is_elsewhere else "openai",
        is_private_allowed=is_elsewhere,
    )


def _endpoint(row: dict[str, Any]) -> Endpoint:
    name = row["name"]
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,40}", name) or name in ("local", "openai"):
        raise ValueError(f"the name {name!r} is not a free slug")
    known = {"name", "label", "base_url", "api_key", "is_private_allowed", "models"}
    if unknown := set(row) - known:
        raise ValueError(f"{name} has an unknown field {sorted(unknown)[0]!r}")
    return Endpoint(
        name=name,
        label=row.get("label") or name,
        base_url=row["base_url"],
        api_key=row.get("api_key", ""),
        is_private_allowed=bool(row.get("is_private_allowed", False)),
    )


def _offer(endpoint: Endpoint) -> tuple[ModelInfo, ...]:
    """The models that the settings name for the endpoint, else those that it named itself."""
    if named := _named(endpoint):
        return tuple(ModelInfo(id=model_id) for model_id in named)
    return _discovery(endpoint).models


def _named(endpoint: Endpoint) -> tuple[str, ...]:
    rows = (row for row in settings.ENDPOINTS if row["name"] == endpoint.name)
    return tuple(next((row.get("models", ()) for row in rows), ()))


def _refresh_if_stale() -> None:
    now = time.monotonic()
    stale = [
        endpoint for endpoint in configured() if now - _discovery(endpoint).asked_at > FRESH_SECONDS
    ]
    if not stale:
        return
    with _state.lock:
        if _state.thread is None or not _state.thread.is_alive():
            _state.thread = threading.Thread(
                target=lambda: asyncio.run(_discover(stale)), name="discovery", daemon=True
            )
            _state.thread.start()
        thread = _state.thread
    if any(_discovery(endpoint).asked_at == float("-inf") for endpoint in stale):
        thread.join(FIRST_WAIT_SECONDS)


def _discovery(endpoint: Endpoint) -> Discovery:
    return _state.discoveries.setdefault(endpoint.name, Discovery())


async def _discover(endpoints: list[Endpoint]) -> None:
    client = Client(deadlines=Deadlines(connect=5, first_byte=10, total=20))
    try:
        await asyncio.gather(*(_ask(client, endpoint) for endpoint in endpoints))
    finally:
        await client.aclose()


async def _ask(client: Client, endpoint: Endpoint) -> None:
    discovery = _discovery(endpoint)
    try:
        discovery.models = tuple(await client.models(endpoint))
        discovery.failure = None
    except ModelError as error:
        # The models of an earlier, luckier time stay on offer.
        discovery.failure = error.message
    discovery.asked_at = time.monotonic()
