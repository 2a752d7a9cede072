"""Several endpoints of one model: the next stands in for one that fails before its first word."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from django.test import override_settings

from chat import database, discovery, endpoints
from chat.models import Turn
from tests.provider import Provider
from tests.script import Cut, Hang, Reset, Send, Step, answer, delta, failure, stream
from tests.turns.stage import TurnCase, first_words, live

MODEL = "first/gpt-5.4"


class Fallback(TurnCase):
    @asynccontextmanager
    async def two(self) -> AsyncIterator[tuple[Provider, Provider]]:
        """Two endpoints of one model of the catalogue."""
        discovery.forget()
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.stage())
            first = await stack.enter_async_context(Provider())
            second = await stack.enter_async_context(Provider())
            rows = [
                {
                    "name": name,
                    "label": f"The {name}",
                    "provider": provider,
                    "base_url": double.base_url,
                    "api_key": "sk-canary-0123456789",
                    "is_private_allowed": True,
                    "models": [model_id],
                }
                for name, provider, double, model_id in (
                    ("first", "openai", first, "gpt-5.4"),
                    ("second", "openrouter", second, "openai/gpt-5.4"),
                )
            ]
            with override_settings(ENDPOINTS=rows):
                yield first, second

    def fallbacks(self, turn: Turn) -> list[tuple[str, str]]:
        found = turn.receipt["answered"]["fallbacks"]
        return [(row["endpoint"], row["code"]) for row in found]

    async def test_the_next_endpoint_answers_and_the_receipt_says_so(self) -> None:
        async with self.two() as (first, second):
            first.always(*failure(500))
            second.always(*stream("The ", "answer"))

            turn = await self.ask_and_wait(model=MODEL)

        sent = turn.receipt["sent"]
        assert turn.state == "completed"
        assert turn.answer.text == "The answer"
        assert self.fallbacks(turn) == [("first", "provider_failed")]
        assert (sent["endpoint"], sent["model"]) == ("second", "openai/gpt-5.4")
        assert turn.receipt["asked"]["model"] == MODEL
        assert second.requests[0].json["model"] == "openai/gpt-5.4"
        assert second.requests[0].json["messages"] == first.requests[0].json["messages"]

    async def test_every_failure_that_may_pass_is_a_reason(self) -> None:
        failures: dict[str, list[Step]] = {
            "rate_limited": failure(429, retry_after=3600),
            "overloaded": failure(529, retry_after=3600),
            "provider_failed": failure(502),
            "unreachable": [Reset()],
        }
        for code, steps in failures.items():
            with self.subTest(code):
                async with self.two() as (first, second):
                    first.always(*steps)
                    second.always(*stream("ok"))

                    turn = await self.ask_and_wait(model=MODEL)

                assert self.fallbacks(turn) == [("first", code)]

    async def test_a_refusal_is_the_answer(self) -> None:
        for status in (400, 401, 402, 404, 413):
            with self.subTest(status=status):
                async with self.two() as (first, second):
                    first.always(*failure(status))

                    turn = await self.ask_and_wait(model=MODEL)

                assert turn.state == "failed"
                assert self.fallbacks(turn) == []
                assert second.requests == []

    async def test_after_the_first_word_nobody_stands_in(self) -> None:
        async with self.two() as (first, second):
            first.always(Send(delta("half")), Cut())

            turn = await self.ask_and_wait(model=MODEL)

        assert turn.state == "interrupted"
        assert turn.answer.text == "half"
        assert second.requests == []

    async def test_when_all_fail_the_last_failure_is_told(self) -> None:
        async with self.two() as (first, second):
            first.always(*failure(500))
            second.always(*failure(503, retry_after=3600))

            turn = await self.ask_and_wait(model=MODEL)

        assert turn.failure is not None
        assert turn.failure["code"] == "overloaded"
        assert self.fallbacks(turn) == [("first", "provider_failed")]

    async def test_stop_ends_the_one_that_stands_in(self) -> None:
        async with self.two() as (first, second):
            first.always(*failure(500))
            second.always(Send(delta("half")), Hang())
            turn = await self.ask(model=MODEL)
            await first_words(live(turn))

            live(turn).stop()
            turn = await self.ended(turn)
            await second.requests[-1].peer_left(within=1)

        assert (turn.state, turn.answer.text) == ("stopped", "half")

    async def test_it_costs_what_the_one_that_answered_asks(self) -> None:
        async with self.two() as (first, second):
            first.always(*failure(500))
            second.always(*stream("ok"))

            turn = await self.ask_and_wait(model=MODEL)
            model = await database.run(endpoints.find, "second/openai/gpt-5.4")

        charged = turn.receipt["charged"]
        assert model is not None
        assert model.price is not None
        assert charged["rates"]["input"] == str(model.price.input)

    async def test_a_model_outside_the_catalogue_has_nobody_to_stand_in(self) -> None:
        async with self.stage() as provider:
            provider.always(*answer({"error": {"message": "no"}}, status=500))

            turn = await self.ask_and_wait()

        assert turn.state == "failed"
        assert self.fallbacks(turn) == []
