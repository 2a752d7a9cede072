"""Which endpoints there are for a person, and which models they offer.

From the environment first, then those that administrators keep in the database, then the person's
own. The one rule: somebody else's own endpoint is not there, neither in a list nor by its name.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Q

from chat import discovery
from chat.llm.dialects.registry import DIALECTS
from chat.llm.local import LocalModel
from chat.llm.providers import PROVIDERS
from chat.llm.types import Endpoint, ModelInfo
from chat.models import Endpoint as EndpointRow
from chat.models import User
from chat.offers import AvailableModel, offer
from chat.secrets import Unreadable

__all__ = ["AvailableModel"]

OPENAI_URL = "https://api.openai.com/v1"
_FIELDS = {
    *("name", "label", "provider", "dialect", "base_url", "api_key", "is_private_allowed"),
    "models",
}
_lock = threading.Lock()
_local: LocalModel | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """An endpoint in use, with the models that were named for it by hand."""

    endpoint: Endpoint
    model_ids: tuple[str, ...] = ()
    is_own: bool = False

    @property
    def models(self) -> tuple[AvailableModel, ...]:
        if self.model_ids:
            infos = tuple(ModelInfo(id=model_id) for model_id in self.model_ids)
        else:
            infos = discovery.of(self.endpoint).models
        return tuple(offer(self.endpoint, info, is_own=self.is_own) for info in infos)


def local_model() -> LocalModel | None:
    """The embedded model, started on first use; None where it is switched off."""
    global _local
    if settings.LOCAL_MODEL == "off":
        return None
    with _lock:
        if _local is None:
            path = None if settings.LOCAL_MODEL == "on" else Path(settings.LOCAL_MODEL)
            _local = LocalModel(path=path, log=Path(settings.DATA) / "local-model.log")
            _local.start()
        return _local


def stop_local_model() -> None:
    global _local
    with _lock:
        local, _local = _local, None
    if local is not None:
        local.stop()


def models(user: User | None = None) -> tuple[AvailableModel, ...]:
    """Every model that can be picked now: the embedded one first, then endpoint by endpoint."""
    return (*_local_models(), *_offered(_sources(user)))


def find(key: str, user: User | None = None) -> AvailableModel | None:
    """The model by its key, if this person may use it; without a person, if everybody may."""
    name = key.partition("/")[0]
    sources = [source for source in _sources(user) if source.endpoint.name == name]
    found = (*_local_models(), *_offered(sources))
    return next((model for model in found if model.key == key), None)


def alternatives(model: AvailableModel, user: User | None = None) -> tuple[AvailableModel, ...]:
    """The same model at other endpoints, in their order. Nobody's own key stands in for everybody's
    or the other way round: it is somebody else who pays."""
    if model.catalog is None:
        return ()
    return tuple(
        other
        for other in models(user)
        if other.catalog is not None
        and other.catalog.id == model.catalog.id
        and other.endpoint != model.endpoint
        and other.is_own == model.is_own
    )


def configured(user: User | None = None) -> tuple[Endpoint, ...]:
    """The endpoints in use, in their order; without the embedded model."""
    return tuple(source.endpoint for source in _sources(user))


def failures(user: User | None = None) -> tuple[tuple[Endpoint, str], ...]:
    """The endpoints that could not be asked for their models, each with a plain sentence. What is
    wrong with everybody's is for administrators, who can do something about it."""
    is_administrator = user is not None and user.is_staff
    return tuple(
        (source.endpoint, failure.message)
        for source in _sources(user)
        if (is_administrator or source.is_own)
        and not source.model_ids
        and (failure := discovery.of(source.endpoint).failure)
    )


def from_environment() -> tuple[Endpoint, ...]:
    return tuple(source.endpoint for source in _environment())


def _offered(sources: Sequence[Source]) -> Iterator[AvailableModel]:
    discovery.refresh([source.endpoint for source in sources if not source.model_ids])
    for source in sources:
        yield from source.models


def _sources(user: User | None) -> tuple[Source, ...]:
    """The first of a name counts."""
    found: dict[str, Source] = {}
    for source in (*_environment(), *_stored(user)):
        found.setdefault(source.endpoint.name, source)
    return tuple(found.values())


def _stored(user: User | None) -> Iterator[Source]:
    whose = Q(owner=None)
    if user is not None and settings.OWN_KEYS:
        whose |= Q(owner=user)
    # Everybody's first: NULLs sort differently from one database to the next.
    rows = EndpointRow.objects.filter(whose, is_enabled=True)
    for row in sorted(rows, key=lambda row: row.owner_id is not None):
        try:
            endpoint = row.to_llm()
        except Unreadable:
            continue
        yield Source(endpoint, tuple(row.model_ids), is_own=row.owner_id is not None)


def _environment() -> list[Source]:
    sources = [Source(_openai())] if settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL else []
    sources += [Source(_provider(name, row)) for name, row in settings.PROVIDER_KEYS.items()]
    try:
        for row in settings.ENDPOINTS:
            sources.append(Source(_endpoint(row), tuple(row.get("models", ()))))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ImproperlyConfigured(f"PLAYGROUND_ENDPOINTS cannot be read: {error}.") from None
    return sources


def _local_models() -> Iterator[AvailableModel]:
    local = local_model()
    if local is None or local.endpoint is None:
        return
    yield AvailableModel(
        local.endpoint, local.info, is_local=True, local_description=local.description
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


def _provider(name: str, values: dict[str, str]) -> Endpoint:
    provider = PROVIDERS[name]
    return Endpoint(
        name=name,
        label=provider.label,
        base_url=values["base_url"],
        dialect=provider.dialect,
        api_key=values["api_key"],
        provider=name,
    )


def _endpoint(row: dict[str, Any]) -> Endpoint:
    name = row["name"]
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,40}", name) or name in ("local", "openai"):
        raise ValueError(f"the name {name!r} is not a free slug")
    if unknown := set(row) - _FIELDS:
        raise ValueError(f"{name} has an unknown field {sorted(unknown)[0]!r}")
    provider = PROVIDERS.get(row.get("provider", "compatible"))
    if provider is None:
        raise ValueError(f"{name} has an unknown provider {row['provider']!r}")
    dialect = row.get("dialect", provider.dialect)
    if dialect not in DIALECTS:
        raise ValueError(f"{name} has an unknown dialect {dialect!r}")
    return Endpoint(
        name=name,
        label=row.get("label") or name,
        base_url=row.get("base_url") or provider.base_url or row["base_url"],
        dialect=dialect,
        api_key=row.get("api_key", ""),
        provider=provider.name,
        is_private_allowed=bool(row.get("is_private_allowed", False)),
    )
