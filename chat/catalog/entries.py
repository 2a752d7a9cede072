"""A model as the catalogue knows it: facts with their sources, as values.

The one rule: None is "the sources do not say", and whoever shows it says so too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chat.catalog import facts
from chat.catalog.prices import EVERYWHERE, Price
from chat.llm.types import DialectName


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    where: str
    as_of: str
    licence: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A field that a model or an API takes. Without a `name` it is none of ours: extra JSON."""

    path: str
    source: str
    name: str | None = None
    kind: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    default: float | str | bool | None = None
    choices: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    """Which other parameters may not be set beside it."""
    needs_thinking_off: bool = False
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """Tokens that a model may spend on thinking."""

    minimum: int
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class Thinking:
    """How a model's thinking is steered, as far as the sources agree."""

    efforts: tuple[str, ...] = ()
    default: str | None = None
    budget: Budget | None = None
    can_be_off: bool | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A parameter that this model answers with an error; `reason` may be shown."""

    name: str
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class Route:
    """Who serves the model, and under which id. A dialect of None is one that we do not speak."""

    provider: str
    id: str
    dialect: DialectName | None
    listed_on: str | None = None
    gone_by: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    says: str
    source: str | None
    date: str | None


@dataclass(frozen=True, slots=True)
class Dispute:
    """A fact about which the sources differ, with what each of them says."""

    fact: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogModel:
    """The fields are those of its file, but for the vendor, whose file it is."""

    slug: str
    name: str
    family: str | None
    released_on: str | None
    """ISO, to the day or the month."""
    knowledge_cutoff: str | None
    context_window: int | None
    max_input: int | None
    max_output_tokens: int | None
    input_modalities: tuple[str, ...]
    output_modalities: tuple[str, ...]
    tools: bool | None
    structured_output: bool | None
    reasoning: bool | None
    prompt_caching: bool | None
    open_weights: bool | None
    licence: str | None
    retires_on: date | None
    routes: tuple[Route, ...]
    prices: tuple[Price, ...]
    """That of the vendor first, or of the provider that stands in for it."""
    sources: tuple[str, ...]
    is_deprecated: bool = False
    reasoning_field: str | None = None
    thinking: Thinking = Thinking()
    parameters: tuple[Parameter, ...] = ()
    openrouter_parameters: tuple[str, ...] = ()
    refusals: tuple[Refused, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    note: str | None = None
    vendor: str = ""
    vendor_name: str = ""
    own_description: str = ""
    overridden: tuple[tuple[str, str], ...] = ()
    """Facts that somebody here has set, each with the ISO date. No file has any."""

    @property
    def id(self) -> str:
        return f"{self.vendor}/{self.slug}"

    @property
    def capabilities(self) -> tuple[str, ...]:
        """What it is known to do; what is missing may be unknown."""
        known = {
            "tools": self.tools,
            "structured_output": self.structured_output,
            "reasoning": self.reasoning,
            "prompt_caching": self.prompt_caching,
        }
        return tuple(name for name, holds in known.items() if holds)

    @property
    def description(self) -> str:
        """One line, made of facts: they are either known or left out."""
        return self.own_description or facts.description(self)

    @property
    def list_price(self) -> Price | None:
        return self.prices[0] if self.prices else None

    def is_retired(self, on: date) -> bool:
        return self.retires_on is not None and self.retires_on <= on

    def parameter(self, name: str) -> Parameter | None:
        return next((row for row in self.parameters if row.name == name), None)

    def route(self, provider: str) -> Route | None:
        return next((route for route in self.routes if route.provider == provider), None)

    def price(self, provider: str) -> Price | None:
        """What this provider asks for it, if a source says so."""
        places = (provider, EVERYWHERE)
        return next((price for price in self.prices if price.provider in places), None)

    def overridden_on(self, fact: str) -> str | None:
        return dict(self.overridden).get(fact)

    def dispute(self, fact: str) -> Dispute | None:
        return next((dispute for dispute in self.disputes if dispute.fact == fact), None)


@dataclass(frozen=True, slots=True)
class Vendor:
    """Who made the models; newest or best known first."""

    slug: str
    name: str
    models: tuple[CatalogModel, ...]


@dataclass(frozen=True, slots=True)
class Absent:
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class ApiVersion:
    version: str
    refuses: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Api:
    """What an API takes, whichever model answers."""

    provider: str
    dialect: DialectName
    token_limit: str
    """The field for the longest answer."""
    parameters: tuple[Parameter, ...]
    endpoint: str | None = None
    absent: tuple[Absent, ...] = ()
    versions: tuple[ApiVersion, ...] = ()
    note: str | None = None

    def parameter(self, name: str) -> Parameter | None:
        return next((row for row in self.parameters if row.name == name), None)
