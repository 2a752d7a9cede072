from __future__ import annotations

import asyncio
from dataclasses import replace

from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import override_settings

from chat import running, turns
from chat.models import Turn
from tests.script import Hang, Send, delta, ending, stream
from tests.turns.stage import TurnCase, first_words, fresh, live


class Surviving(TurnCase):
    async def test_the_text_so_far_is_in_the_database_while_it_runs(self) -> None:
        with override_settings(LIMITS=replace(settings.LIMITS, checkpoint_interval=0.05)):
            async with self.stage() as provider:
                provider.play(Send(delta("safe by now")), Hang())
                turn = await self.ask()
                await first_words(live(turn))
                await asyncio.sleep(0.3)

                turn = await fresh(turn)

        assert turn.answer.text == "safe by now"
        assert turn.status == "running"

    async def test_a_checkpoint_never_overwrites_a_settled_answer(self) -> None:
        with override_settings(LIMITS=replace(settings.LIMITS, checkpoint_interval=0.001)):
            async with self.stage() as provider:
                provider.always(*stream(*["word "] * 40, every=0.002))

                ended = [await self.ask_and_wait() for _ in range(5)]
                await asyncio.sleep(0.05)

                texts = {(await fresh(turn)).answer.text for turn in ended}
        assert texts == {"word " * 40}

    async def test_a_turn_whose_process_is_gone_is_interrupted(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("done"))
            turn = await self.ask_and_wait()
        long_ago = turn.created_at.replace(year=2020)
        await Turn.objects.filter(pk=turn.pk).aupdate(
            status="running", heartbeat_at=long_ago, error=None
        )

        state = (await fresh(turn)).state
        swept = await sync_to_async(Turn.interrupt_stale)()

        assert state == "interrupted"
        assert swept == 1
        assert (await fresh(turn)).status == "failed"

    async def test_draining_interrupts_what_does_not_end_and_says_so(self) -> None:
        async with self.stage() as provider:
            provider.play(Send(delta("almost")), Hang())
            turn = await self.ask()
            await first_words(live(turn))

            await turns.drain(0.05)
            turn = await fresh(turn)

        assert turn.state == "interrupted"
        assert "restarted" in turn.failure["message"]
        assert turn.answer.text == "almost"
        assert not running.turns()

    async def test_the_usage_of_the_provider_is_what_counts(self) -> None:
        async with self.stage() as provider:
            provider.play(
                Send(delta("hi", finish_reason="stop")),
                Send(ending(input_tokens=11, output_tokens=13)),
            )

            turn = await self.ask_and_wait()

        assert (turn.input_tokens, turn.output_tokens) == (11, 13)
        assert turn.cost is None
