"""What an answer costs: exact, by tier and hour, and unknown rather than wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat import catalog
from chat.catalog.prices import OffPeak, Price, Tier, Window, cost, price_range
from chat.llm.events import Usage

NOON = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)  # a Monday, in everyone's peak hours
TOKENS = st.integers(min_value=0, max_value=3_000_000)
REAL = [price for model in catalog.models() for price in model.prices if not price.leaves_out]


def price_of(id: str, provider: str = "") -> Price:
    model = catalog.get(id)
    assert model is not None
    found = model.price(provider) if provider else model.list_price
    assert found is not None
    return found


def plain(**rates: str) -> Price:
    known = {name: Decimal(rate) for name, rate in rates.items()}
    return Price(provider="p", currency="USD", source="s", date="2026-11", **known)  # type: ignore[arg-type]


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    read, write, fresh, output = (draw(TOKENS) for _ in range(4))
    reasoning = draw(st.integers(min_value=0, max_value=output))
    return Usage(read + write + fresh, output, read, write, reasoning)


def test_it_is_exact_where_floats_are_not() -> None:
    assert cost(price_of("google/gemini-2.5-flash"), Usage(1, 1), NOON) == Decimal("0.0000028")
    assert cost(plain(input="0.1", output="0.2"), Usage(3, 3), NOON) == Decimal("0.0000009")


def test_input_includes_the_cache_and_output_includes_reasoning() -> None:
    price = plain(input="10", output="20", cache_read="1", cache_write="12.5", reasoning="40")

    usage = Usage(1000, 100, cache_read_tokens=600, cache_write_tokens=100, reasoning_tokens=60)

    expected = 300 * 10 + 600 * 1 + 100 * Decimal("12.5") + 40 * 20 + 60 * 40
    assert cost(price, usage, NOON) == Decimal(expected) / 1_000_000


def test_reasoning_costs_as_much_as_the_answer_unless_a_source_says_otherwise() -> None:
    price = plain(input="10", output="20")

    assert cost(price, Usage(0, 100, reasoning_tokens=60), NOON) == cost(price, Usage(0, 100), NOON)


def test_a_cached_prompt_without_a_cache_price_costs_an_unknown_sum() -> None:
    price = plain(input="10", output="20")

    assert cost(price, Usage(1000, 10, cache_read_tokens=1), NOON) is None
    assert cost(price, Usage(1000, 10), NOON) is not None


def test_a_tier_holds_for_the_whole_request_from_the_next_token_on() -> None:
    price = price_of("openai/gpt-5.4")

    assert cost(price, Usage(272_000, 0), NOON) == Decimal("0.68")
    assert cost(price, Usage(272_001, 0), NOON) == Decimal("1.360005")


def test_beyond_what_a_list_shows_a_price_is_unknown() -> None:
    price = price_of("openai/gpt-5.4", "openrouter")

    assert cost(price, Usage(1000, 0), NOON) == Decimal("0.0025")
    assert cost(price, Usage(300_000, 0), NOON) is None


@pytest.mark.parametrize(
    ("moment", "is_cheap"),
    [
        (datetime(2026, 11, 23, 0, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 1, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 23, 4, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 23, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 22, 8, 0, tzinfo=UTC), True),  # a Sunday
        (datetime(2026, 11, 23, 17, 0, tzinfo=timezone(timedelta(hours=9))), False),  # 08:00 UTC
        (datetime(2026, 11, 23, 1, 0, tzinfo=timezone(timedelta(hours=9))), True),  # a Sunday there
    ],
)
def test_the_hour_counts_in_utc(moment: datetime, is_cheap: bool) -> None:
    price = price_of("deepseek/deepseek-v4-pro")

    expected = Decimal("0.66") if is_cheap else Decimal("1.32")
    assert cost(price, Usage(1_000_000, 0), moment) == expected


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        cost(plain(input="1", output="1"), Usage(1, 1), datetime(2026, 11, 23))


def test_an_image_that_a_model_makes_has_no_known_price() -> None:
    price = price_of("google/gemini-2.5-flash-image")

    assert cost(price, Usage(10, 10), NOON) is None
    assert cost(price, Usage(10, 10), NOON, is_text_only=True) == Decimal("0.000028")
    assert price_range(price, 10, 10, at=NOON) is None


def test_sound_has_a_price_of_its_own() -> None:
    price = price_of("google/gemini-2.5-flash")

    assert cost(price, Usage(100, 0), NOON, input_audio_tokens=40) == Decimal("0.000058")
    assert cost(plain(input="1", output="1"), Usage(9, 0), NOON, input_audio_tokens=1) is None


@given(st.sampled_from(REAL), usages())
def test_a_cost_is_unknown_or_not_negative(price: Price, usage: Usage) -> None:
    total = cost(price, usage, NOON)

    assert total is None or total >= 0


@given(st.sampled_from(REAL), TOKENS, TOKENS, TOKENS, TOKENS)
def test_more_tokens_never_cost_less(
    price: Price, tokens: int, output: int, more_in: int, more_out: int
) -> None:
    less = cost(price, Usage(tokens, output), NOON)
    more = cost(price, Usage(tokens + more_in, output + more_out), NOON)

    assert less is None or more is None or less <= more


@given(st.sampled_from(REAL), usages(), st.integers(min_value=0, max_value=100_000))
def test_the_range_holds_what_it_comes_to(price: Price, usage: Usage, spare: int) -> None:
    expected = price_range(price, usage.input_tokens, usage.output_tokens + spare, at=NOON)
    total = cost(price, usage, NOON)

    if expected is not None and total is not None:
        low, high = expected
        assert low <= total <= high


@given(st.integers(min_value=0, max_value=200), st.datetimes(timezones=st.just(UTC)))
def test_the_highest_tier_that_was_reached_counts(tokens: int, at: datetime) -> None:
    price = Price(
        provider="p",
        currency="USD",
        source="s",
        date="2026-11",
        input=Decimal(1),
        output=Decimal(1),
        tiers=(
            Tier(above_input_tokens=100, input=Decimal(3), output=Decimal(3)),
            Tier(above_input_tokens=50, input=Decimal(2), output=Decimal(2)),
        ),
        off_peak=OffPeak(
            input=Decimal(1),
            output=Decimal(1),
            windows=(Window((1, 2, 3, 4, 5, 6, 7), ("00:00-00:00",)),),
        ),
    )

    rate = 3 if tokens > 100 else 2 if tokens > 50 else 1
    assert cost(price, Usage(tokens, 0), at) == Decimal(tokens * rate) / 1_000_000
