"""What an answer costs, exactly.

The one rule: money is `Decimal`, and what is not known is None, never zero. Rates are per million
tokens; the rate of a tier holds for the whole request, as the providers bill it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal

from chat.llm.events import Usage

MILLION = Decimal(1_000_000)
EVERYWHERE = ""
"""In place of a provider: the price holds whoever serves the model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Per million tokens. None: the sources do not say."""

    input: Decimal | None = None
    output: Decimal | None = None
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    """Of a cache that lives for the provider's usual time."""
    input_audio: Decimal | None = None
    reasoning: Decimal | None = None
    """Of output spent on thinking, where it costs another price than the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier(Rates):
    """Holds for requests with more input tokens than this, cached ones included."""

    above_input_tokens: int


@dataclass(frozen=True, slots=True)
class Window:
    """`hours_utc` are spans such as "10:00-00:00", the end excluded; weekdays are ISO's, 1 to 7."""

    weekdays: tuple[int, ...]
    hours_utc: tuple[str, ...]

    def holds(self, at: datetime) -> bool:
        moment = at.astimezone(UTC)
        if moment.isoweekday() not in self.weekdays:
            return False
        return any(_is_within(moment.time(), span) for span in self.hours_utc)


@dataclass(frozen=True, slots=True, kw_only=True)
class OffPeak(Rates):
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Price(Rates):
    """What one provider asks, with who says so and when."""

    provider: str
    currency: str
    source: str
    date: str
    """ISO, to the day or the month."""
    variant: str = ""
    """A second offer of the same provider, such as one without a promise of availability."""
    tiers: tuple[Tier, ...] = ()
    off_peak: OffPeak | None = None
    leaves_out: tuple[str, ...] = ()
    """Kinds of output that cost something else, which no source states."""
    confirmed_by: tuple[str, ...] = ()


def rates(price: Price, input_tokens: int, at: datetime) -> Rates:
    """Those that hold for a request of this length at this moment, which must be aware."""
    if at.tzinfo is None:
        raise ValueError("a moment without a time zone has no price")
    reached = [tier for tier in price.tiers if input_tokens > tier.above_input_tokens]
    if reached:
        return max(reached, key=lambda tier: tier.above_input_tokens)
    off_peak = price.off_peak
    if off_peak is not None and any(window.holds(at) for window in off_peak.windows):
        return off_peak
    return price


def cost(
    price: Price,
    usage: Usage,
    at: datetime,
    *,
    input_audio_tokens: int = 0,
    is_text_only: bool = False,
) -> Decimal | None:
    """In the price's currency. None where a rate that is needed is unknown: a cached prompt whose
    cache price no source states, or an answer of a model that makes images, unless the caller knows
    that it is `is_text_only`."""
    if price.leaves_out and not is_text_only:
        return None
    rate = rates(price, usage.input_tokens, at)
    cached = usage.cache_read_tokens + usage.cache_write_tokens
    thought = usage.reasoning_tokens if rate.reasoning is not None else 0
    amounts = (
        (max(0, usage.input_tokens - cached - input_audio_tokens), rate.input),
        (input_audio_tokens, rate.input_audio),
        (usage.cache_read_tokens, rate.cache_read),
        (usage.cache_write_tokens, rate.cache_write),
        (max(0, usage.output_tokens - thought), rate.output),
        (thought, rate.reasoning),
    )
    total = Decimal(0)
    for tokens, per_million in amounts:
        if tokens and per_million is None:
            return None
        total += tokens * (per_million or Decimal(0))
    return total / MILLION


def price_range(
    price: Price, input_tokens: int, max_output_tokens: int, *, at: datetime
) -> tuple[Decimal, Decimal] | None:
    """The least and the most that a request may cost before it is sent: all of the prompt at its
    lowest rate and no answer; all of it at its highest and the longest answer."""
    rate = rates(price, input_tokens, at)
    if price.leaves_out or rate.input is None or rate.output is None:
        return None
    # No order is given: where storing is charged by the hour, writing may cost less than reading.
    ways_in = [
        rate.input,
        *(cached for cached in (rate.cache_read, rate.cache_write) if cached is not None),
    ]
    most_out = max(rate.output, rate.reasoning or Decimal(0))
    high = input_tokens * max(ways_in) + max_output_tokens * most_out
    least_in = min(ways_in)
    return input_tokens * least_in / MILLION, high / MILLION


def _is_within(moment: time, span: str) -> bool:
    start, _, end = span.partition("-")
    begins, ends = time.fromisoformat(start), time.fromisoformat(end)
    return begins <= moment and (moment < ends or ends == time.min)
