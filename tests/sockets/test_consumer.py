from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace

from django.conf import settings
from django.test import override_settings

from chat import sockets
from chat.models import Conversation, Message, Turn
from tests.script import Hang, Send, delta, stream
from tests.sockets.page import Page
from tests.turns.stage import TurnCase, first_words, live


class Conversing(TurnCase):
    async def test_a_question_is_answered(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("**Yes**"))
            page = await Page.of(self.alice)

            client_id = await page.start("Is it?")
            started = await page.until("turn.started")
            shown = await page.until("turn.snapshot")
            finished = await page.until("turn.finished")
            await page.leave()

        assert started["id"] == client_id
        assert "Is it?" in started["html"]
        assert started["after"] is None
        assert started["url"] == f"/c/{started['conversation']}/"
        assert shown["parts"][0][1] == "text"
        assert finished["state"] == "completed"

    async def test_stop_is_heard_while_the_answer_streams(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream(*["word "] * 200, every=0.02))
            page = await Page.of(self.alice)
            await page.start()
            started = await page.until("turn.started")
            await page.until("turn.snapshot")

            await page.send("turn.stop", turn=started["turn"])
            finished = await page.until("turn.finished")
            await page.leave()

        assert finished["state"] == "stopped"
        assert not provider.requests[0].is_finished

    async def test_a_second_tab_sees_the_whole_answer(self) -> None:
        async with self.stage() as provider:
            provider.play(Send(delta("first half, ")), Hang())
            one, two = await Page.of(self.alice), await Page.of(self.alice)
            await one.start()
            started = await one.until("turn.started")
            await one.until("turn.snapshot")

            await two.send(
                "conversation.watch", conversation=started["conversation"], turns=[started["turn"]]
            )
            snapshot = await two.until("turn.snapshot")
            await two.send("turn.stop", turn=started["turn"])
            ends = [await page.until("turn.finished") for page in (one, two)]
            await one.leave()
            await two.leave()

        assert "first half" in snapshot["parts"][0][2][0]
        assert {end["state"] for end in ends} == {"stopped"}

    async def test_another_tab_hears_of_a_new_turn(self) -> None:
        async with self.stage() as provider:
            provider.always(*stream("ok"))
            turn = await self.ask_and_wait()
            one, two = await Page.of(self.alice), await Page.of(self.alice)
            conversation = str(turn.conversation_id)
            await two.send("conversation.watch", conversation=conversation, turns=[])
            await two.until("conversation.watched")

            client_id = await one.start(conversation=conversation, parent=turn.answer_id)
            heard = await two.until("turn.started")
            await two.until("turn.finished")
            await one.leave()
            await two.leave()

        assert heard["id"] == client_id
        assert heard["after"] == turn.answer_id

    async def test_leaving_does_not_stop_the_answer(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("to ", "the ", "end", every=0.05))
            page = await Page.of(self.alice)
            await page.start()
            started = await page.until("turn.started")

            await page.leave()
            turn = await self.ended(await Turn.objects.aget(pk=started["turn"]))

        assert turn.state == "completed"
        assert turn.answer.text == "to the end"

    async def test_what_ended_while_nobody_looked_is_told_on_return(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("All of it"))
            turn = await self.ask_and_wait()
            page = await Page.of(self.alice)

            await page.send(
                "conversation.watch", conversation=str(turn.conversation_id), turns=[turn.pk]
            )
            snapshot = await page.until("turn.snapshot")
            finished = await page.until("turn.finished")
            await page.leave()

        assert "All of it" in snapshot["parts"][0][2][0]
        assert finished["turn"] == turn.pk

    async def test_a_second_send_of_the_same_id_shows_the_first_turn(self) -> None:
        async with self.stage() as provider:
            provider.always(*stream("once"))
            page = await Page.of(self.alice)
            client_id = await page.start()
            first = await page.until("turn.started")
            await page.until("turn.finished")

            await page.start(id=client_id)
            second = await page.until("turn.started")
            await page.until("turn.finished")
            await page.leave()

        assert first["turn"] == second["turn"]
        assert len(provider.requests) == 1

    async def test_a_page_that_does_not_take_in_frames_is_not_sent_more(self) -> None:
        limits = replace(settings.LIMITS, frames_unacknowledged=4, flush_interval=0.001)
        with override_settings(LIMITS=limits):
            async with self.stage() as provider:
                provider.play(*stream(*["word "] * 100, every=0.003))
                page = await Page.of(self.alice)
                page.acknowledges = False
                await page.start()
                turn = await self.ended(await _only_turn())
                await asyncio.sleep(0.1)

                frames = 0
                while not await page.socket.receive_nothing(0.05):
                    await page.next()
                    frames += 1
                await page.send("frame.ack", count=frames)
                finished = await page.until("turn.finished")
                await page.leave()

        assert turn.state == "completed"
        assert frames <= 6
        assert finished["state"] == "completed"


class Refusing(TurnCase):
    async def test_bad_frames_are_told_and_the_socket_lives(self) -> None:
        async with self.stage() as provider:
            provider.always(*stream("still here"))
            page = await Page.of(self.alice)

            for data in ("nonsense", "{}", '{"type":"turn.stop","turn":"x"}', '{"a":' * 9000):
                await page.socket.send_to(text_data=data)
                assert (await page.next())["type"] == "error"
            await page.socket.send_to(bytes_data=b"\x00\xff")
            assert (await page.next())["type"] == "error"
            await page.start()
            finished = await page.until("turn.finished")
            await page.leave()

        assert finished["state"] == "completed"

    async def test_an_empty_message_is_refused_by_its_id(self) -> None:
        async with self.stage():
            page = await Page.of(self.alice)

            client_id = await page.start("   ")
            error = await page.until("error")
            await page.leave()

        assert (error["id"], error["field"]) == (client_id, "text")
        assert await Message.objects.acount() == 0

    async def test_a_flood_closes_the_socket_with_a_code_of_its_own(self) -> None:
        # Nothing is gained while a busy machine takes its time with each of them.
        limits = replace(settings.LIMITS, frames_per_second=0)
        async with self.stage():
            with override_settings(LIMITS=limits):
                page = await Page.of(self.alice)

                for _ in range(limits.frames_burst + 1):
                    await page.send("turn.stop", turn=1)
                code = await page.closed(timeout_seconds=30)

        assert code == 4429

    async def test_it_hides_from_strangers(self) -> None:
        async with self.stage() as provider:
            provider.play(Send(delta("private")), Hang())
            turn = await self.ask()
            await first_words(live(turn))
            stranger = await Page.of(self.charlie)
            answers = []

            for conversation in (turn.conversation_id, uuid.uuid4()):
                await stranger.send(
                    "conversation.watch", conversation=str(conversation), turns=[turn.pk]
                )
                answers.append(await stranger.next())
                await stranger.start("Hi", conversation=str(conversation))
                answers.append(await stranger.next() | {"id": None})
            for number in (turn.pk, 10**9):
                await stranger.send("turn.stop", turn=number)
                answers.append(await stranger.next())
            silent = await stranger.socket.receive_nothing(0.3)
            running = (await Turn.objects.aget(pk=turn.pk)).state
            await stranger.leave()

        assert [answer["type"] for answer in answers] == ["error"] * 6
        assert answers[0:2] == answers[2:4], "not there and not yours look the same"
        assert answers[4] == answers[5]
        assert silent
        assert running == "running"
        assert await Conversation.objects.filter(user=self.charlie).acount() == 0


class Leaving(TurnCase):
    async def test_nobody_is_told_why(self) -> None:
        page = await Page.of(None)

        assert await page.closed() == 4401

    async def test_signing_out_closes_the_socket(self) -> None:
        page = await Page.of(self.alice)

        await page.client.alogout()
        await sockets.sweep()

        assert await page.closed() == 4401

    async def test_a_new_password_closes_the_socket(self) -> None:
        page = await Page.of(self.alice)

        self.alice.set_password("something else entirely")
        await self.alice.asave()
        await sockets.sweep()

        assert await page.closed() == 4401

    async def test_deactivation_ends_the_very_next_action(self) -> None:
        async with self.stage() as provider:
            page = await Page.of(self.alice)
            self.alice.is_active = False
            await self.alice.asave()

            await page.start()

            assert await page.closed() == 4401
        assert not provider.requests

    async def test_an_old_socket_is_asked_to_come_again(self) -> None:
        with override_settings(LIMITS=replace(settings.LIMITS, socket_seconds=-1)):
            page = await Page.of(self.alice)

            await sockets.sweep()

            assert await page.closed() == 4409

    async def test_one_person_has_so_many_sockets(self) -> None:
        with override_settings(LIMITS=replace(settings.LIMITS, sockets_per_user=2)):
            pages = [await Page.of(self.alice) for _ in range(2)]

            third = await Page.of(self.alice)

            assert await third.closed() == 4429
            for page in pages:
                await page.leave()

    async def test_a_quiet_page_is_pinged(self) -> None:
        with override_settings(LIMITS=replace(settings.LIMITS, socket_ping=-1)):
            page = await Page.of(self.alice)

            await sockets.sweep()

            assert (await page.next())["type"] == "ping"
            await page.leave()


async def _only_turn() -> Turn:
    while True:
        turn = await Turn.objects.afirst()
        if turn is not None:
            return turn
        await asyncio.sleep(0.01)
