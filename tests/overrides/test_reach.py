"""How far a changed fact reaches: estimate, picker and the next receipt, but never an old one."""

from __future__ import annotations

import json
from decimal import Decimal

from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone

from chat import endpoints, estimates, overrides
from chat.catalog.loading import price_table_version
from chat.llm.types import Endpoint, ModelInfo
from chat.models import Turn, User
from chat.offers import offer
from chat.receipts import as_json
from tests.overrides.case import put
from tests.script import stream
from tests.turns.stage import TurnCase

ROUTES = {"double": "parrot"}


class ReachTests(TurnCase):
    def setUp(self) -> None:
        overrides.forget()
        self.addCleanup(overrides.forget)
        self.ada = User.objects.create_user("ada", is_staff=True)

    async def set(self, rate: str, **facts: object) -> None:
        await sync_to_async(put)(
            "acme/parrot",
            by=self.ada,
            name="Parrot of the house",
            price={"input": rate, "output": rate},
            routes=ROUTES,
            **facts,
        )
        overrides.forget()

    async def page(self) -> str:
        client = Client()
        await sync_to_async(client.force_login)(self.alice)
        response = await sync_to_async(client.get)("/?model=double/parrot")
        return str(response.content.decode())

    async def test_a_changed_price_reaches_the_next_receipt_and_no_old_one(self) -> None:
        async with self.stage() as provider:
            provider.always(*stream("Pretty ", "bird"))
            unknown = await self.ask_and_wait()
            await self.set("1000")
            first = await self.ask_and_wait()
            before = await sync_to_async(as_json)(first)
            await self.set("4000")
            second = await self.ask_and_wait()
            old = await Turn.objects.select_related("answer", "prompt").aget(pk=first.pk)

        today = timezone.now().date().isoformat()
        self.assertIsNone(unknown.cost)
        charged = second.receipt["charged"]
        self.assertEqual(charged["rates"], {"input": "4000", "output": "4000"})
        self.assertEqual(charged["source"], "set by an administrator")
        self.assertEqual(charged["price_table"], f"{price_table_version()}, overridden on {today}")
        assert second.cost is not None
        assert first.cost is not None
        self.assertEqual(second.cost, first.cost * 4)
        self.assertGreater(first.cost, Decimal(0))
        self.assertEqual(first.receipt["charged"]["rates"]["input"], "1000")
        self.assertEqual(await sync_to_async(as_json)(old), before)

    async def test_it_reaches_the_picker_and_the_estimate(self) -> None:
        async with self.stage():
            await self.set("3", context_window=4321, max_output_tokens=321)
            model = await sync_to_async(endpoints.find)("double/parrot")
            page = await self.page()
            await self.set("7", context_window=8765)
            later = await self.page()

        facts = json.loads(estimates.facts(model))
        self.assertEqual((facts["window"], facts["longest"]), (4321, 321))
        self.assertEqual(facts["rates"], [{"above": 0, "input": 3.0, "output": 3.0}])
        self.assertIn("Parrot of the house", page)
        self.assertIn("$3.00", page)
        self.assertNotIn("$7.00", page)
        self.assertIn("$7.00", later)
        self.assertNotIn("$3.00", later)
        self.assertIn("8765", later)

    async def test_a_refused_parameter_is_in_the_panel_with_its_reason(self) -> None:
        async with self.stage():
            await self.set("3", refusals={"top_p": "This parrot decides by itself."})
            model = await sync_to_async(endpoints.find)("double/parrot")

        assert model is not None
        reasons = {refusal.name: refusal.reason for refusal in model.refusals}
        self.assertEqual(reasons["top_p"], "This parrot decides by itself.")
        self.assertNotIn("top_p", {spec.name for spec in model.specs})

    async def test_a_limit_that_is_set_comes_before_what_the_endpoint_says(self) -> None:
        endpoint = Endpoint(name="double", label="The double", base_url="")
        info = ModelInfo("parrot", context_window=99_999, max_output_tokens=777)
        await self.set("3", context_window=4321)

        model = await sync_to_async(offer)(endpoint, info)

        self.assertEqual((model.context_window, model.max_output_tokens), (4321, 777))
