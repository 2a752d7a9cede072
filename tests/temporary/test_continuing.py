"""A cut answer of a temporary conversation goes on like any other, and is written nowhere."""

from __future__ import annotations

from asgiref.sync import sync_to_async

from chat import receipts
from chat.models import Message
from tests.script import Reset, Send, delta, stream
from tests.temporary.case import RoomCase


class Continuing(RoomCase):
    async def test_the_new_answer_begins_with_the_old_one(self) -> None:
        async with self.stage(provider="llamacpp") as provider:
            room = await self.room()
            provider.play(Send(delta("One,")), Reset())
            first = await self.say(room, "Count")
            provider.play(*stream(" two"))

            second = await self.say(room, None, continues=first.answer_id)
            rendered = await sync_to_async(receipts.as_json)(second)

        assert second.answer.text == "One, two"
        assert first.answer.text == "One,"
        assert room.siblings(second.answer) == (first.answer_id, second.answer_id)
        assert second.receipt["asked"]["continues"]["characters"] == 4
        assert rendered["sent"]["messages"]["is_unchanged"]
        assert await Message.objects.acount() == 0

    async def test_where_no_beginning_is_taken_a_message_asks_for_the_rest(self) -> None:
        async with self.stage() as provider:
            room = await self.room()
            provider.play(Send(delta("One,")), Reset())
            first = await self.say(room, "Count")

            second = await self.say(room, None, continues=first.answer_id)

        assert second.prompt.parent is first.answer
        assert second.receipt["asked"]["continues"]["way"] == "message"
