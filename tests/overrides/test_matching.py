"""Which model an id at an endpoint means, where administrators have a say."""

from __future__ import annotations

from chat import overrides
from tests.overrides.case import OverridesCase


class MatchingTests(OverridesCase):
    def id_of(self, provider: str, model_id: str, *, endpoint: str = "") -> str | None:
        model = overrides.match(provider, model_id, endpoint=endpoint)
        return model.id if model else None

    def test_a_route_leads_to_the_model_at_its_provider_only(self) -> None:
        self.put("acme/parrot", name="Parrot", routes={"vllm": "Parrot-7B"})

        self.assertEqual(self.id_of("vllm", "parrot-7b"), "acme/parrot")
        self.assertIsNone(self.id_of("compatible", "parrot-7b"))

    def test_a_route_by_the_name_of_an_endpoint_holds_there_only(self) -> None:
        self.put("acme/parrot", name="Parrot", routes={"lab": "parrot"})

        self.assertEqual(self.id_of("compatible", "parrot", endpoint="lab"), "acme/parrot")
        self.assertIsNone(self.id_of("compatible", "parrot", endpoint="attic"))

    def test_it_comes_before_what_the_catalogue_makes_of_an_id(self) -> None:
        self.put("acme/parrot", name="Parrot", routes={"openai": "gpt-5.4"})

        self.assertEqual(self.id_of("openai", "gpt-5.4"), "acme/parrot")
        self.assertEqual(self.id_of("azure", "gpt-5.4"), "acme/parrot")

    def test_what_could_mean_two_means_what_it_meant_before(self) -> None:
        self.put("acme/parrot", name="Parrot", routes={"openai": "gpt-5.4"})
        self.put("acme/starling", name="Starling", routes={"openai": "gpt-5.4"})

        self.assertEqual(self.id_of("openai", "gpt-5.4"), "openai/gpt-5.4")

    def test_an_id_of_the_catalogue_gives_the_model_as_it_is_here(self) -> None:
        self.put(tools=False)

        model = overrides.match("openai", "gpt-5.4")

        assert model is not None
        self.assertIs(model.tools, False)

    def test_names_of_endpoints_are_not_told_to_readers(self) -> None:
        self.put("acme/parrot", name="Parrot", routes={"lab-in-the-cellar": "p", "vllm": "q"})

        page = self.visitor(self.alice).get("/models/acme/parrot/")

        self.assertContains(page, "q")
        self.assertNotContains(page, "cellar")
