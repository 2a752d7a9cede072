"""Titles that the model writes: once, cheaply, never over a person's own, never up in the list."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from decimal import Decimal
from unittest import mock

from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import SimpleTestCase, override_settings

from chat import temporary, titles
from chat.llm.types import Endpoint, ModelInfo
from chat.models import Budget, Conversation, Entry, IndexedTitle, Tally, Turn, User
from chat.models.ledger import Period, holder_of
from chat.models.user import Titles
from chat.offers import AvailableModel
from chat.titles import cleaned, writing
from tests.script import Hang, Head, Send, Until, delta, ending, failure, stream
from tests.sockets.page import Page
from tests.temporary.case import over
from tests.turns.stage import TurnCase

ABOUT = "Why is the sky blue?\n\nBecause air scatters short waves of light."


class Cleaning(SimpleTestCase):
    def test_plain_words_come_out_of_what_models_write(self) -> None:
        for answer, title in {
            "Blue sky": "Blue sky",
            "Title: Blue sky": "Blue sky",
            '"Blue sky."': "Blue sky",
            "**Blue sky**": "Blue sky",
            "# The Blue Sky": "The Blue Sky",
            "- *Sky* and `light`": "Sky and light",
            "**Title:** “Why the sky is blue”": "Why the sky is blue",
            "\n\n  Blue   sky\t\n": "Blue sky",
            "[Blue sky](https://evil.example/)": "Blue sky",
            "<b>Blue sky</b>": "Blue sky",
            "Blue\u202e sky\u0007": "Blue sky",
            "Why is the sky blue?": "Why is the sky blue?",
            "The title is: Blue sky": "Blue sky",
            "```\nBlue sky\n```": "Blue sky",
        }.items():
            with self.subTest(answer):
                self.assertEqual(cleaned(answer, ABOUT), title)

    def test_a_title_may_be_in_any_language(self) -> None:
        self.assertEqual(
            cleaned("Titel: Blauer Himmel", "Warum ist der Himmel blau?"), "Blauer Himmel"
        )
        self.assertEqual(cleaned("标题：天空为什么蓝", "天空为什么是蓝色的？"), "天空为什么蓝")
        self.assertEqual(cleaned("Ciel bleu", "Pourquoi le ciel est-il bleu ?"), "Ciel bleu")

    def test_what_is_no_title_is_left(self) -> None:
        for answer in (
            "",
            "   ",
            "...",
            "I'm sorry, I cannot name the sky.",
            "I cannot say why the sky is",
            "Sorry, no sky",
            "As an AI, I like sky",
            "Here is a title: sky",
            "The sky is blue because air scatters light",
            "Blue sky\nLight waves",
            "Cooking rice at home",
            "sky" * 30,
            "Is it",
        ):
            with self.subTest(answer):
                self.assertIsNone(cleaned(answer, ABOUT))


class TitleCase(TurnCase):
    def setUp(self) -> None:
        User.objects.filter(pk=self.alice.pk).update(titles=Titles.ALWAYS)

    async def titled(self, turn: Turn) -> Conversation:
        """The conversation, once its title was thought about."""
        await self.ended(turn)
        for task in list(writing._tasks):
            await asyncio.wait_for(asyncio.shield(task), 10)
        return await Conversation.objects.aget(pk=turn.conversation_id)


class Writing(TitleCase):
    async def test_the_model_in_use_names_the_conversation_after_its_first_answer(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("Air scatters light."))
            provider.play(*stream("Title: **Blue sky**"))
            turn = await self.ask("Why is the sky blue?")
            conversation = await self.titled(turn)

        assert conversation.title == "Blue sky"
        assert conversation.is_title_automatic
        asked = provider.requests[1].json
        assert asked["model"] == "parrot"
        assert "Why is the sky blue?" in asked["messages"][1]["content"]
        assert "Air scatters light." in asked["messages"][1]["content"]
        assert max(asked.get("max_tokens", 0), asked.get("max_completion_tokens", 0)) <= 40
        assert await IndexedTitle.objects.filter(body__contains="blue").aexists()

    async def test_it_is_asked_for_once(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("Light."))
            provider.play(*stream("Blue sky"))
            first = await self.ask("Why is the sky blue?")
            await self.titled(first)
            second = await self.ask(
                "And red?", conversation=first.conversation_id, parent=first.answer_id
            )
            await self.titled(second)

        assert len(provider.requests) == 3

    async def test_the_place_in_the_history_stays(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("Light."))
            provider.play(*stream("Blue sky"))
            turn = await self.ask("Why is the sky blue?")
            conversation = await self.titled(turn)

        finished = await Turn.objects.aget(pk=turn.pk)
        assert conversation.active_at == finished.finished_at

    async def test_a_title_of_a_person_stays(self) -> None:
        async with self.stage() as provider:
            provider.play(Send(delta("Light.")), Hang())
            turn = await self.ask("Why is the sky blue?")
            row = await Conversation.objects.aget(pk=turn.conversation_id)
            await sync_to_async(row.rename)("Mine")
            assert not await sync_to_async(row.suggest)("Blue sky")

        assert (await Conversation.objects.aget(pk=row.pk)).title == "Mine"

    async def test_a_title_given_meanwhile_stays(self) -> None:
        async with self.stage() as provider:
            gate = asyncio.Event()
            provider.play(*stream("Light."))
            provider.play(Head(), Until(gate), Send(delta("Blue sky")), Send(ending()))
            turn = await self.ended(await self.ask("Why is the sky blue?"))
            row = await Conversation.objects.aget(pk=turn.conversation_id)
            await sync_to_async(row.rename)("Mine")
            gate.set()
            conversation = await self.titled(turn)

        assert conversation.title == "Mine"

    async def test_what_is_no_title_leaves_the_first_words(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("Light."))
            provider.play(*stream("I'm sorry, I cannot do that."))
            conversation = await self.titled(await self.ask("Why is the sky blue?"))

        assert conversation.title == "Why is the sky blue?"
        assert (await Tally.objects.aget()).status == "completed"

    async def test_a_failure_is_for_the_log_only(self) -> None:
        with self.assertLogs("chat.titles", logging.WARNING) as log:
            async with self.stage() as provider:
                provider.play(*stream("Light."))
                provider.play(*failure(400, "the sky is no subject"))
                turn = await self.ask("Why is the sky blue?")
                conversation = await self.titled(turn)

        assert conversation.title == "Why is the sky blue?"
        assert (await self.ended(turn)).state == "completed"
        assert (await Tally.objects.aget()).status == "failed"
        assert "sky" not in " ".join(log.output)

    async def test_it_is_not_waited_for_for_ever(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("Light."))
            provider.play(Send(delta("Blue")), Hang())
            with override_settings(LIMITS=replace(settings.LIMITS, title_seconds=0.1)):
                conversation = await self.titled(await self.ask("Why is the sky blue?"))

        assert conversation.title == "Why is the sky blue?"

    async def test_the_end_of_the_server_settles_it(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("Light."))
            provider.play(Send(delta("Blue")), Hang())
            await self.ended(await self.ask("Why is the sky blue?"))
            while len(provider.requests) < 2:
                await asyncio.sleep(0.01)

            await titles.drain(5)

        assert (await Tally.objects.aget()).status == "stopped"

    async def test_an_answer_that_failed_or_was_stopped_gets_none(self) -> None:
        async with self.stage() as provider:
            provider.play(*failure(400, "no"))
            await self.titled(await self.ask("Why is the sky blue?"))

        assert len(provider.requests) == 1


class Paying(TitleCase):
    async def ask_with(self, choice: str, most: Decimal | None) -> int:
        """How many requests a first question makes."""
        await User.objects.filter(pk=self.alice.pk).aupdate(titles=choice)
        async with self.stage() as provider:
            provider.always(*stream("Blue sky"))
            with mock.patch("chat.charges.most", return_value=most):
                await self.titled(await self.ask("Why is the sky blue?"))
            return len(provider.requests)

    async def test_without_consent_nothing_that_costs_is_asked(self) -> None:
        assert await self.ask_with(Titles.FREE, Decimal("0.01")) == 1

    async def test_what_has_no_known_price_may_cost(self) -> None:
        assert await self.ask_with(Titles.FREE, None) == 1

    async def test_what_costs_nothing_is_asked(self) -> None:
        assert await self.ask_with(Titles.FREE, Decimal(0)) == 2

    async def test_the_model_that_comes_along_is_too_small_to_be_asked(self) -> None:
        parrot = AvailableModel(Endpoint("local", "Local", ""), ModelInfo("tiny"), is_local=True)
        with override_settings(LOCAL_MODEL="on"):
            assert not writing.can_write(parrot)
            assert writing.can_write(replace(parrot, is_local=False))
        with override_settings(LOCAL_MODEL="/models/larger.gguf"):
            assert writing.can_write(parrot)

    async def test_who_wants_none_gets_none(self) -> None:
        assert await self.ask_with(Titles.NEVER, Decimal(0)) == 1

    async def test_for_everybody_it_begins_with_what_costs_nothing(self) -> None:
        assert User(username="new").titles == Titles.FREE

    async def test_it_has_an_entry_and_a_receipt_of_its_own(self) -> None:
        async with self.stage() as provider:
            provider.always(*stream("Blue sky"))
            with mock.patch("chat.charges.most", return_value=Decimal("0.5")):
                turn = await self.ask("Why is the sky blue?")
                await self.titled(turn)

        sources = {entry.source async for entry in Entry.objects.filter(settled__isnull=False)}
        assert sources == {turn.ledger_source, f"title:{turn.conversation_id}"}
        tally = await Tally.objects.aget()
        assert tally.kind == "title"
        assert tally.conversation_id == turn.conversation_id
        assert (tally.input_tokens, tally.output_tokens) == (5, 7)
        assert set(tally.receipt) >= {"asked", "sent", "answered", "charged"}
        assert tally.receipt["answered"]["finish_reason"] == "stop"

    async def test_a_budget_that_is_spent_means_no_title(self) -> None:
        async with self.stage() as provider:
            provider.always(*stream("Blue sky"))
            holder = holder_of(self.alice)
            await sync_to_async(Budget.put)(holder, Period.TOTAL, Decimal("0.75"))
            with mock.patch("chat.charges.most", side_effect=[Decimal("0.5"), Decimal("1")]):
                conversation = await self.titled(await self.ask("Why is the sky blue?"))

        assert conversation.title == "Why is the sky blue?"
        assert len(provider.requests) == 1
        assert await Tally.objects.acount() == 0


class Telling(TitleCase):
    async def test_it_arrives_in_every_open_tab(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("Light."))
            provider.play(*stream("Blue sky"))
            one, two = await Page.of(self.alice), await Page.of(self.alice)
            stranger = await Page.of(self.charlie)
            await one.start("Why is the sky blue?")
            told = []
            for page in (one, two):
                await page.until("conversation.changed")
                told.append(await page.until("conversation.changed"))
                await page.leave()
            assert await stranger.socket.receive_nothing(0.2)
            await stranger.leave()

        assert [frame["title"] for frame in told] == ["Blue sky", "Blue sky"]
        assert "Blue sky" in told[0]["item"]

    async def test_a_temporary_conversation_gets_none(self) -> None:
        async with self.stage() as provider:
            room = await sync_to_async(temporary.open_room)(self.alice, "")
            turn = await self.ask("Why is the sky blue?", conversation=room.key)
            await over(turn)
            temporary.close(room)

        assert len(provider.requests) == 1
