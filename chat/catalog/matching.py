"""Which model of the catalogue an endpoint means by the id that it lists.

The one rule: a wrong match is worse than none, because it brings wrong prices and limits. What
could mean two models, or a second edition of one, means none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TypeVar

from chat.catalog.entries import CatalogModel
from chat.catalog.loading import models

Key = TypeVar("Key")

RESOLD = {"azure": "openai", "vertex": "google"}
"""Clouds that serve the models of one vendor under the ids that the vendor gave them."""

RESELLERS = frozenset({"modelslab", "evolink"})
"""Serve models of many vendors under the vendors' bare ids. Any other server may give a model the
name of another: `gpt-4` is what several local servers call whatever they run."""

ORGANISATIONS = {"deepseek-ai": "deepseek", "zai-org": "zai", "minimaxai": "minimax"}
"""As weights are published under; the other names come with the routes."""

NOT_THE_SAME = frozenset({"gpt-4o-2024-05-13"})
"""Dated ids with a price and limits of their own: that one cost twice as much as its successor and
wrote a quarter (https://platform.openai.com/docs/models/gpt-4o)."""

_PREFIX = re.compile(r"^(publishers/\w+/)?models/")
_EDITION = re.compile(r"(-\d{4}-\d{2}-\d{2}|[-@]20\d{6}|-latest|@default)$")
_GOOGLE_EDITION = re.compile(r"-00\d$")


def match(provider: str, model_id: str) -> CatalogModel | None:
    """`provider` is a row of `chat.llm.providers`. Upper and lower case are the same."""
    wanted = _PREFIX.sub("", model_id.strip().lower())
    if not wanted or wanted in NOT_THE_SAME:
        return None
    for spelling in _spellings(provider, wanted):
        exact = _routes().get((RESOLD.get(provider, provider), spelling))
        found = exact or _named(provider, spelling)
        if found is not None:
            return found
    return None


def _spellings(provider: str, wanted: str) -> Iterator[str]:
    yield wanted
    undated = _EDITION.sub("", wanted)
    # A name without a number, such as qwen-plus, moves on: its dated editions are other models.
    if undated != wanted and re.search(r"\d", undated):
        yield undated
    if provider in ("google", "vertex"):
        yield _GOOGLE_EDITION.sub("", wanted)


def _named(provider: str, wanted: str) -> CatalogModel | None:
    """By vendor and name, or by name alone where the provider can only mean its vendor's."""
    organisation, _, name = wanted.rpartition("/")
    if organisation:
        vendor = _organisations().get(organisation)
        return _names().get((vendor, _folded(name))) if vendor else None
    if provider in RESELLERS:
        return _bare().get(wanted)
    vendor = _homes().get(RESOLD.get(provider, provider))
    return _names().get((vendor, _folded(wanted))) if vendor else None


def _folded(name: str) -> str:
    """Anthropic writes 4-6 where OpenRouter writes 4.6."""
    return name.replace(".", "-")


@cache
def _routes() -> Mapping[tuple[str, str], CatalogModel]:
    found: dict[tuple[str, str], list[CatalogModel]] = defaultdict(list)
    for model in models():
        for route in model.routes:
            found[route.provider, route.id.lower()].append(model)
    return _unambiguous(found)


@cache
def _names() -> Mapping[tuple[str, str], CatalogModel]:
    """Vendor and folded name: every name under which a route knows it, and our own."""
    found: dict[tuple[str, str], list[CatalogModel]] = defaultdict(list)
    for model in models():
        tails = {route.id.lower().rpartition("/")[2] for route in model.routes}
        for name in {_folded(tail) for tail in (*tails, model.slug)}:
            found[model.vendor, name].append(model)
    return _unambiguous(found)


@cache
def _bare() -> Mapping[str, CatalogModel]:
    """Ids of the vendors' own APIs that tell enough to stand alone: `gpt-5.4`, but not `sonar`."""
    homes = _homes()
    found: dict[str, list[CatalogModel]] = defaultdict(list)
    for model in models():
        for route in model.routes:
            if homes.get(route.provider) == model.vendor and re.search(r"\d", route.id):
                found[route.id.lower()].append(model)
    return _unambiguous(found)


@cache
def _homes() -> Mapping[str, str]:
    """Provider → vendor, for the providers that serve the models of one vendor only."""
    found: dict[str, set[str]] = defaultdict(set)
    for model in models():
        for route in model.routes:
            found[route.provider].add(model.vendor)
    owned = {name: vendors for name, vendors in found.items() if name not in RESELLERS}
    return {name: min(vendors) for name, vendors in owned.items() if len(vendors) == 1}


@cache
def _organisations() -> Mapping[str, str]:
    """Prefix of an id → vendor: as OpenRouter writes it, as weights are published, as we do."""
    found: dict[str, set[str]] = defaultdict(set)
    for model in models():
        found[model.vendor].add(model.vendor)
        for route in model.routes:
            if "/" in route.id:
                found[route.id.lower().rpartition("/")[0]].add(model.vendor)
    known = {prefix: min(vendors) for prefix, vendors in found.items() if len(vendors) == 1}
    return {**ORGANISATIONS, **known}


def _unambiguous(found: Mapping[Key, list[CatalogModel]]) -> Mapping[Key, CatalogModel]:
    return {key: same[0] for key, same in found.items() if len({m.id for m in same}) == 1}
