"""Prices of a model: the list price first, then those of the routes that name their own.

The one rule: a price is stated once, by the latest source. What other sources of the same day say
against it stands beside it; a zero that nobody confirms is no price but an open question.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from chat.catalog.generate import layout, names

RATES = ("input", "output", "cache_read", "cache_write", "input_audio", "reasoning")


def prices(entry: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    listed = entry["price"]
    if listed and not is_unconfirmed_zero(entry):
        found.append(_listed(entry, listed))
    known = {price["provider"] for price in found}
    for route in entry["routes"]:
        if route.get("price") and names.provider(route["provider"]) not in known:
            found.append(_of_route(route, tiers=(listed or {}).get("tiers", [])))
    return [*found, *_of_resellers(entry.get("seed_prices", {}))]


def is_unconfirmed_zero(entry: dict[str, Any]) -> bool:
    price = entry["price"]
    if not price or price["input"] or price["output"]:
        return False
    return not any(check["input"] == 0 for check in entry["price_checks"])


def dispute(entry: dict[str, Any]) -> dict[str, Any] | None:
    """What the sources say against one another, where they do."""
    if not entry["price_disputed"] and not is_unconfirmed_zero(entry):
        return None
    against = [check for check in entry["price_checks"] if not check["agrees"]]
    claims = [entry["price"], *against]
    return {
        "fact": "price",
        "claims": [
            {"source": names.source(claim["source"]), "date": claim["date"], "says": _words(claim)}
            for claim in claims
        ],
    }


def _listed(entry: dict[str, Any], price: dict[str, Any]) -> dict[str, Any]:
    agreeing = [check for check in entry["price_checks"] if check["agrees"]]
    confirmed = {check["source"]: check["date"] for check in agreeing if check["input"] is not None}
    return {
        "provider": names.provider(price["charged_by"]),
        "currency": price["currency"],
        **_rates(price),
        **names.present(
            tiers=[_tier(tier) for tier in price.get("tiers", [])],
            off_peak=_off_peak(price.get("off_peak")),
            # None of the data sets states what an image costs that a model makes.
            leaves_out=[kind for kind in entry["output_modalities"] or () if kind != "text"],
        ),
        "source": names.source(price["source"]),
        "date": price["date"],
        **names.present(confirmed_by=[f"{name} {day}" for name, day in confirmed.items()]),
    }


def _of_route(route: dict[str, Any], *, tiers: list[dict[str, Any]]) -> dict[str, Any]:
    """Above the threshold of the list price that of the route is unknown: lists of routes show the
    first tier only."""
    day = route["price_date"]
    return {
        "provider": names.provider(route["provider"]),
        "currency": "USD",
        **_rates(route["price"]),
        **names.present(tiers=[{"above_input_tokens": t["above_input_tokens"]} for t in tiers]),
        "source": "openrouter" if day == "2026-05-15" else "ruby_llm",
        "date": day,
    }


def _of_resellers(sellers: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for seller, rows in sellers.items():
        for row in rows if isinstance(rows, list) else [rows]:
            is_usual = "tier" not in row or "default" in row["tier"]
            found.append(
                {
                    "provider": seller,
                    **names.present(variant=None if is_usual else row["tier"]),
                    "currency": "USD",
                    **_rates(row),
                    "source": "reference-pages",
                    "date": "2026-04-15",
                }
            )
    return found


def _rates(price: dict[str, Any]) -> dict[str, Any]:
    return names.present(**{name: price.get(name) for name in RATES})


def _tier(tier: dict[str, Any]) -> dict[str, Any]:
    return {"above_input_tokens": tier["above_input_tokens"], **_rates(tier)}


def _off_peak(price: dict[str, Any] | None) -> dict[str, Any] | None:
    if price is None:
        return None
    windows = []
    for window in price["windows"]:
        hours = window["hours_utc"]
        windows.append(
            {
                "weekdays": window["weekdays"],
                "hours_utc": [hours] if isinstance(hours, str) else hours,
            }
        )
    return {**_rates(price), "windows": windows}


def _words(price: dict[str, Any]) -> str:
    words = [f"input {_number(price['input'])}", f"output {_number(price['output'])}"]
    if price.get("cache_read") is not None:
        words.append(f"cache read {_number(price['cache_read'])}")
    for name, label in (("peak_hours", "in peak hours"), ("off_peak", "off peak")):
        if name in price:
            words.append(f"{label} {_words(price[name])}")
    return ", ".join(words)


def _number(value: Decimal | int | None) -> str:
    return "unknown" if value is None else layout.plain(Decimal(value))
