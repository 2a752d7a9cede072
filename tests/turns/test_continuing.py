"""A cut answer goes on: in place where its model takes a beginning, by a message where not."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import sync_to_async

from chat import bodies, code, figures, receipts, turns
from chat.llm.errors import Interrupted
from chat.models import Message, Turn
from chat.orders import Refusal
from tests.provider import Provider
from tests.script import Hang, Reset, Send, chunk, delta, failure, stream
from tests.turns.stage import TurnCase, first_words, live

LLAMA = {"provider": "llamacpp"}
DONE = b"data: [DONE]\n\n"


class Continuing(TurnCase):
    async def cut(self, provider: Provider, text: str = "One, two, ", **fields: Any) -> Turn:
        provider.play(Send(delta(text)), Send(delta("", finish_reason="length")), Send(DONE))
        return await self.ask_and_wait("Count", **fields)

    async def go_on(self, turn: Turn, **fields: Any) -> Turn:
        asked = {"conversation": turn.conversation_id, "continues": turn.answer_id, **fields}
        return await self.ask_and_wait(None, **asked)

    async def test_the_new_answer_begins_with_the_old_one_which_stays(self) -> None:
        async with self.stage(**LLAMA) as provider:
            first = await self.cut(provider)
            provider.play(*stream(" three", ", four."))

            second = await self.go_on(first)

        assert second.answer.text == "One, two, three, four."
        assert second.prompt_id == first.prompt_id
        assert (await Message.objects.aget(pk=first.answer_id)).text == "One, two, "
        assert provider.requests[1].json["messages"] == [
            {"role": "user", "content": "Count"},
            {"role": "assistant", "content": "One, two,"},
        ]
        assert second.state == "completed"
        assert not second.is_cut

    async def test_its_receipt_says_what_it_went_on_from(self) -> None:
        async with self.stage(**LLAMA) as provider:
            first = await self.cut(provider, "One, two")
            provider.play(*stream(", three"))

            second = await self.go_on(first)
            rendered = await sync_to_async(receipts.as_json)(second)

        told = {"message": first.answer_id, "version": 1, "way": "prefill", "characters": 8}
        assert second.receipt["asked"]["continues"] == told
        assert rendered["sent"]["messages"]["is_unchanged"]
        last = rendered["sent"]["messages"]["rendered"][-1]
        assert last == {"role": "assistant", "parts": [{"type": "text", "text": "One, two"}]}
        row = next(row for row in figures.sections(second)[0].rows if row.name == "Continues")
        assert (row.value, row.note) == (
            "version 1 of the answer",
            "Prefilled with its 8 characters.",
        )

    async def test_its_usage_is_its_own(self) -> None:
        long = "word " * 400
        async with self.stage(**LLAMA) as provider:
            first = await self.cut(provider, long)
            provider.play(Send(delta(" and")), Hang())
            turn = await self.ask(
                None, conversation=first.conversation_id, continues=first.answer_id
            )
            await first_words(live(turn))
            await turns.stop(turn)
            second = await self.ended(turn)

        assert second.receipt["answered"]["usage"]["is_estimated"]
        assert (second.output_tokens or 0) < 10
        assert (second.input_tokens or 0) > 300
        assert second.timeline[0] == [0, len(long.rstrip())]
        assert sum(characters for _, characters in second.timeline) == len(second.answer.text)

    async def test_it_is_reproduced_with_the_very_same_body(self) -> None:
        async with self.stage(provider="vllm") as provider:
            first = await self.cut(provider)
            provider.play(*stream(" three"))
            second = await self.go_on(first, parameters={"temperature": 0.3})
            provider.play(*stream(" drei"))

            third = await self.ask_and_wait(None, model="", turn=second.pk)
            body = await sync_to_async(bodies.body)(third, self.alice)

        again = provider.requests[2].json
        assert again == provider.requests[1].json == body
        assert again["continue_final_message"]
        assert third.answer.text == "One, two, drei"
        assert third.receipt["asked"] == second.receipt["asked"]

    async def test_the_program_of_its_receipt_sends_the_beginning_too(self) -> None:
        async with self.stage(**LLAMA) as provider:
            first = await self.cut(provider, "One, two")
            provider.play(*stream(", three"))
            second = await self.go_on(first)

            program = await sync_to_async(code.of_turn)(
                second, None, choice=code.Choice(language="curl"), user=self.alice
            )

        assert "One, two" in program.snippet.text
        assert ", three" not in program.snippet.text

    async def test_where_no_beginning_is_taken_a_message_asks_for_the_rest(self) -> None:
        async with self.stage() as provider:
            first = await self.cut(provider)
            provider.play(*stream("three"))

            second = await self.go_on(first)

        assert second.prompt.parent_id == first.answer_id
        assert second.prompt.text == "Go on exactly where you stopped."
        assert second.answer.text == "three"
        told = second.receipt["asked"]["continues"]
        assert told["way"] == "message"
        assert "not known to go on" in told["reason"]

    async def test_an_answer_with_more_than_text_goes_on_by_a_message(self) -> None:
        async with self.stage(**LLAMA) as provider:
            first = await self.cut(provider)
            parts = [*first.answer.parts, {"type": "refusal", "text": "I would rather not."}]
            await Message.objects.filter(pk=first.answer_id).aupdate(parts=parts)
            provider.play(*stream("three"))

            second = await self.go_on(first)

        assert second.receipt["asked"]["continues"]["reason"] == "there is more in it than text"

    async def test_it_is_cut_again_and_goes_on_again(self) -> None:
        async with self.stage(**LLAMA) as provider:
            first = await self.cut(provider, "One")
            provider.play(Send(delta(", two")), Reset())
            second = await self.go_on(first)
            provider.play(*stream(", three"))

            third = await self.go_on(second)

        assert second.state == "interrupted"
        assert third.answer.text == "One, two, three"
        assert third.receipt["asked"]["continues"]["version"] == 2

    async def test_one_that_failed_at_once_keeps_the_words_and_can_be_tried_again(self) -> None:
        async with self.stage(**LLAMA) as provider:
            first = await self.cut(provider, "One")
            provider.play(*failure(400, "prefill is not for you"))

            second = await self.go_on(first)

        assert second.state == "failed"
        assert second.answer.text == "One"
        assert second.is_cut

    async def test_thinking_of_the_first_attempt_is_not_sent(self) -> None:
        async with self.stage(**LLAMA) as provider:
            thought = chunk(choices=[{"index": 0, "delta": {"reasoning_content": "Hm."}}])
            provider.play(Send(thought), Send(delta("One")), Reset())
            first = await self.ask_and_wait("Count")
            provider.play(*stream(", two"))

            second = await self.go_on(first)

        assert first.error is not None
        assert first.error["code"] == Interrupted.code
        assert second.answer.text == "One, two"
        assert second.answer.reasoning == ""

    async def test_an_answer_that_was_not_cut_is_refused(self) -> None:
        async with self.stage(**LLAMA):
            first = await self.ask_and_wait()

            with pytest.raises(Refusal) as caught:
                await self.go_on(first)

        assert caught.value.code == "not_cut"

    async def test_it_hides_from_strangers(self) -> None:
        async with self.stage(**LLAMA) as provider:
            first = await self.cut(provider)
            mine = await self.ask_and_wait(user=self.charlie)

            with pytest.raises(Refusal) as there:
                await self.go_on(first, user=self.charlie)
            with pytest.raises(Refusal) as here:
                await self.go_on(first, user=self.charlie, conversation=mine.conversation_id)

        assert (there.value.code, here.value.code) == ("not_found", "not_found")
