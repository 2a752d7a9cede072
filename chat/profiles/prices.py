"""The price table of a model: a row for each provider, and below it one for each condition.

The one rule: an amount is the catalogue's own, exact; what is not stated is None, and shown so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from chat.catalog.entries import CatalogModel
from chat.catalog.prices import EVERYWHERE, OffPeak, Price, Rates
from chat.llm.providers import PROVIDERS

RESELLERS = frozenset({"openrouter", "evolink", "modelslab"})
NAMES = {
    EVERYWHERE: "Everywhere",
    "amazon-bedrock": "Amazon Bedrock",
    "cohere": "Cohere",
    "minimax": "MiniMax",
    "stepfun": "StepFun",
    "xiaomi": "Xiaomi",
}
"""Providers that the catalogue knows and that are no row of our table."""
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
OFF_PEAK = "off-peak"
WHOLE_DAY = "00:00-00:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """Per million tokens, in `currency`."""

    provider: str
    provider_name: str
    condition: str
    """Empty for the usual price: "above 200,000 tokens of input"."""
    rates: Rates
    currency: str
    against_list: str
    """Empty where it is the list price itself, or where there is none to compare with."""
    source: str
    date: str
    confirmed_by: tuple[str, ...] = ()

    @property
    def is_usual(self) -> bool:
        return not self.condition


def provider_name(provider: str) -> str:
    row = PROVIDERS.get(provider)
    return row.label if row else NAMES.get(provider, provider)


def has_list_price(model: CatalogModel) -> bool:
    """Whether the vendor's own price is known; else a reseller's stands in for it."""
    price = model.list_price
    return price is not None and price.provider not in RESELLERS


def price_rows(model: CatalogModel) -> tuple[PriceRow, ...]:
    return tuple(row for price in model.prices for row in _rows(price, model))


def _rows(price: Price, model: CatalogModel) -> Iterator[PriceRow]:
    listed = model.list_price if has_list_price(model) else None
    against = "" if listed is None or listed is price else compared(price, listed)
    yield _row(price, price, condition=price.variant, against=against)
    for tier in price.tiers:
        if any((tier.input, tier.output, tier.cache_read)):
            words = f"above {tier.above_input_tokens:,} tokens of input"
            yield _row(price, tier, condition=words, against="")
    if price.off_peak is not None:
        yield _row(price, price.off_peak, condition=OFF_PEAK, against="")


def _row(price: Price, rates: Rates, *, condition: str, against: str) -> PriceRow:
    return PriceRow(
        provider=price.provider,
        provider_name=provider_name(price.provider),
        condition=condition,
        rates=rates,
        currency=price.currency,
        against_list=against,
        source=price.source,
        date=price.date,
        confirmed_by=price.confirmed_by,
    )


def compared(price: Price, listed: Price) -> str:
    """`20 % less`, `as listed`, or `input 20 % less, output as listed`; empty where that cannot be
    said."""
    if price.currency != listed.currency:
        return ""
    parts = [_compared(price.input, listed.input), _compared(price.output, listed.output)]
    if not all(parts):
        return ""
    if parts[0] == parts[1]:
        return parts[0]
    return f"input {parts[0]}, output {parts[1]}"


def _compared(amount: Decimal | None, listed: Decimal | None) -> str:
    if amount is None or not listed:
        return ""
    change = (amount - listed) * 100 / listed
    percent = abs(change).quantize(Decimal(1), ROUND_HALF_UP)
    if amount == listed:
        return "as listed"
    return f"{percent or 'under 1'} % {'less' if change < 0 else 'more'}"


def off_peak_hours(off_peak: OffPeak) -> str:
    """`Monday to Friday 10:00 to 00:00; Saturday and Sunday all day`."""
    parts = []
    for window in off_peak.windows:
        days = [DAYS[day - 1] for day in window.weekdays]
        span = " and ".join(days) if len(days) < 3 else f"{days[0]} to {days[-1]}"
        hours = ", ".join(hour.replace("-", " to ") for hour in window.hours_utc)
        parts.append(f"{span} {'all day' if window.hours_utc == (WHOLE_DAY,) else hours}")
    return "; ".join(parts)
