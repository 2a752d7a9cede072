"""Is the catalogue sound, and is it still of today?

The one rule: what contradicts itself is invalid; what may simply have changed since is reported and
left to a person.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints

import msgspec

from chat.catalog import loading
from chat.catalog.entries import CatalogModel, Parameter, Vendor
from chat.catalog.generate import layout, version
from chat.catalog.parameters import common_specs
from chat.catalog.prices import Price, Rates
from chat.catalog.thinking import BUDGET

STALE_DAYS = 120
SOON = timedelta(days=60)
NAMES = frozenset({spec.name for spec in common_specs()} | {BUDGET.name})

Kind = Literal["invalid", "stale", "retired", "retiring", "disputed"]


@dataclass(frozen=True, slots=True)
class Finding:
    kind: Kind
    subject: str
    text: str


def check(*, today: date, stale_days: int = STALE_DAYS, data: Path = loading.DATA) -> list[Finding]:
    """All findings, the invalid ones first."""
    found: list[Finding] = []
    vendors: list[Vendor] = []
    known: set[str] = set()
    for file in [data / loading.SOURCES, data / loading.APIS, *loading.vendor_files(data)]:
        try:
            found += _unknown_fields(file)
            if file.name == loading.SOURCES:
                known = {source.name for source in loading.read_sources(data).sources}
            elif file.name != loading.APIS:
                vendors.append(loading.read_vendor(file))
        except (msgspec.MsgspecError, ValueError, OSError) as error:
            found.append(Finding("invalid", file.name, str(error)))
    if not found:
        found += _table(data)
    models = [model for vendor in vendors for model in vendor.models]
    found += _twice(models)
    for model in models:
        found += _wrong(model, known)
        found += _aged(model, today, timedelta(days=stale_days))
    return sorted(found, key=lambda finding: finding.kind != "invalid")


def _unknown_fields(file: Path) -> Iterator[Finding]:
    """Fields that no type has: they would be passed over in silence."""
    kinds = {loading.APIS: loading.ApisFile, loading.SOURCES: loading.SourcesFile}
    kind = kinds.get(file.name, Vendor)
    msgspec.json.decode(file.read_bytes(), type=kind)
    for path in _strangers(layout.read(file), kind):
        yield Finding("invalid", file.name, f"{path} is not a known field")


def _strangers(value: Any, kind: Any, path: str = "") -> Iterator[str]:
    kind = next((arg for arg in (kind, *get_args(kind)) if is_dataclass(arg)), None)
    if kind is None:
        return
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _strangers(item, kind, f"{path}[{number}]")
    elif isinstance(value, dict):
        hints = _hints(kind)
        for name, item in value.items():
            if name not in {field.name for field in fields(kind)}:
                yield f"{path}.{name}"
            else:
                yield from _strangers(item, hints[name], f"{path}.{name}")


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _table(data: Path) -> Iterator[Finding]:
    """Whether the version still tells the prices: receipts quote it."""
    stated = loading.read_sources(data).version
    files = (layout.read(file) for file in loading.vendor_files(data))
    real = version(stated.partition(".")[0], {row["slug"]: row for row in files})
    if stated != real:
        text = f"the version is {stated}, but the prices are those of {real}"
        yield Finding("invalid", loading.SOURCES, text)


def _twice(models: Iterable[CatalogModel]) -> Iterator[Finding]:
    models = list(models)
    for id, count in Counter(model.id for model in models).items():
        if count > 1:
            yield Finding("invalid", id, f"is there {count} times")
    routes: dict[tuple[str, str], list[str]] = defaultdict(list)
    for model in models:
        for route in model.routes:
            routes[route.provider, route.id.lower()].append(model.id)
    for (provider, id), owners in routes.items():
        if len(owners) > 1:
            yield Finding("invalid", f"{provider} {id}", f"leads to {' and '.join(owners)}")


def _wrong(model: CatalogModel, known: set[str]) -> Iterator[Finding]:
    for text in (
        *_wrong_sources(model, known),
        *(text for price in model.prices for text in _wrong_price(price, known)),
        *(text for row in model.parameters for text in _wrong_parameter(row)),
    ):
        yield Finding("invalid", model.id, text)


def _wrong_sources(model: CatalogModel, known: set[str]) -> Iterator[str]:
    for name in model.sources:
        if name not in known:
            yield f"source {name} is not in {loading.SOURCES}"
    offers = Counter((price.provider, price.variant) for price in model.prices)
    for (provider, variant), count in offers.items():
        if count > 1:
            yield f"{provider} has {count} prices {variant}".rstrip()


def _wrong_price(price: Price, known: set[str]) -> Iterator[str]:
    label = f"the price of {price.provider}"
    if price.source not in known:
        yield f"{label} is from an unknown source {price.source}"
    if price.input is None or price.output is None:
        yield f"{label} is not complete"
    every: list[Rates] = [price, *price.tiers, *([price.off_peak] if price.off_peak else [])]
    stated = (getattr(rates, field.name) for rates in every for field in fields(Rates))
    if any(rate is not None and rate < 0 for rate in stated):
        yield f"{label} is negative"
    steps = [tier.above_input_tokens for tier in price.tiers]
    if steps != sorted(set(steps)):
        yield f"the tiers of {price.provider} are not in order"
    if _day(price.date) is None:
        yield f"{label} has no date: {price.date}"


def _wrong_parameter(row: Parameter) -> Iterator[str]:
    low, high = row.minimum, row.maximum
    if row.name is not None and row.name not in NAMES:
        yield f"{row.path} is given as {row.name}, which is no parameter of ours"
    if low is not None and high is not None and low > high:
        yield f"{row.path} goes from {low:g} down to {high:g}"
    if isinstance(row.default, int | float) and not isinstance(row.default, bool):
        below = low is not None and row.default < low
        if below or (high is not None and row.default > high):
            yield f"{row.path} has the default {row.default:g}, out of its range"
    if row.choices and isinstance(row.default, str) and row.default not in row.choices:
        yield f"{row.path} has the default {row.default!r}, which is no choice"
    if unknown := set(row.excludes) - NAMES:
        yield f"{row.path} excludes {sorted(unknown)[0]}, which is no parameter of ours"


def _aged(model: CatalogModel, today: date, stale: timedelta) -> Iterator[Finding]:
    for price in model.prices:
        day = _day(price.date)
        if day is not None and today - day > stale:
            text = f"{price.provider}'s price is of {price.date} ({price.source})"
            yield Finding("stale", model.id, text)
    if model.is_retired(today):
        yield Finding("retired", model.id, f"retired on {model.retires_on}")
    elif model.retires_on is not None and model.retires_on - today <= SOON:
        yield Finding("retiring", model.id, f"retires on {model.retires_on}")
    for dispute in model.disputes:
        claims = "; ".join(
            f"{claim.source or 'a source'}: {claim.says}" for claim in dispute.claims
        )
        yield Finding("disputed", model.id, f"{dispute.fact}: {claims}")


def _day(iso: str) -> date | None:
    """The first day that `iso` may mean."""
    try:
        return date.fromisoformat(iso if len(iso) > len("2026-11") else f"{iso}-01")
    except ValueError:
        return None
