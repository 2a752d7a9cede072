"""What somebody asked of the list of models: words, filters, an order; all in its address.

The one rule: a filter lets through what is known to fit. What no source says does not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from django.http import QueryDict

from chat.directory import Entry

MOST = 200
"""Characters of a free field."""
MODALITIES = {"image": "Images", "pdf": "PDF", "audio": "Audio", "video": "Video"}
CAPABILITIES = {
    "reasoning": "Reasoning",
    "tools": "Tools",
    "structured_output": "JSON schema",
    "prompt_caching": "Prompt caching",
    "image_output": "Makes images",
}
PRICES = {"0.25": "$0.25", "1": "$1", "3": "$3", "10": "$10"}
"""At most so much for a million tokens of input."""
WINDOWS = {"32000": "32k", "128000": "128k", "200000": "200k", "1000000": "1M"}
AVAILABILITIES = {
    "ready": "Ready to use here",
    "missing": "Not set up here",
    "current": "Not retired",
}
ORDERS = {
    "": "Ready first, then newest",
    "newest": "Newest",
    "name": "Name",
    "vendor": "Vendor",
    "price": "Cheapest input",
    "output": "Cheapest output",
    "window": "Largest window",
}


@dataclass(frozen=True, slots=True)
class Selection:
    """Empty or False: no matter."""

    q: str = ""
    vendor: str = ""
    modality: tuple[str, ...] = ()
    capability: tuple[str, ...] = ()
    price: str = ""
    window: str = ""
    availability: str = ""
    order: str = ""
    open: bool = False
    """With open weights."""

    @classmethod
    def parse(cls, query: QueryDict) -> Self:
        """What is not one of the choices is passed over: an old link still leads somewhere."""
        return cls(
            q=query.get("q", "").strip()[:MOST],
            vendor=query.get("vendor", "")[:MOST],
            modality=_chosen(query, "modality", MODALITIES),
            capability=_chosen(query, "capability", CAPABILITIES),
            price=_choice(query, "price", PRICES),
            window=_choice(query, "window", WINDOWS),
            availability=_choice(query, "availability", AVAILABILITIES),
            order=_choice(query, "order", ORDERS),
            open=query.get("open") == "1",
        )

    @property
    def count(self) -> int:
        """How many filters are set; the words and the order are none."""
        single = (self.vendor, self.price, self.window, self.availability, self.open)
        return sum(map(bool, single)) + len(self.modality) + len(self.capability)

    def of(self, entries: Iterable[Entry]) -> list[Entry]:
        found = [entry for entry in entries if self.is_fit(entry)]
        if key := _KEYS.get(self.order):
            return sorted(found, key=key)
        newest = sorted(found, key=_newest)
        return sorted(newest, key=lambda entry: (entry.is_retired, not entry.offers))

    def is_fit(self, entry: Entry) -> bool:
        model = entry.catalog
        text = searchable(entry)
        if not all(word in text for word in self.q.lower().split()):
            return False
        if self.vendor and entry.vendor != self.vendor:
            return False
        if not self._is_available(entry) or not self._is_affordable(entry):
            return False
        if self.window and (entry.context_window or 0) < int(self.window):
            return False
        if model is None:
            return not (self.modality or self.capability or self.open)
        if not set(self.modality) <= set(model.input_modalities):
            return False
        able = {*model.capabilities, *(f"{kind}_output" for kind in model.output_modalities)}
        return set(self.capability) <= able and (not self.open or bool(model.open_weights))

    def _is_available(self, entry: Entry) -> bool:
        match self.availability:
            case "ready":
                return bool(entry.offers)
            case "missing":
                return not entry.offers
            case "current":
                return not entry.is_retired
        return True

    def _is_affordable(self, entry: Entry) -> bool:
        if not self.price:
            return True
        return entry.input_price is not None and entry.input_price <= Decimal(self.price)


def searchable(entry: Entry) -> str:
    """What a search looks through: names, ids, the vendor, what it can do."""
    model = entry.catalog
    words = [entry.name, entry.id, entry.maker, *(badge.text for badge in entry.badges)]
    words += entry.takes
    words += [offer.key for offer in entry.offers]
    words += [route.id for route in model.routes] if model else []
    return " ".join(words).lower()


def _chosen(query: QueryDict, name: str, choices: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(value for value in choices if value in query.getlist(name))


def _choice(query: QueryDict, name: str, choices: Mapping[str, str]) -> str:
    value = query.get(name, "")
    return value if value in choices else ""


def _newest(entry: Entry) -> tuple[int, ...]:
    """Those without a known day come last."""
    day = (entry.catalog and entry.catalog.released_on) or "0000-00"
    return tuple(-int(part) for part in f"{day}-00".split("-")[:3])


def _amount(amount: Decimal | None) -> tuple[bool, Decimal]:
    """What is not known comes last."""
    return amount is None, amount or Decimal(0)


_KEYS: Mapping[str, Callable[[Entry], Any]] = {
    "newest": _newest,
    "name": lambda entry: entry.name.lower(),
    "vendor": lambda entry: (not entry.catalog, entry.maker.lower()),
    "price": lambda entry: _amount(entry.input_price),
    "output": lambda entry: _amount(entry.output_price),
    "window": lambda entry: -(entry.context_window or 0),
}
