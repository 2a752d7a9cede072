"""What a page needs to guess the size and the price of a request while it is being written."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django.utils import timezone

from chat.catalog import prices
from chat.offers import AvailableModel


def facts(model: AvailableModel | None, *, left: str = "") -> str:
    """JSON: `window` and `longest` in tokens, `rates` in US dollars per million tokens, each from
    so many input tokens on; `left` of a budget in words. What is unknown is null, and rates that
    are unknown are not there."""
    if model is None:
        return ""
    return json.dumps(
        {
            "window": model.context_window,
            "longest": model.max_output_tokens,
            "isFree": model.is_local,
            "rates": _rates(model),
            "left": "" if model.is_local else left,
        }
    )


def _rates(model: AvailableModel) -> list[dict[str, Any]]:
    price = model.price
    if price is None or price.currency != "USD" or price.leaves_out:
        return []
    now = timezone.now()
    steps = (0, *(tier.above_input_tokens for tier in price.tiers))
    found = ((above, prices.rates(price, above + 1, now)) for above in sorted(steps))
    return [
        {"above": above, "input": _number(rate.input), "output": _number(rate.output)}
        for above, rate in found
    ]


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
