"""A parameter that a provider refused is remembered for that model there, until it is taken."""

from __future__ import annotations

from datetime import UTC, datetime
from unittest import TestCase

from asgiref.sync import sync_to_async
from django.http import HttpResponse
from django.test import Client, override_settings

from chat.llm.types import ParameterOutcome
from chat.models import RefusedParameter, User
from tests.script import Step, failure, stream
from tests.turns.stage import MODEL, TurnCase


def refusal(parameter: str) -> list[Step]:
    return failure(400, "Unsupported parameter", param=parameter, code="unsupported_parameter")


class Meant(TestCase):
    def test_a_provider_may_name_it_in_its_own_way(self) -> None:
        for name, sent_as, field, expected in (
            ("max_output_tokens", "max_completion_tokens", "max_completion_tokens", True),
            ("top_k", "generationConfig.topK", "generation_config.top_k", True),
            ("top_k", "generationConfig.topK", "topK", True),
            ("response_format", None, "response_format.json_schema", True),
            ("reasoning_budget_tokens", "thinking.budget_tokens", "thinking.budget_tokens", True),
            ("top_k", None, "top_p", False),
            ("stop", None, "stop_sequences", False),
            ("temperature", "generationConfig.temperature", "generationConfig", False),
        ):
            with self.subTest(field, name=name):
                outcome = ParameterOutcome(name, "sent", 1, sent_as)

                self.assertIs(outcome.is_meant_by(field), expected)


class Refused(TurnCase):
    async def remembered(self) -> list[tuple[str, str, str]]:
        fields = ("endpoint", "model_id", "parameter")
        return [row async for row in RefusedParameter.objects.values_list(*fields)]

    async def get(self, user: User, method: str, address: str) -> HttpResponse:
        def ask() -> HttpResponse:
            client = Client()
            client.force_login(user)
            response: HttpResponse = getattr(client, method)(address)
            return response

        return await sync_to_async(ask)()

    async def test_it_is_remembered_in_our_words(self) -> None:
        async with self.stage() as provider:
            provider.always(*refusal("max_tokens"))

            turn = await self.ask_and_wait(parameters={"max_output_tokens": 100})

        assert turn.failure is not None
        assert turn.failure["parameter"] == "max_output_tokens"
        assert await self.remembered() == [("double", "parrot", "max_output_tokens")]

    async def test_what_nobody_sent_is_not_remembered(self) -> None:
        async with self.stage() as provider:
            provider.always(*refusal("messages"))
            await self.ask_and_wait(parameters={"temperature": 1})
            provider.always(*refusal("temperature"))
            await self.ask_and_wait()
            provider.always(*failure(500, param="temperature"))
            await self.ask_and_wait(parameters={"temperature": 1})

        assert await self.remembered() == []

    async def test_what_is_taken_is_forgotten(self) -> None:
        async with self.stage() as provider:
            provider.play(*refusal("temperature"))
            await self.ask_and_wait(parameters={"temperature": 1})
            await self.ask_and_wait(parameters={"top_p": 1})
            kept = await self.remembered()

            await self.ask_and_wait(parameters={"temperature": 1})

        assert len(kept) == 1
        assert await self.remembered() == []

    async def test_the_panel_says_so_and_can_forget(self) -> None:
        async with self.stage() as provider:
            provider.always(*stream("ok"))
            row = await RefusedParameter.objects.acreate(
                endpoint="double",
                model_id="parrot",
                parameter="temperature",
                refused_at=datetime(2026, 11, 21, tzinfo=UTC),
            )
            address = f"/panel/refusals/{row.pk}/deletion/"
            panel = f"/panel/?model={MODEL}"
            before = await self.get(self.alice, "get", panel)

            forgotten = await self.get(self.alice, "post", address)
            after = await self.get(self.alice, "get", panel)
            again = await self.get(self.alice, "post", address)

        assert "the provider refused it on 21 November 2026" in before.content.decode()
        assert address in before.content.decode()
        assert forgotten.status_code == 204
        assert "refused it on" not in after.content.decode()
        assert again.status_code == 404

    async def test_it_hides_from_strangers(self) -> None:
        row = await RefusedParameter.objects.acreate(
            endpoint="own-openai", model_id="parrot", parameter="temperature"
        )
        address = f"/panel/refusals/{row.pk}/deletion/"

        with override_settings(OWN_KEYS=True):
            await self.alice.endpoints.acreate(
                name="own-openai", label="Mine", provider="openai", model_ids=["parrot"]
            )
            stranger = await self.get(self.charlie, "post", address)
            anonymous = await sync_to_async(Client().post)(address)
            own = await self.get(self.alice, "post", address)

        assert stranger.status_code == 404
        assert anonymous.status_code == 302
        assert own.status_code == 204
