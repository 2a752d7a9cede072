"""The catalogue as it stands here: its files, and over them what administrators have set.

The one rule: whoever shows, picks, sends or charges a model asks here; the catalogue itself stays
as its files are. A change is seen at once in its own process, and in the others as soon as their
snapshot is `FRESH_SECONDS` old.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from chat import catalog
from chat.catalog.entries import CatalogModel, Vendor
from chat.catalog.matching import RESOLD
from chat.catalog.override import Override, apply
from chat.models import ModelOverride

FRESH_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class _Snapshot:
    changed: Mapping[str, CatalogModel] = field(default_factory=dict)
    """By id: those of the catalogue as they are here, and those that only exist here."""
    vendors: tuple[Vendor, ...] = ()
    models: tuple[CatalogModel, ...] = ()
    routes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Provider or endpoint with the id there → our id."""


@dataclass(slots=True)
class _State:
    read_at: float = float("-inf")
    rows: tuple[Override, ...] = ()
    snapshot: _Snapshot | None = None


_state = _State()


def vendors() -> tuple[Vendor, ...]:
    """Those of the catalogue first, then those that only exist here."""
    return _current().vendors


def models() -> tuple[CatalogModel, ...]:
    return _current().models


def get(id: str) -> CatalogModel | None:
    return _current().changed.get(id) or catalog.get(id)


def match(provider: str, model_id: str, *, endpoint: str = "") -> CatalogModel | None:
    """What is meant by the id that this endpoint lists. A route that an administrator has set comes
    before what the catalogue makes of it."""
    snapshot, wanted = _current(), model_id.strip().lower()
    for place in (endpoint, provider, RESOLD.get(provider, provider)):
        if ours := snapshot.routes.get((place, wanted)):
            return get(ours)
    found = catalog.match(provider, model_id)
    return None if found is None else snapshot.changed.get(found.id, found)


def forget() -> None:
    """Read the rows again at the next look."""
    _state.read_at = float("-inf")


def _current() -> _Snapshot:
    now = time.monotonic()
    if _state.snapshot is not None and now - _state.read_at < FRESH_SECONDS:
        return _state.snapshot
    _state.read_at = now
    rows = tuple(ModelOverride.readable())
    if _state.snapshot is None or rows != _state.rows:
        _state.rows, _state.snapshot = rows, _snapshot(rows)
    return _state.snapshot


def _snapshot(rows: tuple[Override, ...]) -> _Snapshot:
    names = {vendor.slug: vendor.name for vendor in catalog.vendors()}
    changed = {}
    for row in rows:
        model = apply(row, catalog.get(row.model_id))
        changed[model.id] = replace(model, vendor_name=names.get(model.vendor, model.vendor_name))
    vendors = tuple(_merged_vendors(changed))
    return _Snapshot(
        changed=changed,
        vendors=vendors,
        models=tuple(model for vendor in vendors for model in vendor.models),
        routes=_routes(rows),
    )


def _merged_vendors(changed: Mapping[str, CatalogModel]) -> Iterator[Vendor]:
    added: dict[str, list[CatalogModel]] = defaultdict(list)
    for id, model in changed.items():
        if catalog.get(id) is None:
            added[model.vendor].append(model)
    for vendor in catalog.vendors():
        own = added.pop(vendor.slug, [])
        known = (changed.get(model.id, model) for model in vendor.models)
        yield replace(vendor, models=(*known, *own))
    for slug, models in added.items():
        yield Vendor(slug, models[0].vendor_name, tuple(models))


def _routes(rows: tuple[Override, ...]) -> Mapping[tuple[str, str], str]:
    """What could mean two models means none."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        for place, id in (row.facts.routes or {}).items():
            found[place, id.lower()].add(row.model_id)
    return {key: min(ids) for key, ids in found.items() if len(ids) == 1}
