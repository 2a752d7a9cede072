"""What is refused, and that a refusal leaves nothing behind."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from chat.models import Conversation, Message, Turn
from chat.orders import Refusal
from tests.script import Hang, stream
from tests.turns.stage import TurnCase


class Refusals(TurnCase):
    async def refused(self, text: str | None = "Hello", **fields: Any) -> Refusal:
        before = await self.count()
        with pytest.raises(Refusal) as caught:
            await self.ask(text, **fields)
        assert await self.count() == before, "a refusal left rows behind"
        return caught.value

    async def count(self) -> tuple[int, int, int]:
        return (
            await Conversation.with_deleted.acount(),
            await Message.objects.acount(),
            await Turn.objects.acount(),
        )

    async def test_it_refuses_an_empty_message(self) -> None:
        async with self.stage():
            for text in ("", " \n\t", None):
                refusal = await self.refused(text)

                assert (refusal.code, refusal.field) == ("empty_message", "text")

    async def test_it_refuses_a_byte_more_than_a_mebibyte(self) -> None:
        async with self.stage() as provider:
            provider.always(*stream("ok"))

            refusal = await self.refused("é" * (512 * 1024) + "x")
            taken = await self.ask_and_wait("é" * (512 * 1024))

        assert refusal.code == "message_too_long"
        assert taken.state == "completed"

    async def test_it_refuses_an_unknown_model(self) -> None:
        async with self.stage():
            refusal = await self.refused(model="double/nobody")

        assert (refusal.code, refusal.field) == ("unknown_model", "model")

    async def test_it_refuses_a_parameter_out_of_range_in_the_words_of_the_panel(self) -> None:
        async with self.stage():
            refusal = await self.refused(parameters={"temperature": 2.5})

        assert refusal.field == "temperature"
        assert refusal.message == "0 to 2 for this model."

    async def test_it_refuses_a_request_that_would_move_the_key(self) -> None:
        async with self.stage():
            for name in ("api_base", "base_url", "headers", "stream"):
                refusal = await self.refused(parameters={"extra": {name: "https://evil.test"}})

                assert refusal.field == "extra"
                assert name in refusal.message

    async def test_it_refuses_to_follow_an_answer_that_is_still_being_written(self) -> None:
        async with self.stage() as provider:
            provider.play(Hang())
            turn = await self.ask()

            refusal = await self.refused(
                "And?", conversation=turn.conversation_id, parent=turn.answer_id
            )

        assert refusal.code == "turn_running"

    async def test_it_refuses_a_fifth_answer_at_once(self) -> None:
        async with self.stage() as provider:
            provider.always(Hang())
            for _ in range(4):
                await self.ask()

            refusal = await self.refused()

        assert refusal.code == "too_many_turns"

    async def test_it_hides_from_strangers(self) -> None:
        async with self.stage() as provider:
            provider.always(*stream("secret"))
            turn = await self.ask_and_wait()
            mine = turn.conversation_id

            stranger = await self.refused("Hi", user=self.charlie, conversation=mine)
            nothing = await self.refused("Hi", user=self.charlie, conversation=uuid.uuid4())
            theirs = await self.ask_and_wait("Mine", user=self.charlie)
            crossed = await self.refused(
                "Hi",
                user=self.charlie,
                conversation=theirs.conversation_id,
                parent=turn.answer_id,
            )

        assert (stranger.code, stranger.message) == (nothing.code, nothing.message)
        assert crossed.code == "not_found"
