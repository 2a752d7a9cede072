"""How a temporary conversation ends: saved, closed, forgotten."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import override_settings

from chat import receipts, search, temporary
from chat.models import Conversation, File, Message, Tally, Turn
from chat.orders import Refusal
from chat.temporary import sweeping
from chat.uploads import accept
from tests.script import Hang, Send, delta, stream
from tests.temporary.case import CANARY, RoomCase
from tests.turns.stage import first_words, live
from tests.uploads import files


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
