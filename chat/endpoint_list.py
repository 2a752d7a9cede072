"""The endpoints as their page lists them: what is configured, and what each said when last asked.

The one rule: of a key, the last four characters; of an address, nothing that could be one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.timesince import timesince

from chat import discovery, endpoints
from chat.discovery import Discovery
from chat.llm.errors import BadRequest, Garbled, ModelError, ModelNotFound
from chat.llm.providers import PROVIDERS
from chat.llm.types import Endpoint
from chat.models import Endpoint as EndpointRow
from chat.models.endpoint import masked
from chat.secrets import Unreadable

State = Literal["good", "bad", "idle"]

UNREADABLE = "The stored key cannot be read any more: the master key has changed. Enter it again."
SHADOWED = "Not used: the environment has an endpoint by the same name."
NO_MODELS = "It answers, but names no models. Name them by hand."


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    provider_label: str
    base_url: str
    masked_key: str
    row: EndpointRow | None
    """None: from the environment."""
    discovery: Discovery | None
    """None: it cannot be asked."""
    problem: str = ""

    @property
    def address(self) -> str:
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    @property
    def is_enabled(self) -> bool:
        return self.row is None or self.row.is_enabled

    @property
    def is_asked(self) -> bool:
        return self.discovery is not None and self.discovery.checked_at is not None

    @property
    def tested(self) -> str:
        """How long ago."""
        at = self.discovery.checked_at if self.discovery else None
        if at is None:
            return "never"
        is_recent = timezone.now() - at < timedelta(minutes=1)
        return "just now" if is_recent else f"{timesince(at, depth=1)} ago"

    @property
    def has_named_models(self) -> bool:
        return self.row is not None and bool(self.row.model_ids)

    @property
    def model_count(self) -> int | None:
        """None: not known yet."""
        if self.row is not None and self.row.model_ids:
            return len(self.row.model_ids)
        return len(self.discovery.models) if self.discovery and self.is_asked else None

    @property
    def failure(self) -> str:
        """The sentence to show, if there is something wrong."""
        if self.problem or not self.is_asked or self.discovery is None:
            return self.problem
        failure = self.discovery.failure
        if failure is not None and not (self.has_named_models and _is_listless(failure)):
            return failure.message
        return "" if self.model_count else NO_MODELS

    @property
    def state(self) -> State:
        if not self.is_enabled:
            return "idle"
        if self.failure:
            return "bad"
        return "good" if self.is_asked else "idle"

    @property
    def state_text(self) -> str:
        if not self.is_enabled:
            return "Off"
        return {"good": "Answers", "bad": "Trouble", "idle": "Not asked yet"}[self.state]


def _is_listless(failure: ModelError) -> bool:
    """It answers, but keeps no list of models where others do."""
    return isinstance(failure, ModelNotFound | BadRequest | Garbled)


def lines(rows: QuerySet[EndpointRow], *, is_own: bool) -> list[Line]:
    """Those of the environment first: they come first when a model is looked for."""
    ours = () if is_own else endpoints.from_environment()
    taken = {endpoint.name for endpoint in ours}
    return [*(_from_environment(endpoint) for endpoint in ours), *_stored(rows, taken)]


def _from_environment(endpoint: Endpoint) -> Line:
    return Line(
        label=endpoint.label,
        provider_label=PROVIDERS[endpoint.provider].label,
        base_url=endpoint.base_url,
        masked_key=masked(endpoint.api_key),
        row=None,
        discovery=discovery.of(endpoint),
    )


def _stored(rows: Iterable[EndpointRow], taken: set[str]) -> Iterable[Line]:
    for row in rows:
        known, problem = None, SHADOWED if row.name in taken else ""
        try:
            known = discovery.of(row.to_llm()) if not problem else None
        except Unreadable:
            problem = UNREADABLE
        yield Line(
            label=row.label,
            provider_label=row.provider_label,
            base_url=row.base_url,
            masked_key=row.masked_key,
            row=row,
            discovery=known,
            problem=problem,
        )
