"""Which facts are taken, and what becomes of a model over which they are set."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

import msgspec
from django.test import override_settings
from django.utils import timezone

from chat import catalog, overrides
from chat.catalog import override
from chat.models import ModelOverride
from chat.profiles import as_json, as_markdown, profile
from tests.overrides.case import PRICE, OverridesCase

TODAY = date(2026, 11, 22)
BAD: tuple[dict[str, Any], ...] = (
    {"nickname": "Bob"},
    *({"name": name} for name in ("", " ", "n" * 81, "a\nb", "a\x00", "a\u202eb", 5)),
    *({"description": text} for text in ("d" * 501, "```", "see ~~~")),
    *({"context_window": count} for count in (0, -1, 1.5, "many", 100_000_001, True)),
    {"context_window": 1000, "max_output_tokens": 1001},
    *({"input_modalities": kinds} for kinds in ([], ["smell"], ["text", "text"], "text")),
    *({"tools": value} for value in ("yes", 1)),
    *({"price": PRICE | {"input": rate}} for rate in ("-1", "NaN", "Infinity", "10001", "1e-9")),
    *({"price": price} for price in ({"input": "1"}, PRICE | {"currency": "EUR"}, "1")),
    *({"retires_on": day} for day in ("soon", "2027-02-30")),
    *({"routes": routes} for routes in ({}, {"openai": "a b"}, {"Open AI": "a"}, {"openai": ""})),
    {"routes": {f"p{number}": "a" for number in range(41)}},
    *({"refusals": rows} for rows in ({}, {"warmth": "It is cold."}, {"seed": ""})),
)


class FactsTests(OverridesCase):
    def test_what_does_not_fit_is_not_stored(self) -> None:
        for facts in BAD:
            with self.subTest(str(facts)[:60]), self.assertRaises(msgspec.ValidationError):
                self.put(**facts)
        for model_id in ("gpt", "a/b/c", "A/b", "a/b.md", "a/b.json", "a/" + "b" * 81, "../x"):
            with self.subTest(model_id), self.assertRaises(ValueError):
                self.put(model_id, tools=True)
        self.assertFalse(ModelOverride.objects.exists())

    def test_what_is_stored_comes_back_the_same(self) -> None:
        facts = override.parse(
            {
                "name": "Ours",
                "context_window": 9000,
                "input_modalities": ["text", "pdf"],
                "tools": False,
                "price": PRICE | {"cache_read": "0.083333"},
                "retires_on": "2027-03-31",
                "routes": {"openai": "ours-1"},
                "refusals": {"seed": "It has none."},
            }
        )

        ModelOverride.put("acme/ours", facts, note="", by=self.ada)

        self.assertEqual(ModelOverride.objects.get().to_catalog().facts, facts)

    def test_what_is_not_set_stays_as_the_catalogue_has_it(self) -> None:
        self.put(context_window=5000)

        model, base = overrides.get("openai/gpt-5.4"), catalog.get("openai/gpt-5.4")

        assert model is not None
        assert base is not None
        self.assertEqual(model.context_window, 5000)
        self.assertEqual((model.prices, model.routes), (base.prices, base.routes))
        self.assertEqual(model.max_output_tokens, base.max_output_tokens)
        self.assertNotEqual(base.context_window, 5000)

    def test_a_price_holds_at_every_provider(self) -> None:
        self.put(price=PRICE)
        model = overrides.get("openai/gpt-5.4")

        assert model is not None
        for provider in ("openai", "openrouter", "compatible"):
            price = model.price(provider)
            assert price is not None
            self.assertEqual((price.input, price.cache_read), (Decimal(1), None))
            self.assertFalse(price.tiers)

    def test_an_unaltered_fact_keeps_its_day(self) -> None:
        self.put(tools=True, reasoning=False)
        yesterday = timezone.now()

        with mock.patch.object(timezone, "now", return_value=yesterday + timedelta(days=40)):
            row = self.put(tools=True, reasoning=True, price=PRICE)

        later = (yesterday + timedelta(days=40)).date().isoformat()
        first = yesterday.date().isoformat()
        self.assertEqual(row.set_on, {"tools": first, "reasoning": later, "price": later})
        self.assertEqual(ModelOverride.objects.count(), 1)

    def test_its_source_is_the_administrator_wherever_it_is_told(self) -> None:
        now = datetime(2026, 11, 22, 12, tzinfo=timezone.get_current_timezone())
        with mock.patch.object(timezone, "now", return_value=now):
            self.put(price=PRICE, context_window=5000, refusals={"seed": "It has none."})
        model = overrides.get("openai/gpt-5.4")
        assert model is not None

        page = profile(model, on=TODAY)

        notes = {fact.name: fact.note for fact in page.facts}
        self.assertEqual(notes["Context window"], "set by an administrator on 22 November 2026")
        self.assertNotIn("administrator", notes["Longest answer"])
        self.assertIn("| Everywhere | $1.00 | $2.00 |", as_markdown(page))
        self.assertIn("set by an administrator, 22 November 2026", as_markdown(page))
        self.assertIn("(set by an administrator on 22 November 2026)", page.questions[0].answer)
        self.assertEqual(as_json(page)["prices"][0]["date"], "2026-11-22")
        self.assertIn("on 2026-11-22", model.refusals[-1].source)

    def test_a_smaller_window_takes_a_longer_input_with_it(self) -> None:
        base = catalog.get("openai/gpt-5.4")
        self.put(context_window=5000)

        model = overrides.get("openai/gpt-5.4")

        assert base is not None
        assert model is not None
        self.assertGreater(base.max_input or 0, 5000)
        self.assertIsNone(model.max_input)

    def test_relatives_have_the_prices_that_they_have_here(self) -> None:
        self.put("openai/gpt-5.5", price=PRICE)
        model = overrides.get("openai/gpt-5.4")
        assert model is not None

        page = profile(model, on=TODAY, among=overrides.vendors())

        prices = {other.id: other.list_price for other in page.related}
        price = prices["openai/gpt-5.5"]
        assert price is not None
        self.assertEqual(price.input, Decimal(1))

    def test_a_model_of_ones_own_has_a_page_a_vendor_and_a_place_in_the_list(self) -> None:
        self.put("acme-labs/parrot", name="Parrot", description="It repeats.")
        self.put("openai/house-model", name="House model")

        parrot, house = overrides.get("acme-labs/parrot"), overrides.get("openai/house-model")

        assert parrot is not None
        assert house is not None
        self.assertEqual((parrot.vendor_name, parrot.description), ("Acme labs", "It repeats."))
        self.assertEqual(house.vendor_name, "OpenAI")
        self.assertEqual(len(overrides.models()), len(catalog.models()) + 2)
        self.assertEqual(overrides.vendors()[-1].slug, "acme-labs")
        self.assertEqual(profile(parrot, on=TODAY).related, ())
        client = self.visitor(self.alice)
        self.assertContains(client.get("/models/acme-labs/parrot/"), "It repeats.")
        self.assertContains(client.get("/models/?q=parrot"), "Parrot")
        self.assertContains(client.get("/llms.txt"), "models/openai/house-model.md")

    def test_readers_who_are_not_signed_in_see_the_catalogue_alone(self) -> None:
        self.put(price=PRICE, name="GPT by contract")
        self.put("acme/parrot", name="Parrot")
        pages = ("/models/openai/gpt-5.4/", "/models/openai/gpt-5.4.json", "/llms-full.txt")
        pages += ("/models/openai/gpt-5.5.md", "/models/openai/gpt-5.5/", "/models/")

        with override_settings(PUBLIC_CATALOG=True):
            for page in pages:
                with self.subTest(page):
                    response = self.visitor().get(page)
                    self.assertContains(response, "GPT-5.4")
                    for words in ("by contract", "administrator", "Parrot"):
                        self.assertNotContains(response, words)
            self.assertEqual(self.visitor().get("/models/acme/parrot/").status_code, 404)
        self.assertContains(self.visitor(self.alice).get(pages[0]), "GPT by contract")

    def test_rows_of_another_version_are_left_out(self) -> None:
        ModelOverride.objects.create(model_id="openai/gpt-5.4", facts={"aura": "green"})

        model = overrides.get("openai/gpt-5.4")

        self.assertIs(model, catalog.get("openai/gpt-5.4"))
        page = self.visitor(self.ada).get("/settings/models/")
        self.assertContains(page, "another version of this program wrote it")

    def test_another_process_sees_a_change_within_seconds(self) -> None:
        self.assertIs(overrides.get("openai/gpt-5.4"), catalog.get("openai/gpt-5.4"))
        ModelOverride.put("openai/gpt-5.4", override.parse({"tools": False}), note="", by=self.ada)
        held = overrides.get("openai/gpt-5.4")

        with mock.patch.object(overrides, "FRESH_SECONDS", 0.0):
            model = overrides.get("openai/gpt-5.4")

        self.assertIs(held, catalog.get("openai/gpt-5.4"))
        assert model is not None
        self.assertIs(model.tools, False)
        self.assertLessEqual(overrides.FRESH_SECONDS, 5)
