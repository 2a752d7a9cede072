"""Every model there is to see: those of the catalogue, and those that an endpoint offers besides.

The one rule: a model that cannot be used here is shown with what is missing, never left out.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chat import catalog, endpoints, overrides
from chat.catalog.entries import CatalogModel, Vendor
from chat.catalog.facts import KINDS, day
from chat.catalog.prices import Price
from chat.llm.providers import PROVIDERS
from chat.models import User
from chat.offers import AvailableModel

TOLD = {"reasoning": "reasoning", "tools": "tools", "structured_output": "JSON schema"}
"""Capabilities that the list names; the others are on the model's own page."""


@dataclass(frozen=True, slots=True)
class Badge:
    text: str
    tone: str = ""
    """`warn` or `good`; plain where empty."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A model of the catalogue, of an endpoint, or both. One of the two is always there."""

    catalog: CatalogModel | None
    offers: tuple[AvailableModel, ...]
    lacks: str
    """What is missing, as the end of a sentence: "needs an Anthropic key"."""
    is_retired: bool = False

    @property
    def name(self) -> str:
        return self.catalog.name if self.catalog else self.offers[0].name

    @property
    def vendor(self) -> str:
        return self.catalog.vendor if self.catalog else ""

    @property
    def maker(self) -> str:
        """Who made it; of a model that is not in the catalogue only its endpoint is known."""
        return self.catalog.vendor_name if self.catalog else self.offers[0].endpoint_label

    @property
    def id(self) -> str:
        return self.catalog.id if self.catalog else self.offers[0].key

    @property
    def is_local(self) -> bool:
        return bool(self.offers) and self.offers[0].is_local

    @property
    def price(self) -> Price | None:
        """The list price, in US dollars."""
        price = self.catalog.list_price if self.catalog else None
        return price if price and price.currency == "USD" else None

    @property
    def input_price(self) -> Decimal | None:
        return self._rate("input")

    @property
    def output_price(self) -> Decimal | None:
        return self._rate("output")

    def _rate(self, name: str) -> Decimal | None:
        if self.is_local:
            return Decimal(0)
        rate: Decimal | None = getattr(self.price, name) if self.price else None
        return rate

    @property
    def context_window(self) -> int | None:
        if self.catalog and self.catalog.context_window:
            return self.catalog.context_window
        return self.offers[0].context_window if self.offers else None

    @property
    def takes(self) -> tuple[str, ...]:
        """What it takes beside text."""
        kinds = self.catalog.input_modalities if self.catalog else ()
        return tuple(KINDS.get(kind, kind) for kind in kinds if kind != "text")

    @property
    def badges(self) -> tuple[Badge, ...]:
        model = self.catalog
        if model is None:
            return (Badge("local"),) if self.is_local else (Badge("not in the catalogue"),)
        found = [Badge(word) for name, word in TOLD.items() if name in model.capabilities]
        found += [Badge("open weights")] if model.open_weights else []
        found += [Badge("makes images")] if "image" in model.output_modalities else []
        if warning := retirement(model, is_retired=self.is_retired):
            found.append(Badge(warning, "warn"))
        return tuple(found)


def vendors(user: User | None) -> tuple[Vendor, ...]:
    """With what administrators have set here, such as a price of their own, for those who are
    signed in."""
    return overrides.vendors() if user else catalog.vendors()


def models(user: User | None) -> tuple[CatalogModel, ...]:
    return overrides.models() if user else catalog.models()


def get(id: str, user: User | None) -> CatalogModel | None:
    return overrides.get(id) if user else catalog.get(id)


def retirement(model: CatalogModel, *, is_retired: bool) -> str:
    """`retires on 11 December 2026`; empty where nothing of the kind is known."""
    if model.retires_on is None:
        return "deprecated" if model.is_deprecated else ""
    verb = "retired on" if is_retired else "retires on"
    return f"{verb} {day(model.retires_on.isoformat())}"


def entries(user: User | None, *, on: date) -> tuple[Entry, ...]:
    """Vendor by vendor as the catalogue has them, then what is in no catalogue. Somebody who is not
    signed in sees the catalogue alone: what is configured here is not for everybody."""
    offered: dict[str, list[AvailableModel]] = defaultdict(list)
    others: list[Entry] = []
    for offer in endpoints.models(user) if user else ():
        if offer.catalog is None:
            others.append(Entry(None, (offer,), ""))
        else:
            offered[offer.catalog.id].append(offer)
    with_key = {endpoint.provider for endpoint in endpoints.configured(user)} if user else set()
    known = [
        _entry(model, offered.get(model.id, []), with_key=with_key, on=on) for model in models(user)
    ]
    return (*known, *others)


def entry(model: CatalogModel, user: User | None, *, on: date) -> Entry:
    if user is None:
        return _entry(model, [], with_key=set(), on=on)
    offers = [
        offer
        for offer in endpoints.models(user)
        if offer.catalog is not None and offer.catalog.id == model.id
    ]
    with_key = {endpoint.provider for endpoint in endpoints.configured(user)}
    return _entry(model, offers, with_key=with_key, on=on)


def _entry(
    model: CatalogModel, offers: list[AvailableModel], *, with_key: set[str], on: date
) -> Entry:
    lacks = "" if offers else _lacks(model, with_key)
    return Entry(model, tuple(offers), lacks, is_retired=model.is_retired(on))


def _lacks(model: CatalogModel, with_key: set[str]) -> str:
    """Named is the vendor's own API, which comes first among the routes, or else a reseller."""
    providers = [PROVIDERS[route.provider] for route in model.routes if route.provider in PROVIDERS]
    if not providers:
        return "no provider that we can ask serves it"
    label = providers[0].label
    if providers[0].name in with_key:
        return f"not offered by {label} at present"
    article = "an" if label[0] in "AEIOUaeioux" else "a"
    return f"needs {article} {label} key"
