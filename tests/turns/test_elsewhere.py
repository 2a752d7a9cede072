"""A turn of another process, as it is seen from here: by its checkpoints, by nothing else."""

from __future__ import annotations

import asyncio
import gc
from collections import deque
from unittest import mock

from asgiref.sync import sync_to_async
from django.db import InterfaceError

from chat import elsewhere, running
from chat.models import Turn
from tests.cast import conversation_of, exchange
from tests.script import Hang, Send, delta
from tests.teams.case import limits
from tests.turns.stage import TurnCase


class Mirrors(TurnCase):
    async def asked(self) -> Turn:
        """Its words are in the database, and still to come."""
        turn = await self.ask()
        while not (await Turn.objects.select_related("answer").aget(pk=turn.pk)).answer.text:
            await asyncio.sleep(0.02)
        return turn

    async def test_it_shows_what_was_kept_and_then_the_end(self) -> None:
        async with self.stage() as provider:
            provider.play(Send(delta("A **heron** is")), Hang())
            with limits(checkpoint_interval=0.05):
                turn = await self.asked()
                mirror = elsewhere.mirror(turn.pk)
                views = mirror.follow()
                first = await anext(views)
                running.turns()[0].stop()
                last = [view async for view in views][-1]

        assert not first.is_final
        assert first.parts[0].blocks == ("<p>A <strong>heron</strong> is</p>",)
        assert last.is_final
        assert last.parts[0].blocks == first.parts[0].blocks

    async def test_all_who_watch_look_into_the_same(self) -> None:
        async with self.stage() as provider:
            provider.play(Send(delta("A heron")), Hang())
            with limits(checkpoint_interval=0.05):
                turn = await self.asked()
                one, two = elsewhere.mirror(turn.pk), elsewhere.mirror(turn.pk)
                is_same = one is two
                del one, two
                await asyncio.sleep(0.1)
                gc.collect()
                left = [each for each in elsewhere._mirrors.values() if each.turn_id == turn.pk]

        assert is_same
        assert not left

    async def test_a_database_that_is_away_is_asked_again(self) -> None:
        async with self.stage() as provider:
            provider.play(Send(delta("A heron")), Hang())
            with limits(checkpoint_interval=0.05):
                turn = await self.asked()
                read, calls = elsewhere._read, []

                def sometimes(turn_ids: list[int]) -> dict[int, elsewhere.Stored]:
                    calls.append(turn_ids)
                    if len(calls) == 1:
                        raise InterfaceError("gone")
                    return read(turn_ids)

                with mock.patch.object(elsewhere, "_read", sometimes):
                    view = await anext(elsewhere.mirror(turn.pk).follow())

        assert "A heron" in view.parts[0].blocks[0]


class Hearing(TurnCase):
    async def test_a_turn_that_began_in_another_process_is_told(self) -> None:
        heard: list[int] = []
        # Another test's turns had the same ids.
        with limits(checkpoint_interval=0.02), mock.patch.object(running, "_launched", deque()):
            task = asyncio.create_task(elsewhere.hear())
            talk = await sync_to_async(conversation_of)(self.alice, "Herons")
            conversation = str(talk.pk)
            running.listen(conversation, heard.append)
            await asyncio.sleep(0.2)
            later = await sync_to_async(exchange)(talk, "What is that?", "A heron.")
            await asyncio.sleep(0.2)
            task.cancel()
            running.unlisten(conversation, heard.append)

        assert later.pk in heard
        assert len(heard) == len(set(heard))

    async def test_of_its_own_turns_a_process_is_not_told_twice(self) -> None:
        heard: list[int] = []
        async with self.stage() as provider:
            provider.play(Send(delta("A heron")), Hang())
            turn = await self.ask()
            running.listen(str(turn.conversation_id), heard.append)
            running.announce(turn.pk, str(turn.conversation_id))
            running.unlisten(str(turn.conversation_id), heard.append)

        assert heard == []
