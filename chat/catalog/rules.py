"""Which rows the panel has for a model, and why the others are missing.

The one rule: every parameter that we know is either a row or a refusal with its reason; a range
that no source states for the model is that of the API, and then the common one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from chat.catalog.entries import Api, CatalogModel, Parameter
from chat.catalog.loading import apis
from chat.catalog.parameters import NOT_EVERYWHERE, ParameterSpec, common_specs
from chat.catalog.thinking import BUDGET, budget_spec, effort_spec
from chat.llm.types import DialectName

ABSENT: dict[DialectName, frozenset[str]] = {
    "openai": frozenset(),
    "anthropic": frozenset({"frequency_penalty", "presence_penalty", "seed", "response_format"}),
    "google": frozenset(),
}
"""What a dialect has no field for, whatever the model."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A parameter that is not offered; `reason` is a sentence for a person."""

    name: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Place:
    """A model at the end of one wire. Its `home` is the API of its vendor."""

    model: CatalogModel
    dialect: DialectName
    provider: str
    version: str

    @property
    def is_home(self) -> bool:
        route = self.model.routes[0] if self.model.routes else None
        if route is None or route.provider == "openrouter":
            return False
        if not self.provider:
            return route.dialect == self.dialect
        return {"azure": "openai", "vertex": "google"}.get(self.provider, self.provider) == (
            route.provider
        )

    @property
    def api(self) -> Api | None:
        return apis().get(self.model.routes[0].provider if self.is_home else self.provider)

    @property
    def is_listed_by_openrouter(self) -> bool:
        return self.provider == "openrouter" and bool(self.model.openrouter_parameters)


def specs(
    model: CatalogModel | None,
    *,
    dialect: DialectName,
    max_output_tokens: int | None = None,
    provider: str = "",
    api_version: str = "",
) -> tuple[ParameterSpec, ...]:
    """The rows of the panel, in their order. `max_output_tokens` is what the endpoint itself says;
    `provider` a row of `chat.llm.providers`; without it the vendor's own API is meant where the
    dialect is the vendor's. A model of None gets what the dialect can say at all."""
    if model is None:
        return _unknown(dialect, max_output_tokens)
    limit = max_output_tokens or model.max_output_tokens or model.context_window
    place = Place(model, dialect, provider, api_version)
    pairs = exclusives(model)
    rows = ((spec.name, _row(place, spec)) for spec in _all(limit))
    return tuple(
        replace(row, excludes=tuple(_others(name, pairs, is_home=place.is_home)))
        for name, row in rows
        if isinstance(row, ParameterSpec)
    )


def refusals(
    model: CatalogModel | None,
    *,
    dialect: DialectName | None = None,
    provider: str = "",
    api_version: str = "",
) -> tuple[Refusal, ...]:
    """What is not offered, and why. The dialect is the vendor's own where none is given."""
    if model is None:
        return ()
    place = _home(model, provider, api_version)
    place = replace(place, dialect=dialect or place.dialect)
    found = ((spec, _row(place, spec)) for spec in _all(None))
    return tuple(Refusal(spec.name, spec.label, row) for spec, row in found if isinstance(row, str))


def exclusives(model: CatalogModel | None) -> tuple[tuple[str, str], ...]:
    """Pairs of parameters of which this model takes one at a time, at the API of its vendor. A
    model that is not listed by itself has the pairs that all listed ones of its vendor have."""
    if model is None:
        return ()
    home = _home(model)
    rows = {
        row.name: row for row in (*(home.api.parameters if home.api else ()), *model.parameters)
    }
    missing = {refused.name for refused in model.refusals}
    missing |= set() if model.thinking.efforts else {"reasoning_effort"}
    missing |= set() if model.thinking.budget else {"reasoning_budget_tokens"}
    pairs = {
        (name, other) if name < other else (other, name)
        for name, row in rows.items()
        for other in row.excludes
        if name is not None and not missing & {name, other}
    }
    return tuple(sorted(pairs))


def token_limit_field(model: CatalogModel | None, *, provider: str = "") -> str | None:
    """The wire field for the longest answer, such as "max_completion_tokens"; None: not known.

    What the vendor's API wants for this very model comes before what an API wants in general."""
    place = _home(model, provider) if model else None
    if place is None:
        api = apis().get(provider)
    else:
        row = place.model.parameter("max_output_tokens")
        if row is not None and place.is_home:
            return row.path
        api = place.api
    return api.token_limit if api else None


def _home(model: CatalogModel, provider: str = "", version: str = "") -> Place:
    route = model.route(provider) if provider else next(iter(model.routes), None)
    return Place(model, (route and route.dialect) or "openai", provider, version)


def _all(limit: int | None) -> Iterator[ParameterSpec]:
    for spec in common_specs(max_output_tokens=limit):
        yield spec
        if spec.name == "reasoning_effort":
            yield BUDGET


def _unknown(dialect: DialectName, limit: int | None) -> tuple[ParameterSpec, ...]:
    specs = common_specs(max_output_tokens=limit)
    if dialect == "openai":
        return specs
    rows = (_unknown_row(spec, dialect) for spec in specs if spec.name not in ABSENT[dialect])
    return tuple(rows)


def _unknown_row(spec: ParameterSpec, dialect: DialectName) -> ParameterSpec:
    api = apis()["anthropic" if dialect == "anthropic" else "google"]
    row = api.parameter(spec.name)
    return spec if row is None else _ranged(spec, row)


def _row(place: Place, spec: ParameterSpec) -> ParameterSpec | str:
    """The row, or the reason why there is none."""
    return _refused(place, spec.name) or _offered(place, spec)


def _others(name: str, pairs: Iterable[tuple[str, str]], *, is_home: bool) -> Iterator[str]:
    """What may not be set beside it. Who relays a request sorts out efforts by itself, and takes
    "none" for one."""
    for pair in pairs:
        if name in pair and (is_home or "reasoning_effort" not in pair):
            yield from (other for other in pair if other != name)


def _offered(place: Place, spec: ParameterSpec) -> ParameterSpec | str:
    match spec.name:
        case "extra" | "json_schema":
            return spec
        case "max_output_tokens":
            return _limit(place, spec)
        case "reasoning_effort":
            return effort_spec(place.model, spec, dialect=place.dialect, provider=place.provider)
        case "reasoning_budget_tokens":
            return budget_spec(place.model)
        case "response_format":
            return _format(place, spec)
    return _sampling(place, spec)


def _refused(place: Place, name: str) -> str:
    model, api = place.model, place.api
    for refused in model.refusals:
        if refused.name == name:
            return refused.reason
    if name == "json_schema" and model.structured_output is False:
        return "This model does not promise answers that fit a schema."
    if name in ABSENT[place.dialect] or (api and any(row.name == name for row in api.absent)):
        return "The API has no such parameter."
    for version in api.versions if api else ():
        if name in version.refuses and place.version >= version.version:
            return f"Refused since version {version.version} of the API."
    is_listable = name not in ("extra", "reasoning_budget_tokens") and not (
        name == "reasoning_effort" and model.reasoning is False
    )
    if place.is_listed_by_openrouter and is_listable and name not in model.openrouter_parameters:
        return "OpenRouter does not pass it on for this model."
    return ""


def _sampling(place: Place, spec: ParameterSpec) -> ParameterSpec | str:
    model, api = place.model, place.api
    listed = model.parameter(spec.name)
    general = api.parameter(spec.name) if api else None
    if listed is None and general is None:
        if not place.is_home or not (model.parameters or api):
            return replace(spec, default=None)
        if spec.name in model.openrouter_parameters:
            hint = f"{spec.hint} Only OpenRouter lists it for this model."
            return replace(spec, default=None, hint=hint)
        return "The sources do not list it for this model."
    row = replace(spec, hint=spec.hint.removesuffix(NOT_EVERYWHERE))
    for source in (general, listed):
        row = row if source is None else _ranged(row, source)
    if listed is not None and listed.needs_thinking_off:
        row = replace(row, hint=f"{row.hint} Only with thinking off.")
    if model.dispute(spec.name):
        row = replace(row, hint=f"{row.hint} The sources differ on whether this model takes it.")
    return row


def _ranged(spec: ParameterSpec, row: Parameter) -> ParameterSpec:
    """With the range and the default of `row`, as far as it states them. An end that it leaves open
    is open; a default that it does not state is not known."""
    default = row.default if isinstance(row.default, int | float | str) else None
    if row.minimum is None and row.maximum is None:
        return replace(spec, default=default)
    low = spec.minimum if row.minimum is None else row.minimum
    is_uneven = low is not None and spec.kind == "number" and not float(low * 20).is_integer()
    step = 0.01 if is_uneven else spec.step
    return replace(spec, minimum=low, maximum=row.maximum, step=step, default=default)


def _limit(place: Place, spec: ParameterSpec) -> ParameterSpec:
    row = place.model.parameter("max_output_tokens") if place.is_home else None
    low = row.minimum if row and row.minimum is not None else spec.minimum
    return replace(spec, minimum=low)


def _format(place: Place, spec: ParameterSpec) -> ParameterSpec | str:
    row = place.model.parameter("response_format") if place.is_home else None
    choices = row.choices if row and row.choices else spec.choices
    taken = tuple(choice for choice in choices if choice in spec.choices)
    if taken == ("text",):
        return "This model takes a schema, but no JSON without one."
    return replace(spec, choices=taken)
