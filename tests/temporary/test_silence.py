"""What is said in a temporary conversation is written down nowhere; its numbers are."""

from __future__ import annotations

import json
from decimal import Decimal
from unittest import mock

from asgiref.sync import sync_to_async

from chat import receipts, temporary, turns
from chat.models import Entry, Tally, Turn
from chat.temporary import Room
from chat.uploads import accept
from tests.endpoints.test_canary import everything_logged
from tests.script import Hang, Head, Send, delta, ending, failure, stream
from tests.temporary.case import CANARY, RoomCase, over, tables, written
from tests.turns.stage import first_words, live
from tests.turns.test_attachments import image
from tests.uploads import files


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
