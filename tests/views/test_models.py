"""The list of models and a page for each: what they show, to whom, and how much they weigh."""

from __future__ import annotations

import gzip
import re
from datetime import date
from typing import Any

import brotli
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, override_settings

from chat import catalog
from tests.cast import FRAGMENT, CastCase

LISTED: dict[str, Any] = {
    "base_url": "http://127.0.0.1:9/v1",
    "api_key": "sk-canary-0123456789",
    "is_private_allowed": True,
}
ENDPOINTS = [
    LISTED | {"name": "oa", "label": "Our OpenAI", "provider": "openai", "models": ["gpt-5.4"]},
    LISTED
    | {
        "name": "router",
        "label": "The router",
        "provider": "openrouter",
        "models": ["openai/gpt-5.4", "google/gemini-2.5-pro", "someone/unheard-of"],
    },
]
BUDGET = 60_000
"""Bytes on the wire of a first visit, as the stack promises."""


def names(response: HttpResponse) -> list[str]:
    return re.findall(r'<th scope="row"><a [^>]*>([^<]*)</a>', response.content.decode())


def weight(client: Client, path: str) -> int:
    """Of a page and every style sheet and module that it names, compressed as they are sent."""
    page = client.get(path).content
    names = set(re.findall(rf'(?:href|src)="{settings.STATIC_URL}([^"]+)"', page.decode()))
    assert names
    files = (settings.BASE / "static" / name for name in names)
    return len(gzip.compress(page)) + sum(len(brotli.compress(file.read_bytes())) for file in files)


@override_settings(ENDPOINTS=ENDPOINTS)
class ListTests(CastCase):
    def test_it_has_every_model_of_the_catalogue_and_those_discovered_besides(self) -> None:
        response = self.client.get("/models/")

        self.assertEqual(len(names(response)), len(catalog.models()) + 1)
        self.assertContains(response, 'href="/?model=router%2Fsomeone%2Funheard-of"')
        self.assertContains(response, "not in the catalogue")

    def test_what_can_be_used_here_comes_first_with_its_endpoints(self) -> None:
        response = self.client.get("/models/")

        ready = {"GPT-5.4", "Gemini 2.5 Pro", "someone/unheard-of"}
        self.assertEqual(set(names(response)[:3]), ready)
        self.assertContains(response, "Our OpenAI, The router")

    def test_what_cannot_says_what_is_missing(self) -> None:
        response = self.client.get("/models/?vendor=anthropic")

        self.assertContains(response, "needs an Anthropic key")

    def test_filters_stand_in_the_address_and_in_the_form(self) -> None:
        response = self.client.get(
            "/models/?modality=audio&capability=reasoning&price=1&window=1000000&order=price"
        )

        found = [catalog.get(id) for id in _ids(response)]
        prices = [model.list_price.input for model in found if model and model.list_price]
        self.assertEqual(len(prices), len(found))
        self.assertEqual(prices, sorted(prices))  # type: ignore[type-var]
        self.assertGreater(len(found), 3)
        for model in found:
            assert model is not None
            self.assertIn("audio", model.input_modalities)
            self.assertTrue(model.reasoning)
            self.assertGreaterEqual(model.context_window or 0, 1_000_000)
        self.assertContains(response, 'value="audio" checked')
        self.assertContains(response, '<option value="1" selected>')

    def test_a_search_finds_name_vendor_id_and_ability(self) -> None:
        for words, wanted in (
            ("opus 5.5", "Claude Opus 5.5"),
            ("anthropic haiku", "Claude Haiku 5.5"),
            ("router/openai", "GPT-5.4"),
            ("makes images", "Nano Banana"),
        ):
            found = names(self.client.get("/models/", {"q": words}))
            self.assertIn(wanted, found, words)
            self.assertLess(len(found), 30, words)

    def test_what_is_no_choice_is_passed_over(self) -> None:
        response = self.client.get("/models/?price=cheap&order=-1&modality=smell&window=%00&open=2")

        self.assertEqual(len(names(response)), len(catalog.models()) + 1)

    def test_markup_in_the_search_stays_text(self) -> None:
        response = self.client.get("/models/", {"q": '"><script>', "vendor": "<b>"})

        self.assertNotContains(response, "<script>")
        self.assertContains(response, "No model fits.")

    def test_a_fragment_is_the_list_alone(self) -> None:
        response = self.client.get("/models/?q=opus", headers=FRAGMENT)

        self.assertContains(response, "Claude Opus 5.5")
        self.assertNotContains(response, "<form")

    def test_it_is_light_with_all_its_models(self) -> None:
        self.assertLess(weight(self.client, "/models/"), BUDGET)

    def test_it_hides_from_strangers(self) -> None:
        response = Client().get("/models/")

        self.assertEqual(response.status_code, 302)
        self.assertEqual(response.headers["Location"], "/sign-in/?next=/models/")


@override_settings(ENDPOINTS=ENDPOINTS)
class PageTests(CastCase):
    def test_it_is_the_playground_with_that_model(self) -> None:
        response = self.client.get("/models/openai/gpt-5.4/?prompt=Hello")

        self.assertContains(response, 'data-model="oa/gpt-5.4"')
        self.assertContains(response, ">Hello</textarea>")
        self.assertContains(response, 'class="starter"')

    def test_another_endpoint_of_the_model_can_be_chosen(self) -> None:
        response = self.client.get("/models/openai/gpt-5.4/?endpoint=router")

        self.assertContains(response, 'data-model="router/openai/gpt-5.4"')

    def test_without_an_endpoint_it_says_what_is_missing_and_to_whom(self) -> None:
        self.alice.is_staff = True
        self.alice.save()

        theirs = self.client.get("/models/anthropic/claude-opus-5-5/")
        ours = self.as_user(self.bob).get("/models/anthropic/claude-opus-5-5/")

        self.assertContains(theirs, "needs an Anthropic key")
        self.assertContains(theirs, 'href="/settings/endpoints/"')
        self.assertContains(ours, "An administrator can add one.")
        self.assertNotContains(ours, "/settings/endpoints/")
        self.assertNotContains(ours, "composer")

    def test_prices_have_tiers_a_comparison_a_source_and_a_date(self) -> None:
        response = self.client.get("/models/google/gemini-2.5-flash/")

        self.assertContains(response, "20 % less")
        self.assertContains(response, "November 2026")
        self.assertContains(
            self.client.get("/models/google/gemini-2.5-pro/"), "above 200,000 tokens of input"
        )

    def test_a_model_that_retires_says_when_everywhere(self) -> None:
        model = next(m for m in catalog.models() if m.retires_on == date(2026, 12, 11))

        self.assertContains(self.client.get(f"/models/{model.id}/"), "11 December 2026")
        self.assertContains(self.client.get("/models/"), "11 December 2026")

    def test_every_page_of_the_catalogue_can_be_drawn(self) -> None:
        for model in catalog.models():
            response = self.client.get(f"/models/{model.id}/")
            self.assertEqual(response.status_code, 200, model.id)
            self.assertNotContains(response, "None", msg_prefix=model.id)

    def test_it_names_its_address_and_its_twins_for_others(self) -> None:
        response = self.client.get("/models/openai/gpt-5.4/")

        site = "http://127.0.0.1:8000"
        self.assertContains(response, f'rel="canonical" href="{site}/models/openai/gpt-5.4/"')
        self.assertContains(response, 'property="og:title" content="GPT-5.4 by OpenAI"')
        self.assertContains(response, 'href="/models/openai/gpt-5.4.md"')

    @override_settings(ROOT_URLCONF="tests.views.urls_with_api")
    def test_it_has_our_own_address_in_each_dialect(self) -> None:
        response = self.client.get("/models/openai/gpt-5.4/")

        for path in (
            "/v1/chat/completions",
            "/v1/messages",
            "/v1beta/models/openai/gpt-5.4:generateContent",
        ):
            self.assertContains(response, f'data-value="http://127.0.0.1:8000/api{path}"')
        self.assertContains(response, "Use with Claude Code")
        self.assertNotContains(self.client.get("/models/anthropic/claude-opus-5-5/"), "/api/v1/")

    @override_settings(ROOT_URLCONF="chat.urls")
    def test_without_the_api_its_addresses_are_not_there(self) -> None:
        response = self.client.get("/models/openai/gpt-5.4/")

        self.assertNotContains(response, "127.0.0.1:8000/api/")

    def test_no_key_of_ours_is_on_it(self) -> None:
        response = self.client.get("/models/openai/gpt-5.4/")

        self.assertNotContains(response, "sk-canary")

    def test_it_is_light(self) -> None:
        self.assertLess(weight(self.client, "/models/openai/gpt-5.4/"), BUDGET)

    def test_an_unknown_model_is_not_there(self) -> None:
        for path in ("openai/dodo/", "nobody/gpt-5.4/", "openai/dodo.md", "openai/dodo.json"):
            self.assertEqual(self.client.get(f"/models/{path}").status_code, 404, path)

    def test_it_hides_from_strangers(self) -> None:
        response = Client().get("/models/openai/gpt-5.4/")

        self.assertEqual(response.status_code, 302)


@override_settings(ENDPOINTS=ENDPOINTS, PUBLIC_CATALOG=True)
class OpenCatalogTests(CastCase):
    def test_everybody_reads_the_catalogue_and_nothing_of_what_is_set_up_here(self) -> None:
        for path in ("/models/", "/models/openai/gpt-5.4/"):
            response = Client().get(path)

            self.assertContains(response, "GPT-5.4")
            self.assertContains(response, "/sign-in/?next=")
            for secret in ("Our OpenAI", "The router", "unheard-of", "needs a", "not offered"):
                self.assertNotContains(response, secret)


def _ids(response: HttpResponse) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/models/([^"]+)/"', response.content.decode())
