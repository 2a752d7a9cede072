"""The overrides as their page lists them: each fact as it is here, and as the catalogue has it.

The one rule: what would return is said before anything is deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from chat import catalog
from chat.catalog.entries import CatalogModel
from chat.catalog.facts import KINDS, day, listed
from chat.catalog.features import money
from chat.catalog.override import Override, apply
from chat.models import ModelOverride

LABELS = {
    "name": "Name",
    "description": "Description",
    "context_window": "Context window",
    "max_output_tokens": "Longest answer",
    "input_modalities": "Takes",
    "tools": "Tools",
    "structured_output": "Structured output",
    "reasoning": "Thinking",
    "prompt_caching": "Prompt caching",
    "price": "Price",
    "retires_on": "Retires on",
    "routes": "Served by",
    "refusals": "Refused parameters",
}
UNREADABLE = "Not used: another version of this program wrote it. Edit and save it to use it again."


@dataclass(frozen=True, slots=True)
class Change:
    label: str
    here: str
    returns: str
    """What the catalogue says; empty for a model that it does not have."""
    set_on: str


@dataclass(frozen=True, slots=True)
class Line:
    row: ModelOverride
    name: str
    is_new: bool
    """It is in no catalogue but this one."""
    changes: tuple[Change, ...]
    problem: str = ""


def lines(rows: Iterable[ModelOverride]) -> list[Line]:
    return [line(row) for row in rows]


def line(row: ModelOverride) -> Line:
    base = catalog.get(row.model_id)
    try:
        override = row.to_catalog()
    except msgspec.ValidationError:
        name = base.name if base else row.model_id
        return Line(row, name, base is None, (), UNREADABLE)
    model = apply(override, base)
    return Line(row, model.name, base is None, tuple(_changes(override, model, base)))


def told(model: CatalogModel, fact: str) -> str:
    """A fact in words; "unknown" where nobody says."""
    match fact:
        case "name" | "description":
            return str(getattr(model, fact)) or "none"
        case "context_window" | "max_output_tokens":
            count = getattr(model, fact)
            return f"{count:,} tokens" if count else "unknown"
        case "input_modalities":
            return listed([KINDS.get(kind, kind) for kind in model.input_modalities]) or "unknown"
        case "price":
            return _price(model)
        case "retires_on":
            return day(model.retires_on.isoformat()) if model.retires_on else "no day known"
        case "routes":
            return ", ".join(f"{route.provider}: {route.id}" for route in model.routes) or "nobody"
        case "refusals":
            return ", ".join(refused.name for refused in model.refusals) or "none"
    return {True: "yes", False: "no", None: "unknown"}[getattr(model, fact)]


def _changes(
    override: Override, model: CatalogModel, base: CatalogModel | None
) -> Iterator[Change]:
    for fact in override.facts.names:
        here = told(model, fact)
        if fact == "routes":
            # Endpoints are not among the routes that everybody may read.
            here = ", ".join(
                f"{at}: {id}" for at, id in sorted((override.facts.routes or {}).items())
            )
        yield Change(LABELS[fact], here, told(base, fact) if base else "", override.set_on[fact])


def _price(model: CatalogModel) -> str:
    price = model.list_price
    if price is None or price.input is None or price.output is None:
        return "unknown"
    if price.currency != "USD":
        return f"{price.input:f} and {price.output:f} {price.currency} per million"
    words = f"{money(price.input)} in, {money(price.output)} out"
    if price.cache_read is not None:
        words += f", {money(price.cache_read)} from the cache"
    if price.cache_write is not None:
        words += f", {money(price.cache_write)} into it"
    return words
