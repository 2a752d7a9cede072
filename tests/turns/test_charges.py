"""What an answer costs: by the dated price table, exactly, and unknown where it is unknown."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.test import TestCase

from chat import charges, figures, receipts
from chat.catalog import prices
from chat.catalog.loading import price_table_version
from chat.llm.answer import Answer
from chat.llm.events import Event, Finish, MediaDelta, ReasoningDelta, Usage
from chat.llm.types import Endpoint, Message, ModelInfo, Parameters, Request, TextPart
from chat.models import Turn
from chat.offers import AvailableModel, offer

OPENAI = Endpoint(name="openai", label="OpenAI", base_url="", provider="openai")


class Charges(TestCase):
    def charge(
        self, model: AvailableModel, usage: Usage, answer: Answer | None = None
    ) -> tuple[Decimal | None, dict[str, Any]]:
        receipt: dict[str, Any] = {}
        cost = receipts.record_charged(receipt, model, usage=usage, answer=answer or Answer())
        return cost, receipt["charged"]

    def test_it_is_the_price_tables_sum_with_cached_tokens_at_their_rate(self) -> None:
        model = offer(OPENAI, ModelInfo("gpt-5.4"))
        usage = Usage(input_tokens=1000, output_tokens=200, cache_read_tokens=600)
        price = model.price
        assert price is not None
        assert price.input is not None
        assert price.output is not None
        assert price.cache_read is not None

        cost, charged = self.charge(model, usage)

        expected = (400 * price.input + 600 * price.cache_read + 200 * price.output) / 1_000_000
        self.assertEqual(cost, expected)
        self.assertEqual(Decimal(charged["cost"]), expected)
        self.assertEqual(charged["price_table"], price_table_version())
        self.assertEqual(Decimal(charged["rates"]["input"]), price.input)
        self.assertEqual((charged["source"], charged["as_of"]), (price.source, price.date))

    def test_a_long_prompt_has_the_rates_of_its_tier(self) -> None:
        model = offer(OPENAI, ModelInfo("gpt-6-astra"))
        price = model.price
        assert price is not None
        assert price.tiers
        tier = price.tiers[0]
        tokens = tier.above_input_tokens + 1

        cost, charged = self.charge(model, Usage(input_tokens=tokens, output_tokens=0))

        self.assertEqual(Decimal(charged["rates"]["input"]), tier.input)
        self.assertEqual(cost, prices.cost(price, Usage(tokens, 0), datetime.now().astimezone()))

    def test_what_is_not_in_the_catalogue_has_no_price(self) -> None:
        model = offer(OPENAI, ModelInfo("nobody-knows-it"))

        cost, charged = self.charge(model, Usage(input_tokens=5, output_tokens=5))

        self.assertIsNone(cost)
        self.assertIn("not in the catalogue", charged["reason"])

    def test_a_list_price_is_not_what_somebody_else_asks(self) -> None:
        azure = Endpoint(name="azure", label="Azure", base_url="", provider="azure")

        cost, charged = self.charge(offer(azure, ModelInfo("gpt-5.4")), Usage(5, 5))

        self.assertIsNone(cost)
        self.assertIn("No source says what Azure asks", charged["reason"])

    def test_the_embedded_model_costs_nothing(self) -> None:
        model = AvailableModel(OPENAI, ModelInfo("tiny"), is_local=True)

        cost, _ = self.charge(model, Usage(input_tokens=5, output_tokens=5))

        self.assertEqual(cost, 0)

    def test_an_estimated_count_is_said(self) -> None:
        model = offer(OPENAI, ModelInfo("gpt-5.4"))

        _, charged = self.charge(model, Usage(5, 5, is_estimated=True))

        self.assertEqual(charged["reason"], "From an estimated count of tokens.")

    def test_the_receipt_shows_rates_and_table(self) -> None:
        model = offer(OPENAI, ModelInfo("gpt-5.4"))
        cost, charged = self.charge(model, Usage(1000, 100))
        turn = Turn(cost=cost)

        rows = {row.name: row for row in figures._charged(turn, charged)}

        self.assertEqual(rows["Price table"].value, price_table_version())
        self.assertIn("USD per million tokens", rows["Rates"].note)

    def test_a_picture_of_unknown_price_makes_the_sum_unknown(self) -> None:
        google = Endpoint(name="google", label="Google", base_url="", provider="google")
        model = offer(google, ModelInfo("gemini-2.5-flash-image"))
        price = model.price
        assert price is not None
        assert price.leaves_out
        drawn = Answer()
        drawn.add(MediaDelta(media_type="image/png", data=b"x"))

        with_picture, _ = self.charge(model, Usage(5, 1290), drawn)
        words_only, _ = self.charge(model, Usage(5, 12))

        self.assertIsNone(with_picture)
        self.assertIsNotNone(words_only)


class SilenceTests(TestCase):
    """Thinking that nobody was shown, of an answer that somebody left."""

    def seen(self, *events: Event, seconds: float = 11.0, **fields: Any) -> Usage:
        answer = Answer()
        answer.extend(events)
        said = (Message("user", (TextPart("Hi"),)),)
        request = Request("gpt-5.4", said, Parameters(**fields))
        usage = charges.usage_of(answer, None, prompt_tokens=5, is_begun=False)
        model = offer(OPENAI, ModelInfo("gpt-5.4"))
        return charges.with_silence(usage, answer, model=model, request=request, seconds=seconds)

    def test_it_is_as_long_as_the_time_that_it_took(self) -> None:
        usage = self.seen()

        self.assertEqual((usage.output_tokens, usage.reasoning_tokens), (600, 600))
        self.assertTrue(usage.is_estimated)

    def test_it_is_there_too_where_the_prompt_was_counted_already(self) -> None:
        usage = self.seen(Usage(9, 1))

        self.assertEqual((usage.input_tokens, usage.reasoning_tokens), (9, 600))
        self.assertTrue(usage.is_estimated)

    def test_it_is_never_longer_than_an_answer_may_be(self) -> None:
        self.assertEqual(self.seen(max_output_tokens=50).output_tokens, 50)

    def test_what_a_quick_answer_needs_is_no_thinking(self) -> None:
        self.assertEqual(self.seen(seconds=0.9).output_tokens, 0)

    def test_what_was_shown_or_counted_is_not_guessed(self) -> None:
        told = Usage(9, 7)

        self.assertEqual(self.seen(told, Finish("stop")), told)
        self.assertEqual(self.seen(told, ReasoningDelta("Hm.")).output_tokens, 7)
