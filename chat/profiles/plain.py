"""The profile as JSON, for programs.

The one rule: amounts are strings, exact to the last digit; null is "not known".
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from chat.catalog.prices import Rates
from chat.profiles.prices import PriceRow
from chat.profiles.profile import Profile

RATES = tuple(field.name for field in fields(Rates))


def as_json(profile: Profile) -> dict[str, Any]:
    model = profile.model
    return {
        "id": model.id,
        "name": model.name,
        "url": profile.canonical_url,
        "vendor": {"slug": model.vendor, "name": model.vendor_name},
        "family": model.family,
        "description": profile.description,
        "released_on": model.released_on,
        "knowledge_cutoff": model.knowledge_cutoff,
        "retires_on": model.retires_on.isoformat() if model.retires_on else None,
        "is_deprecated": model.is_deprecated,
        "context_window": model.context_window,
        "max_input": model.max_input,
        "max_output_tokens": model.max_output_tokens,
        "input_modalities": list(model.input_modalities),
        "output_modalities": list(model.output_modalities),
        "tools": model.tools,
        "structured_output": model.structured_output,
        "reasoning": model.reasoning,
        "prompt_caching": model.prompt_caching,
        "open_weights": model.open_weights,
        "licence": model.licence,
        "has_list_price": profile.has_list_price,
        "prices": [_price(row) for row in profile.prices],
        "price_notes": list(profile.price_notes),
        "parameters": [
            {"name": fact.name, "accepts": fact.value, "note": fact.note or None}
            for fact in profile.parameters
        ],
        "routes": [
            {
                "provider": route.provider,
                "model": route.id,
                "dialect": route.dialect,
                "base_url": route.base_url or None,
            }
            for route in profile.routes
        ],
        "questions": [
            {"question": question.question, "answer": question.answer}
            for question in profile.questions
        ],
        "disputes": [
            {
                "fact": dispute.fact,
                "claims": [
                    {"says": claim.says, "source": claim.source, "date": claim.date}
                    for claim in dispute.claims
                ],
            }
            for dispute in model.disputes
        ],
        "related": [other.id for other in profile.related],
        "sources": [
            {"name": source.name, "where": source.where, "as_of": source.as_of}
            for source in profile.sources
        ],
    }


def _price(row: PriceRow) -> dict[str, Any]:
    rates = {name: getattr(row.rates, name) for name in RATES}
    return {
        "provider": row.provider,
        "condition": row.condition or None,
        "currency": row.currency,
        "per": "million tokens",
        **{name: None if rate is None else f"{rate:f}" for name, rate in rates.items()},
        "against_list_price": row.against_list or None,
        "source": row.source,
        "date": row.date,
        "confirmed_by": list(row.confirmed_by),
    }
