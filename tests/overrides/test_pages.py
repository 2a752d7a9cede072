"""The pages on which facts are set: for administrators, and for nobody else."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.http import HttpResponse
from django.test import override_settings
from django.urls import reverse

from chat import catalog, overrides
from chat.catalog import override
from chat.models import ModelOverride
from tests.overrides.case import PRICE, OverridesCase

TYPED: dict[str, Any] = {
    "name": "GPT of the house",
    "description": "Ours, and cheaper.",
    "context_window": "128,000",
    "max_output_tokens": "4096",
    "input_modalities": ["image"],
    "tools": "yes",
    "reasoning": "no",
    "price_input": "$0.50",
    "price_output": "2",
    "price_cache_read": "0.05",
    "retires_on": "2027-03-31",
    "routes": "vllm: gpt-house\n\nlab: parrot",
    "refusals": "seed: It has none: really.",
    "note": "By contract 17",
}
LAB = {"name": "lab", "label": "Lab", "base_url": "http://127.0.0.1:9/v1", "models": ["parrot"]}


def problems(page: HttpResponse) -> list[str]:
    lists = re.findall(r'<ul class="errorlist[^>]*>(.*?)</ul>', page.content.decode(), re.DOTALL)
    return [unescape(text) for part in lists for text in re.findall(r"<li>(.*?)</li>", part)]


class PagesTests(OverridesCase):
    def test_it_hides_from_strangers(self) -> None:
        row = self.put(tools=False)
        pages = [reverse("overrides:index"), reverse("overrides:new")]
        pages += [reverse(f"overrides:{page}", args=[row.pk]) for page in ("edit", "deletion")]
        pages += ["/settings/models/new/?id=openai/gpt-5.4", "/settings/models/new/?id=a/b"]

        for stranger in (self.visitor(), self.visitor(self.alice)):
            for page in pages:
                with self.subTest(page):
                    self.assertEqual(stranger.get(page).status_code, 404)
            for page in pages[1:]:
                with self.subTest(f"changing {page}"):
                    self.assertEqual(stranger.post(page, {"name": "Mine"}).status_code, 404)
            self.assertNotContains(stranger.get("/", follow=True), "/settings/models/")
        self.assertEqual(ModelOverride.objects.get().facts, {"tools": False})

    def test_what_is_typed_is_stored_shown_and_typed_again(self) -> None:
        with override_settings(ENDPOINTS=[LAB]):
            page = self.save(**TYPED)
            row = ModelOverride.objects.get()
            again = self.visitor(self.ada).get(f"/settings/models/{row.pk}/")
            typed = again.context["form"].initial
            self.visitor(self.ada).post(f"/settings/models/{row.pk}/", typed)

        self.assertContains(page, "GPT of the house is saved")
        for words in ("128,000 tokens", "$0.50 in, $2.00 out", "31 March 2027", "By contract 17"):
            self.assertContains(page, words)
        self.assertContains(page, "lab: parrot, vllm: gpt-house")
        base = catalog.get("openai/gpt-5.4")
        assert base is not None
        self.assertContains(page, f"catalogue: {base.context_window:,} tokens")
        self.assertEqual(row.changed_by, self.ada)
        self.assertEqual(row.facts["input_modalities"], ["text", "image"])
        self.assertEqual(row.facts["refusals"], {"seed": "It has none: really."})
        self.assertEqual(ModelOverride.objects.get().facts, row.facts)

    def test_each_refused_field_has_its_sentence(self) -> None:
        taken = self.put("acme/parrot", name="Parrot", routes={"vllm": "polly"})
        both = "A price needs both: what input costs and what output costs."
        for field, value, sentence in (
            ("name", "n" * 81, "at most 80"),
            ("name", "a\x01b", "cannot be shown"),
            ("description", "see ```", override.BAD_FENCE),
            *(("context_window", text, override.BAD_TOKENS) for text in ("0", "-5", "128.000")),
            *(("context_window", text, override.BAD_TOKENS) for text in ("many", "9" * 400)),
            ("max_output_tokens", "99,999,999", "would not fit into the context window"),
            ("input_modalities", ["smell"], override.BAD_MODALITIES),
            ("tools", "perhaps", "perhaps is not one of the available choices"),
            *(("price_input", text, override.BAD_RATE) for text in ("-1", "0,5", "NaN", "1e3")),
            *(("price_output", text, override.BAD_RATE) for text in ("10001", "0.000000001")),
            ("price_input", "1", both),
            ("price_cache_read", "1", both),
            ("retires_on", "31.3.2027", "A day looks like 2027-03-31."),
            ("routes", "openai", "Line 1: write the name, a colon, and the rest."),
            ("routes", "vllm: a\nvllm: b", "Line 2: vllm is there twice."),
            ("routes", "nobody: a", "Line 1: nobody is neither a provider nor an endpoint here."),
            ("routes", "vllm: a b", override.BAD_ROUTE),
            ("routes", "vllm: POLLY", f"{taken.model_id} has this id there already."),
            ("refusals", "warmth: cold", "There is no parameter warmth."),
            ("refusals", "seed: " + "s" * 301, "300 characters at most"),
            ("refusals", "\n".join(f"p{n}: x" for n in range(41)), "40 lines at most."),
            ("note", "n" * 501, "at most 500"),
        ):
            with self.subTest(f"{field}: {value!s:.40}"):
                page = self.save(**{field: value})

                self.assertIn(sentence, " ".join(problems(page)))
                self.assertContains(page, "Nothing is saved yet")
        self.assertEqual(ModelOverride.objects.count(), 1)

    def test_an_empty_form_sets_nothing(self) -> None:
        page = self.save()

        self.assertEqual(problems(page), ["Nothing is set yet. Set one fact at least, or cancel."])
        self.assertFalse(ModelOverride.objects.exists())

    def test_a_model_of_ones_own_needs_a_name_and_an_id(self) -> None:
        client = self.visitor(self.ada)
        for model_id in ("", "gpt", "a b/c", "a/b/c", "<b>/x", "a/b.json", "x" * 500):
            with self.subTest(model_id[:20]):
                page = client.get("/settings/models/new/", {"id": model_id})
                self.assertContains(page, "An id looks like openai/gpt-5.4")

        page = self.save("acme/parrot", tools="yes")

        self.assertIn("A model of your own needs a name.", problems(page))
        self.assertContains(page, "will be a model of your own")
        self.assertFalse(ModelOverride.objects.exists())

    def test_a_models_page_leads_administrators_to_its_facts(self) -> None:
        address = "/settings/models/new/?id=openai%2Fgpt-5.4"

        page = self.visitor(self.ada).get("/models/openai/gpt-5.4/")

        self.assertContains(page, address)
        form = self.visitor(self.ada).get(address)
        self.assertContains(form, "<h1>GPT-5.4</h1>", html=True)
        other = self.visitor(self.alice).get("/models/openai/gpt-5.4/")
        self.assertNotContains(other, "/settings/models/")

    def test_a_model_that_has_an_override_leads_to_it(self) -> None:
        row = self.put(tools=False)

        response = self.visitor(self.ada).get("/settings/models/new/?id=OpenAI/GPT-5.4")

        self.assertRedirects(response, f"/settings/models/{row.pk}/")

    def test_a_deletion_says_what_returns_and_brings_it_back(self) -> None:
        row = self.put(price=PRICE)
        base = catalog.get("openai/gpt-5.4")
        assert base is not None
        client, address = self.visitor(self.ada), f"/settings/models/{row.pk}/deletion/"

        asked = client.get(address)
        kept = overrides.get("openai/gpt-5.4")
        done = client.post(address, follow=True)

        self.assertContains(asked, "instead of $1.00 in, $2.00 out")
        self.assertContains(asked, "$2.50 in, $15.00 out")
        assert kept is not None
        self.assertNotEqual(kept.prices, base.prices)
        self.assertContains(done, "is again as the catalogue has it")
        self.assertIs(overrides.get("openai/gpt-5.4"), base)

    def test_a_deleted_model_of_ones_own_is_gone(self) -> None:
        row = self.put("acme/parrot", name="Parrot")
        client, address = self.visitor(self.ada), f"/settings/models/{row.pk}/deletion/"

        asked = client.get(address)
        client.post(address)

        self.assertContains(asked, "it leaves the list of models")
        self.assertEqual(client.get("/models/acme/parrot/").status_code, 404)

    def test_what_is_typed_is_text_and_no_markup(self) -> None:
        self.save("acme/parrot", name="<script>alert(1)</script>", description="<b>bold</b>")
        client = self.visitor(self.ada)

        for page in ("/settings/models/", "/models/acme/parrot/", "/models/"):
            with self.subTest(page):
                response = client.get(page)
                self.assertNotContains(response, "<script>alert(1)")
                self.assertNotContains(response, "<b>bold")
