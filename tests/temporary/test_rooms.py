"""What is said in a temporary conversation: all of it works, none of it is written down."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import replace
from datetime import UTC
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import override_settings

from chat import figures, receipts, search, temporary, turns
from chat.models import Conversation, Entry, File, Message, Tally, TemporaryTurn, Turn
from chat.models.ledger import OverBudget
from chat.orders import Refusal
from chat.temporary import Room, sweeping
from chat.uploads import accept
from tests.endpoints.test_canary import everything_logged
from tests.script import Hang, Head, Send, delta, ending, failure, stream
from tests.temporary.case import CANARY, RoomCase, over, tables, written
from tests.turns.stage import first_words, live
from tests.turns.test_attachments import image
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


class WritingNothing(RoomCase):
    async def converse(self, room: Room) -> Turn:
        """With files from both sides, thinking, a branch, a stop and a failure."""
        held = await sync_to_async(room.hold)(accept(files.picture(), f"{CANARY}.png"))
        note = accept(f"the {CANARY} is a note".encode(), f"{CANARY}.txt")
        text = await sync_to_async(room.hold)(note)
        turn = await self.say(
            room,
            f"Draw a {CANARY}",
            attachments=[held.row.pk, text.row.pk],
            system=f"You are a {CANARY}",
            parameters={"stop_sequences": [CANARY]},
        )
        await self.say(room, None, message=turn.prompt_id)
        await self.say(room, f"{CANARY} again")
        await self.say(room, f"{CANARY} fails")
        stopped = await self.ask(f"{CANARY} stops", conversation=room.key)
        await first_words(live(stopped))
        await turns.stop(stopped)
        await over(stopped)
        return turn

    async def test_no_word_of_it_is_in_any_table_file_or_line_of_the_log(self) -> None:
        before = await sync_to_async(tables)()
        with everything_logged() as log:
            async with self.stage() as provider:
                drawn = Send(image(files.picture()))
                provider.play(Head(), Send(delta(f"A {CANARY}")), drawn, Send(ending()))
                provider.play(*stream(f"Another {CANARY}"))
                provider.play(*stream(f"And {CANARY}s"))
                provider.play(*failure(400, f"Your {CANARY} is not wanted"))
                provider.play(Send(delta(f"half a {CANARY}")), Hang())
                room = await self.room()
                turn = await self.converse(room)
                assert CANARY in json.dumps(receipts.as_json(turn))
                assert [part["type"] for part in turn.answer.parts] == ["text", "media"]
                await sync_to_async(temporary.close)(room)

        after = await sync_to_async(tables)()
        grown = {name for name in after if after[name] != before[name]}
        assert grown <= {"chat_tally", "chat_entry", "chat_account", "django_session"}
        assert after["chat_tally"] == before["chat_tally"] + 5
        for text in await sync_to_async(lambda: list(written()))():
            assert CANARY not in text.lower()
        assert CANARY not in log.getvalue().lower()

    async def test_its_numbers_are_counted(self) -> None:
        async with self.stage():
            room = await self.room()
            turn = await self.say(room, "One")

        tally = await Tally.objects.aget()
        assert tally.user_id == self.alice.pk
        assert tally.kind == "temporary"
        assert tally.model == "double/parrot"
        assert (tally.input_tokens, tally.output_tokens) == (turn.input_tokens, turn.output_tokens)
        assert tally.conversation_id is None
        assert tally.receipt == {}

    async def test_its_cost_is_settled_in_the_ledger(self) -> None:
        async with self.stage():
            room = await self.room()
            with mock.patch("chat.charges.most", return_value=Decimal("0.5")):
                turn = await self.say(room, "One")

        entry = await Entry.objects.aget()
        assert entry.source == turn.ledger_source
        assert entry.settled is not None
        assert entry.holders == [f"user:{self.alice.pk}"]


class Keeping(RoomCase):
    async def test_saving_keeps_the_tree_its_receipts_and_its_files(self) -> None:
        async with self.stage() as provider:
            room = await self.room()
            held = await sync_to_async(room.hold)(accept(files.picture(), "bird.png"))
            first = await self.say(room, "What is it?", attachments=[held.row.pk])
            provider.play(*stream("A bird"))
            again = await self.say(room, None, message=first.prompt_id)
            await self.say(room, "More")

            conversation = await sync_to_async(temporary.save)(room)

        rows = [message async for message in conversation.messages.order_by("pk")]
        assert [row.text for row in rows] == ["What is it?", "Hello", "A bird", "More", "Hello"]
        assert rows[1].parent_id == rows[2].parent_id == rows[0].pk
        assert [row.created_at for row in rows] == [m.created_at for m in room.messages.values()]
        kept = await Turn.objects.select_related("prompt", "conversation").aget(answer=rows[2])
        assert kept.receipt == json.loads(json.dumps(again.receipt))
        assert (await sync_to_async(receipts.as_json)(kept))["sent"]["messages"]["is_unchanged"]
        file = await File.objects.aget(conversation=conversation)
        assert file.pk == held.row.pk
        assert conversation.title == "What is it?"
        assert (await conversation.lanes.aget()).leaf_id == rows[4].pk
        assert await Conversation.objects.filter(user=self.alice).acount() == 1

    async def test_what_is_saved_is_counted_once(self) -> None:
        async with self.stage():
            room = await self.room()
            await self.say(room, "One")
            await sync_to_async(temporary.save)(room)

        assert await Tally.objects.acount() == 0
        assert await Turn.objects.acount() == 1

    async def test_what_is_saved_is_found(self) -> None:
        async with self.stage():
            room = await self.room()
            await self.say(room, f"A {CANARY}")
            before = await sync_to_async(search.find)(self.alice, CANARY, zone=UTC)
            await sync_to_async(temporary.save)(room)
            after = await sync_to_async(search.find)(self.alice, CANARY, zone=UTC)

        assert before.is_nothing
        assert len(after.messages) == 1

    async def test_a_running_answer_is_not_saved_in_half(self) -> None:
        async with self.stage() as provider:
            provider.play(Send(delta("so far")), Hang())
            room = await self.room()
            turn = await self.ask("One", conversation=room.key)
            await first_words(live(turn))

            with pytest.raises(temporary.StillWriting):
                await sync_to_async(temporary.save)(room)

        assert await Message.objects.acount() == 0


class Closing(RoomCase):
    async def test_closing_stops_what_runs_and_settles_it(self) -> None:
        async with self.stage() as provider:
            provider.play(Send(delta("so far")), Hang())
            room = await self.room()
            turn = await self.ask("One", conversation=room.key)
            await first_words(live(turn))
            running = live(turn)

            temporary.close(room)
            assert running.task is not None
            await running.task

        assert temporary.find(self.alice, room.key) is None
        assert (await Tally.objects.aget()).status == "stopped"

    async def test_nobody_else_finds_it(self) -> None:
        async with self.stage():
            room = await self.room()
            turn = await self.say(room, "One")

            assert temporary.find(self.charlie, room.key) is None
            assert temporary.turn(turn.pk, self.charlie) is None
            assert temporary.message(self.charlie, turn.prompt_id) is None
            with pytest.raises(Refusal) as caught:
                await self.ask("Two", conversation=room.key, user=self.charlie)
        assert caught.value.code == "not_found"

    async def test_it_is_forgotten_when_nobody_uses_it(self) -> None:
        room = await self.room()
        room.used_at = time.monotonic() - settings.LIMITS.temporary_idle - 1

        temporary.sweep_idle()

        assert temporary.find(self.alice, room.key) is None

    async def test_it_goes_with_its_session(self) -> None:
        room, other = await self.room(), await self.room(self.charlie)
        await Session.objects.filter(session_key=room.session_key).adelete()

        await sync_to_async(sweeping.sweep)()

        assert temporary.of_user(self.alice) == []
        assert temporary.of_user(self.charlie) == [other]

    async def test_one_that_was_never_used_makes_room_for_the_next(self) -> None:
        first = await self.room()
        second = await self.room()

        assert temporary.of_user(self.alice) == [second]
        assert first.is_closed

    async def test_there_are_so_many_and_no_more(self) -> None:
        async with self.stage():
            with override_settings(LIMITS=replace(settings.LIMITS, temporary_per_user=1)):
                room = await self.room()
                await self.say(room, "One")

                with pytest.raises(temporary.TooMany) as caught:
                    await self.room()

        assert caught.value.rooms == [room]

    async def test_it_holds_so_much_and_no_more(self) -> None:
        async with self.stage():
            room = await self.room()
            few = override_settings(LIMITS=replace(settings.LIMITS, temporary_bytes=1000))
            with few, pytest.raises(Refusal) as caught:
                await self.ask("word " * 300, conversation=room.key)

        assert caught.value.code == "temporary_full"
        assert room.messages == {}


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
