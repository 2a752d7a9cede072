"""What is said in a temporary conversation works as elsewhere."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import override_settings

from chat import figures, receipts, temporary, turns
from chat.models import Entry, Message, TemporaryTurn, Turn
from chat.models.ledger import OverBudget
from chat.orders import Refusal
from chat.uploads import accept
from tests.script import Hang, Send, delta, stream
from tests.temporary.case import RoomCase, over
from tests.turns.stage import first_words, live
from tests.uploads import files


class Saying(RoomCase):
    async def test_an_answer_comes_with_its_receipt(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("A blue bird."))
            room = await self.room()

            turn = await self.say(room, "What is it?", parameters={"temperature": 0.5})

        assert turn.state == "completed"
        assert turn.answer.text == "A blue bird."
        assert turn.receipt["asked"]["parameters"] == {"temperature": 0.5}
        assert provider.requests[0].json["temperature"] == 0.5
        assert [section.title for section in figures.sections(turn)] == [
            *("Asked", "Sent", "Answered", "Charged")
        ]
        rendered = receipts.as_json(turn)
        assert rendered["sent"]["messages"]["is_unchanged"]
        json.dumps(rendered)

    async def test_the_next_question_brings_what_was_said_before(self) -> None:
        async with self.stage() as provider:
            room = await self.room()
            await self.say(room, "One")

            await self.say(room, "Two")

        said = [message["content"] for message in provider.requests[1].json["messages"]]
        assert said == ["One", "Hello", "Two"]

    async def test_a_question_is_answered_again_beside_the_first_answer(self) -> None:
        async with self.stage() as provider:
            room = await self.room()
            first = await self.say(room, "One")
            provider.play(*stream("Another"))

            second = await self.say(room, None, message=first.prompt_id)

        assert second.prompt is first.prompt
        assert room.siblings(second.answer) == (first.answer_id, second.answer_id)
        assert room.lane.leaf is second.answer
        assert first.prompt.latest_leaf() is second.answer
        assert second.is_again
        assert not first.is_again

    async def test_an_edit_is_a_branch_beside_the_message(self) -> None:
        async with self.stage():
            room = await self.room()
            first = await self.say(room, "One")
            second = await self.say(room, "Uno", parent=None)

        assert room.siblings(first.prompt) == (first.prompt_id, second.prompt_id)
        assert [item.message.text for item in room.items(room.lane.leaf)] == ["Uno", "Hello"]

    async def test_an_answer_is_reproduced_with_what_its_receipt_says(self) -> None:
        async with self.stage() as provider:
            room = await self.room()
            first = await self.say(room, "One", parameters={"temperature": 0.7})

            await self.say(room, None, turn=first.pk, parameters={})

        assert provider.requests[0].json == provider.requests[1].json

    async def test_a_stopped_answer_keeps_what_came(self) -> None:
        async with self.stage() as provider:
            provider.play(Send(delta("so far")), Hang())
            room = await self.room()
            turn = await self.ask("One", conversation=room.key)
            await first_words(live(turn))

            await turns.stop(turn)
            await over(turn)

        assert turn.state == "stopped"
        assert turn.answer.text == "so far"
        assert turn.is_cut

    async def test_an_answer_that_takes_long_is_not_taken_for_dead(self) -> None:
        async with self.stage() as provider:
            provider.play(Send(delta("slow")), Hang())
            room = await self.room()
            turn = await self.ask("One", conversation=room.key)
            await first_words(live(turn))

            with override_settings(LIMITS=replace(settings.LIMITS, heartbeat_stale=-1)):
                assert turn.is_unfinished
                assert turn.state in ("queued", "running")

    async def test_sending_twice_is_one_question(self) -> None:
        async with self.stage() as provider:
            room = await self.room()
            id = uuid.uuid4()
            first = await self.ask("One", conversation=room.key, client_id=id)
            second = await self.ask("One", conversation=room.key, client_id=id)
            await over(first)

        assert first is second
        assert len(provider.requests) == 1

    async def test_what_is_refused_leaves_nothing_behind(self) -> None:
        async with self.stage():
            room = await self.room()
            held = await sync_to_async(room.hold)(accept(files.picture(), "a.png"))
            first = await self.say(room, "One")
            before = dict(room.messages), dict(room.turns), room.lane.leaf

            with pytest.raises(Refusal), mock.patch.object(Entry, "reserve", side_effect=refuse):
                await self.ask(
                    "Two",
                    conversation=room.key,
                    parent=first.answer_id,
                    attachments=[held.row.pk],
                )

        assert before == (room.messages, room.turns, room.lane.leaf)
        assert not held.is_sent

    async def test_a_second_question_waits_for_the_first_answer(self) -> None:
        async with self.stage() as provider:
            provider.play(Send(delta("so far")), Hang())
            room = await self.room()
            turn = await self.ask("One", conversation=room.key)
            await first_words(live(turn))

            with pytest.raises(Refusal) as caught:
                await self.ask("Two", conversation=room.key, parent=turn.answer_id)

        assert caught.value.code == "turn_running"

    async def test_its_answers_count_among_those_at_once(self) -> None:
        async with self.stage() as provider:
            provider.always(Send(delta("so far")), Hang())
            room = await self.room()
            with override_settings(LIMITS=replace(settings.LIMITS, turns_per_user=1)):
                turn = await self.ask("One", conversation=room.key)
                await first_words(live(turn))

                with pytest.raises(Refusal) as caught:
                    await self.ask("Elsewhere")

        assert caught.value.code == "too_many_turns"


class Ids(RoomCase):
    async def test_they_say_what_they_are_of_and_fit_into_a_browser(self) -> None:
        async with self.stage():
            room = await self.room()
            turn = await self.say(room, "One")
            kept = await self.ask_and_wait("Kept")

        assert temporary.is_temporary(room.key)
        assert temporary.is_temporary(turn.pk)
        assert not temporary.is_temporary(kept.pk)
        assert not temporary.is_temporary(kept.conversation_id)
        assert turn.answer_id < 2**53

    async def test_saving_by_mistake_writes_nothing(self) -> None:
        async with self.stage():
            room = await self.room()
            turn = await self.say(room, "One")

        await sync_to_async(turn.save)()
        await sync_to_async(turn.answer.save)()
        await sync_to_async(room.conversation.save)()

        assert isinstance(turn, TemporaryTurn)
        assert await Turn.objects.acount() + await Message.objects.acount() == 0


def refuse(*_: Any, **__: Any) -> None:
    raise OverBudget("No.")
