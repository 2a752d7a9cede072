"""One model of the data sets, as an entry of ours.

The one rule: null is "the sources do not say" and stays null; nothing is filled in from knowledge.
"""

from __future__ import annotations

from typing import Any

from chat.catalog.generate import names
from chat.catalog.generate.parameters import effort_dispute, parameters, thinking
from chat.catalog.generate.prices import dispute as price_dispute
from chat.catalog.generate.prices import prices
from chat.catalog.generate.refusals import refusals, temperature_dispute

PASSED_OVER = {
    *("vendor", "reasoning_options", "accepts_temperature", "price", "price_checks", "weights"),
    *("price_disputed", "price_changed_since_summer", "seed_prices", "modelslab_page"),
    *("temperature_note", "parameters_key", "openrouter_supported_parameters", "status", "note"),
    *("base", "max_output", "release_date", "id", "reasoning_field"),
    *("name", "family", "knowledge_cutoff", "context_window", "max_input", "input_modalities"),
    *("output_modalities", "tools", "structured_output", "reasoning", "prompt_caching"),
    *("licence", "retires_on", "routes", "sources"),
}
"""Read under another name, or about the data sets rather than about the model."""


def entry(
    model: dict[str, Any], listing: dict[str, Any], vendors: dict[str, Any], days: dict[str, str]
) -> dict[str, Any]:
    if unknown := model.keys() - PASSED_OVER:
        raise ValueError(f"{model['id']} has an unknown field {sorted(unknown)[0]!r}")
    listed = listing.get(model.get("parameters_key") or "", {}).get("params", [])
    disputes = (
        price_dispute(model),
        temperature_dispute(model, days),
        effort_dispute(model, listed, days),
        _window_dispute(model),
    )
    return {
        "slug": names.model_slug(model["id"]),
        "name": model["name"].strip(),
        "family": model["family"],
        "released_on": model["release_date"],
        "knowledge_cutoff": model["knowledge_cutoff"],
        "context_window": model["context_window"],
        "max_input": model["max_input"],
        "max_output_tokens": model["max_output"],
        "input_modalities": model["input_modalities"] or [],
        "output_modalities": model["output_modalities"] or [],
        "tools": model["tools"],
        "structured_output": model["structured_output"],
        "reasoning": model["reasoning"],
        "prompt_caching": model["prompt_caching"],
        "open_weights": {"open": True, "closed": False, None: None}[model["weights"]],
        "licence": model["licence"],
        **names.present(is_deprecated=True if model["status"] == "deprecated" else None),
        "retires_on": model["retires_on"],
        **names.present(
            reasoning_field=model["reasoning_field"],
            thinking=thinking(model, listed),
            parameters=parameters(listed),
            openrouter_parameters=_openrouter(model["openrouter_supported_parameters"]),
            refusals=refusals(model, vendors, days),
        ),
        "routes": [_route(route) for route in model["routes"]] + _reseller_routes(model),
        "prices": prices(model),
        **names.present(
            disputes=[dispute for dispute in disputes if dispute],
            note=_note(model),
        ),
        "sources": list(dict.fromkeys(names.source(source) for source in model["sources"])),
    }


def _route(route: dict[str, Any]) -> dict[str, Any]:
    listed, _, gone = (route.get("listed_on") or "").partition(" (gone by ")
    return {
        "provider": names.provider(route["provider"]),
        "dialect": names.DIALECTS.get(route["dialect"]),
        "id": route["model_id"],
        **names.present(listed_on=listed or None, gone_by=gone.rstrip(")") or None),
    }


def _reseller_routes(model: dict[str, Any]) -> list[dict[str, Any]]:
    rows = model.get("seed_prices", {}).items()
    return [
        {"provider": seller, "dialect": "openai", "id": row["model_id"], "listed_on": "2026-04-15"}
        for seller, row in rows
        if isinstance(row, dict)
    ]


def _openrouter(listed: list[str] | None) -> list[str]:
    return sorted({names.OPENROUTER[name] for name in listed or () if name in names.OPENROUTER})


def _window_dispute(model: dict[str, Any]) -> dict[str, Any] | None:
    """Some sources give an input that is larger than the window that others give."""
    window, most = model["context_window"], model["max_input"]
    if window is None or most is None or most <= window:
        return None
    claims = (f"{window} tokens in all", f"{most} tokens of input")
    return {
        "fact": "context_window",
        "claims": [{"source": None, "date": None, "says": says} for says in claims],
    }


def _note(model: dict[str, Any]) -> str | None:
    if "note" not in model:
        return None
    base = model.get("base")
    return f"Known by name only: a serving of {base}." if base else "Known by name only."
