from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace

from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import override_settings

from chat import receipts, turns
from chat.models import Conversation, Message, Turn
from tests.script import Body, Cut, Hang, Head, Reset, Send, chunk, delta, ending, failure, stream
from tests.turns.stage import TurnCase, first_words, fresh, live


class Answering(TurnCase):
    async def test_it_keeps_what_was_streamed(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("The ", "answer"))

            turn = await self.ask_and_wait("A question")

        assert turn.state == "completed"
        assert turn.answer.text == "The answer"
        assert turn.prompt.text == "A question"
        assert turn.finished_at is not None

    async def test_it_saves_the_message_before_a_provider_is_called(self) -> None:
        async with self.stage() as provider:
            provider.play(Hang())

            turn = await self.ask("Keep this")
            saved = await Message.objects.aget(pk=turn.prompt_id)

        assert saved.text == "Keep this"

    async def test_it_sends_the_path_of_the_tree_and_nothing_else(self) -> None:
        async with self.stage() as provider:
            provider.always(*stream("ok"))
            first = await self.ask_and_wait("one", system="Be brief.")
            await self.ask_and_wait("elsewhere", conversation=first.conversation_id)

            await self.ask_and_wait(
                "two",
                conversation=first.conversation_id,
                parent=first.answer_id,
                system="Be brief.",
            )

        sent = provider.requests[-1].json["messages"]
        assert [(m["role"], m["content"]) for m in sent] == [
            ("system", "Be brief."),
            ("user", "one"),
            ("assistant", "ok"),
            ("user", "two"),
        ]

    async def test_thinking_goes_back_only_to_where_it_came_from(self) -> None:
        async with self.stage() as provider:
            thought = {"content": "said", "reasoning_content": "thought"}
            provider.play(
                Send(chunk(choices=[{"index": 0, "delta": thought, "finish_reason": "stop"}])),
                Send(ending()),
            )
            provider.always(*stream("ok"))
            rows = [settings.ENDPOINTS[0] | {"provider": "deepseek"}]
            rows.append(rows[0] | {"name": "elsewhere"})
            with override_settings(ENDPOINTS=rows):
                turn = await self.ask_and_wait()
                follow = {"conversation": turn.conversation_id, "parent": turn.answer_id}

                await self.ask_and_wait("and?", **follow)
                other = await self.ask_and_wait("and?", model="elsewhere/parrot", **follow)
                receipt = await sync_to_async(receipts.as_json)(other)

        home, abroad = (request.json["messages"][1] for request in provider.requests[1:])
        assert home["reasoning_content"] == "thought"
        assert "reasoning_content" not in abroad
        assert receipt["sent"]["messages"]["is_unchanged"]

    async def test_it_takes_a_title_from_the_first_words(self) -> None:
        async with self.stage() as provider:
            provider.always(*stream("ok"))

            turn = await self.ask_and_wait("  How do tides\nwork?  ")

        conversation = await Conversation.objects.aget(pk=turn.conversation_id)
        assert conversation.title == "How do tides work?"

    async def test_answering_again_makes_a_sibling(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("first"))
            provider.play(*stream("second"))
            first = await self.ask_and_wait("Once more")

            second = await self.ask_and_wait(
                None, conversation=first.conversation_id, message=first.prompt_id
            )

        assert second.answer.parent_id == first.answer.parent_id
        assert second.answer.text == "second"

    async def test_the_same_id_sent_twice_at_once_is_one_turn_and_one_call(self) -> None:
        client_id = uuid.uuid4()
        async with self.stage() as provider:
            provider.always(*stream("once"))

            one, two = await asyncio.gather(
                self.ask("Twice", client_id=client_id), self.ask("Twice", client_id=client_id)
            )
            await self.ended(one)

        assert one.pk == two.pk
        assert len(provider.requests) == 1
        assert await Message.objects.acount() == 2

    async def test_half_a_surrogate_pair_and_nul_are_kept_as_replacements(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("a\0b"))

            turn = await self.ask_and_wait("x\0y\ud800z")

        assert turn.prompt.text == "x\ufffdy\ufffdz"
        assert turn.answer.text == "a\ufffdb"


class Stopping(TurnCase):
    async def test_it_stops_before_the_first_byte_and_closes_the_upstream_call(self) -> None:
        async with self.stage() as provider:
            provider.play(Hang())
            turn = await self.ask()
            while not provider.requests:
                await asyncio.sleep(0.01)

            await turns.stop(turn)
            await provider.requests[0].peer_left(within=1.0)
            turn = await self.ended(turn)

        assert turn.state == "stopped"
        assert turn.answer.text == ""

    async def test_it_keeps_what_had_arrived(self) -> None:
        async with self.stage() as provider:
            provider.play(Send(delta("half an ans")), Hang())
            turn = await self.ask()
            await first_words(live(turn))

            await turns.stop(turn)
            await provider.requests[0].peer_left(within=1.0)
            turn = await self.ended(turn)

        assert turn.state == "stopped"
        assert turn.answer.text == "half an ans"
        assert turn.receipt["answered"]["usage"]["is_estimated"]

    async def test_a_stop_before_the_task_has_begun_is_a_stop(self) -> None:
        async with self.stage() as provider:
            provider.play(Hang())

            turn = await self.ask()
            live(turn).stop()
            turn = await self.ended(turn)

        assert turn.state == "stopped"

    async def test_a_late_stop_leaves_the_next_answer_alone(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("first"))
            provider.play(*stream("sec", "ond", every=0.05))
            first = await self.ask_and_wait()
            second = await self.ask(
                "More", conversation=first.conversation_id, parent=first.answer_id
            )

            await turns.stop(first)
            second = await self.ended(second)

        assert (await fresh(first)).state == "completed"
        assert second.answer.text == "second"

    async def test_another_process_can_ask_for_it(self) -> None:
        limits = replace(settings.LIMITS, checkpoint_interval=0.05)
        with override_settings(LIMITS=limits):
            async with self.stage() as provider:
                provider.play(Send(delta("on and on")), Hang())
                turn = await self.ask()
                await first_words(live(turn))

                await Turn.objects.filter(pk=turn.pk).aupdate(stop_requested_at=turn.created_at)
                turn = await self.ended(turn)

        assert turn.state == "stopped"
        assert turn.answer.text == "on and on"


class Failing(TurnCase):
    async def test_a_stream_that_is_cut_is_interrupted_and_keeps_its_text(self) -> None:
        for end in (Cut(), Reset()):
            with self.subTest(end=end):
                async with self.stage() as provider:
                    provider.play(Send(delta("so far")), end)

                    turn = await self.ask_and_wait()

                assert turn.state == "interrupted"
                assert turn.answer.text == "so far"
                assert turn.failure
                assert turn.failure["message"]

    async def test_a_refused_key_is_said_plainly_and_the_key_is_nowhere(self) -> None:
        async with self.stage() as provider:
            provider.play(*failure(401, message="Incorrect API key sk-canary-0123456789"))

            turn = await self.ask_and_wait()

        assert turn.state == "failed"
        assert turn.error["code"] == "authentication_failed"
        assert "sk-canary" not in str(turn.error) + str(turn.receipt)

    async def test_a_web_page_instead_of_an_answer_is_a_failure(self) -> None:
        async with self.stage() as provider:
            provider.play(
                Head(content_type="text/html", is_chunked=False), Body(b"<html>Sign in</html>")
            )

            turn = await self.ask_and_wait()

        assert turn.state == "failed"
        assert turn.error["code"] == "garbled"

    async def test_broken_json_in_the_middle_keeps_the_text_before_it(self) -> None:
        async with self.stage() as provider:
            provider.play(Send(delta("good ")), Send(b"data: {broken\n\n"), Cut())

            turn = await self.ask_and_wait()

        assert turn.state in ("failed", "interrupted")
        assert turn.answer.text == "good "

    async def test_a_provider_that_is_not_there_is_unreachable(self) -> None:
        async with self.stage() as provider:
            row = settings.ENDPOINTS[0] | {"base_url": "http://127.0.0.1:9/v1"}
            with override_settings(ENDPOINTS=[row]):
                turn = await self.ask_and_wait()

        assert not provider.requests
        assert turn.error["code"] == "unreachable"

    async def test_usage_is_estimated_where_the_provider_gives_none(self) -> None:
        async with self.stage() as provider:
            provider.play(
                Send(delta("four char words here", finish_reason="stop")), Send(b"data: [DONE]\n\n")
            )

            turn = await self.ask_and_wait("12345678")

        assert turn.state == "completed"
        assert turn.receipt["answered"]["usage"]["is_estimated"]
        assert (turn.input_tokens, turn.output_tokens) == (7, 4)
