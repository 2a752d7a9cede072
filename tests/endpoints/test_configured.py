"""Which endpoints there are, for whom, and what they offer."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from chat import discovery, endpoints
from chat.llm.providers import PROVIDERS
from chat.models import User
from tests.endpoints.case import EndpointsCase, provider
from tests.script import answer, failure


class Configured(EndpointsCase):
    def keys(self, user: User | None = None) -> list[str]:
        return [model.key for model in endpoints.models(user)]

    def test_everybody_is_offered_what_administrators_keep(self) -> None:
        self.add()

        for user in (None, self.ada, self.bob):
            self.assertEqual(self.keys(user), ["the-lab/parrot"])

    def test_one_that_is_switched_off_offers_nothing(self) -> None:
        row = self.add()

        row.disable()

        self.assertEqual(self.keys(), [])
        self.assertIsNone(endpoints.find("the-lab/parrot"))

    def test_it_hides_from_strangers(self) -> None:
        row = self.add(owner=self.alice, provider="anthropic", dialect="anthropic")
        key = f"{row.name}/parrot"

        self.assertEqual(self.keys(self.alice), [key])
        self.assertIsNotNone(endpoints.find(key, self.alice))
        for stranger in (self.bob, self.ada, None):
            self.assertEqual(self.keys(stranger), [])
            self.assertIsNone(endpoints.find(key, stranger))
            self.assertEqual(endpoints.configured(stranger), ())

    def test_own_keys_sleep_while_they_are_not_allowed(self) -> None:
        row = self.add(owner=self.alice)

        self.allow_own_keys(is_allowed=False)

        self.assertEqual(self.keys(self.alice), [])
        self.assertIsNone(endpoints.find(f"{row.name}/parrot", self.alice))

    def test_names_are_unique_whoever_chose_them(self) -> None:
        rows = [self.add(), self.add(), self.add(owner=self.alice, provider="openai")]
        rows += [self.add(owner=self.bob, provider="openai"), self.add(label="Local")]

        names = [row.name for row in rows]

        expected = ["the-lab", "the-lab-2", "own-openai", "own-openai-2", "local-2"]
        self.assertEqual(names, expected)

    def test_the_environment_comes_first_and_wins_a_name(self) -> None:
        self.add(label="Mistral", provider="mistral")
        values = {"mistral": {"api_key": "sk-env", "base_url": "https://api.mistral.ai/v1"}}

        with override_settings(PROVIDER_KEYS=values):
            found = endpoints.configured()

        self.assertEqual([(row.name, row.api_key) for row in found], [("mistral", "sk-env")])

    def test_every_provider_with_a_variable_has_an_address(self) -> None:
        for row in PROVIDERS.values():
            if row.key_variable and row.name != "compatible":
                self.assertTrue(row.base_url or row.base_url_variable, row.name)

    def test_an_endpoint_of_the_environment_can_name_its_provider(self) -> None:
        row = {"name": "claude", "provider": "anthropic", "api_key": "sk-x"}

        with override_settings(ENDPOINTS=[row]):
            endpoint = endpoints.configured()[0]

        self.assertEqual(endpoint.dialect, "anthropic")
        self.assertEqual(endpoint.base_url, PROVIDERS["anthropic"].base_url)

    def test_it_refuses_nonsense_in_the_environment(self) -> None:
        rows: list[dict[str, Any]] = [
            {"name": "x", "provider": "nobody"},
            {"name": "x", "base_url": "https://x.test", "dialect": "morse"},
            {"name": "x", "base_url": "https://x.test", "colour": "red"},
            {"name": "local", "base_url": "https://x.test"},
            {"name": "x"},
        ]
        for row in rows:
            with (
                self.subTest(row=row),
                override_settings(ENDPOINTS=[row]),
                self.assertRaises(ImproperlyConfigured),
            ):
                endpoints.configured()

    def test_models_found_carry_what_the_catalogue_knows(self) -> None:
        with provider() as double:
            double.always(*answer({"data": [{"id": "gpt-5.4"}, {"id": "brand-new"}]}))
            self.add(
                provider="openai", base_url=double.base_url, is_private_allowed=True, model_ids=[]
            )
            known, unknown = endpoints.models()

        self.assertEqual(known.catalog and known.catalog.id, "openai/gpt-5.4")
        self.assertGreater(known.context_window or 0, 100_000)
        self.assertGreater(known.input_price or 0, 0)
        self.assertIsNone(unknown.catalog)
        self.assertEqual(unknown.name, "brand-new")
        self.assertIsNone(unknown.input_price)

    def test_an_endpoint_that_changed_is_asked_again(self) -> None:
        with provider() as double:
            double.play(*answer({"data": [{"id": "before"}]}))
            double.play(*answer({"data": [{"id": "after"}]}))
            row = self.add(base_url=double.base_url, is_private_allowed=True, model_ids=[])
            before = self.keys()

            row.change(key="sk-another-key-altogether")

            self.assertEqual((before, self.keys()), (["the-lab/before"], ["the-lab/after"]))

    def test_what_is_wrong_with_everybodys_is_told_to_administrators(self) -> None:
        with provider() as double:
            double.always(*failure(401))
            row = self.add(base_url=double.base_url, is_private_allowed=True, model_ids=[])
            discovery.check([row.to_llm()])

            told = [message for _, message in endpoints.failures(self.ada)]
            untold = endpoints.failures(self.bob)

        self.assertEqual(told, ["The provider did not accept the endpoint's key."])
        self.assertEqual(untold, ())

    def test_the_same_model_elsewhere_is_found_but_not_across_purses(self) -> None:
        for label, fields in {
            "One": {"provider": "openai", "model_ids": ["gpt-5.4"]},
            "Two": {"provider": "openrouter", "model_ids": ["openai/gpt-5.4"]},
            "Three": {"provider": "openai", "model_ids": ["gpt-5.4-mini"]},
            "Four": {"provider": "compatible", "model_ids": ["gpt-5.4"]},
        }.items():
            self.add(label=label, **fields)
        self.add(owner=self.alice, provider="openai", model_ids=["gpt-5.4"])
        model = endpoints.find("one/gpt-5.4", self.alice)
        assert model is not None

        others = endpoints.alternatives(model, self.alice)

        self.assertEqual([other.key for other in others], ["two/openai/gpt-5.4"])
