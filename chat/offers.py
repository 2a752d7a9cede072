"""A model as one endpoint offers it: what the endpoint says, and what the catalogue knows.

The one rule: what an administrator has set comes first, then what the endpoint says of itself, then
the catalogue; what nobody says is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from chat import overrides
from chat.catalog import rules
from chat.catalog.capabilities import accepts
from chat.catalog.entries import CatalogModel
from chat.catalog.parameters import ParameterSpec
from chat.catalog.prices import Price
from chat.llm.types import Endpoint, ModelInfo

# llama.cpp's own defaults as we start it.
LOCAL_DEFAULTS = {"temperature": 0.2, "top_p": 0.9, "top_k": 40}


@dataclass(frozen=True, slots=True)
class AvailableModel:
    endpoint: Endpoint
    info: ModelInfo
    catalog: CatalogModel | None = None
    """None: not in the catalogue."""
    is_local: bool = False
    is_own: bool = False
    """Offered through a key of the person's own: nobody else sees it."""
    local_description: str = ""

    @property
    def key(self) -> str:
        """Names the model on this server: `<endpoint>/<model id>`."""
        return f"{self.endpoint.name}/{self.info.id}"

    @property
    def name(self) -> str:
        return (self.catalog.name if self.catalog else self.info.name) or self.info.id

    @property
    def description(self) -> str:
        return self.catalog.description if self.catalog else self.local_description

    @property
    def endpoint_label(self) -> str:
        return self.endpoint.label

    @property
    def context_window(self) -> int | None:
        return self._limit("context_window", self.info.context_window)

    @property
    def max_output_tokens(self) -> int | None:
        return self._limit("max_output_tokens", self.info.max_output_tokens)

    def _limit(self, fact: str, told: int | None) -> int | None:
        if self.catalog is None:
            return told
        known: int | None = getattr(self.catalog, fact)
        return known if self.catalog.overridden_on(fact) else told or known

    def takes(self, media_type: str) -> bool | None:
        """Whether files of this type can be sent to it; None where nobody says."""
        if media_type.startswith("text/"):
            return True
        is_for_the_eye = media_type.startswith(("image/", "application/"))
        if self.is_local or (self.endpoint.dialect == "anthropic" and not is_for_the_eye):
            return False
        return accepts(self.catalog, media_type)

    @property
    def price(self) -> Price | None:
        """What this endpoint's provider asks, where a source says so."""
        return self.catalog.price(self.endpoint.provider) if self.catalog else None

    @property
    def input_price(self) -> float | None:
        """US dollars per million tokens, for the eye; what is charged comes from `price`."""
        return 0 if self.is_local else _dollars(self.price, "input")

    @property
    def output_price(self) -> float | None:
        return 0 if self.is_local else _dollars(self.price, "output")

    @property
    def specs(self) -> tuple[ParameterSpec, ...]:
        specs = rules.specs(
            self.catalog,
            dialect=self.endpoint.dialect,
            max_output_tokens=self.max_output_tokens or self.context_window,
            provider=self.endpoint.provider,
        )
        if not self.is_local:
            return specs
        # A model this small does not think.
        return tuple(
            replace(spec, default=LOCAL_DEFAULTS.get(spec.name, spec.default))
            for spec in specs
            if spec.name != "reasoning_effort"
        )

    @property
    def refusals(self) -> tuple[rules.Refusal, ...]:
        """The parameters that it does not take, each with the reason."""
        endpoint = self.endpoint
        return rules.refusals(self.catalog, dialect=endpoint.dialect, provider=endpoint.provider)


def offer(endpoint: Endpoint, info: ModelInfo, *, is_own: bool = False) -> AvailableModel:
    known = overrides.match(endpoint.provider, info.id, endpoint=endpoint.name)
    return AvailableModel(endpoint, info, known, is_own=is_own)


def _dollars(price: Price | None, name: str) -> float | None:
    if price is None or price.currency != "USD":
        return None
    rate = getattr(price, name)
    return None if rate is None else float(rate)
