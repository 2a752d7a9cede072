"""A guest talks to one model, within what the demo allows, and reaches nothing else."""

from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta
from decimal import Decimal

from asgiref.sync import sync_to_async
from django.utils import timezone

from chat.models import Conversation, Demo, Guest, Turn
from tests.cast import conversation_of, exchange
from tests.demos.case import SYSTEM, DemoCase, Visitor
from tests.script import Hang, Send, delta, failure, stream
from tests.teams.case import limits


class Talking(DemoCase):
    async def test_a_guest_is_answered_with_the_settings_of_the_demo(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("A **heron**."))
            demo = await self.demo()
            visitor, guest = await self.visitor(demo)

            await visitor.say("What is that?")
            seen = await visitor.reads("<strong>heron</strong>")
            while '"completed"' not in seen and 'data-state=\\"completed\\"' not in seen:
                seen += str(await visitor.next())
            await visitor.leave()
            turn = await Turn.objects.select_related("conversation").aget()

        assert "What is that?" in seen
        body = provider.requests[0].json
        assert body["messages"][0] == {"role": "system", "content": SYSTEM}
        assert 100 in (body.get("max_tokens"), body.get("max_completion_tokens"))
        assert turn.user_id == self.alice.pk
        assert turn.conversation.guest_id == guest.pk

    async def test_a_guest_is_told_nothing_of_how(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("A heron."))
            demo = await self.demo(shows_model=False)
            visitor, _ = await self.visitor(demo)
            await visitor.say("What is that?")
            seen = await visitor.reads("A heron.")
            await asyncio.sleep(0.3)
            await visitor.leave()

        for word in (SYSTEM, "double", "parrot", "Parrot", "sk-canary", "alice", "/turns/", "/c/"):
            assert word not in seen, word

    async def test_the_second_message_follows_the_first(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("A heron."))
            provider.play(*stream("An egret."))
            visitor, _ = await self.visitor(await self.demo())
            await visitor.say("What is that?")
            await visitor.reads('data-state=\\"completed\\"')
            await visitor.say("And that?")
            await visitor.reads("An egret.")
            await visitor.leave()

        roles = [message["role"] for message in provider.requests[1].json["messages"]]
        assert roles == ["system", "user", "assistant", "user"]

    async def test_stop_keeps_what_came(self) -> None:
        async with self.stage() as provider:
            provider.play(Send(delta("Half of it ")), Hang())
            visitor, _ = await self.visitor(await self.demo())
            await visitor.say("What is that?")
            await visitor.until("turn.snapshot")

            await visitor.send(type="guest.stop")
            seen = await visitor.reads("stopped")
            await visitor.leave()

        assert "Half of it" in seen

    async def test_one_answer_at_a_time(self) -> None:
        async with self.stage() as provider:
            provider.play(Send(delta("Half ")), Hang())
            visitor, _ = await self.visitor(await self.demo())
            await visitor.say("One")
            await visitor.until("turn.snapshot")

            await visitor.say("Two")
            error = await visitor.until("error")
            await visitor.leave()

        assert error["code"] == "turn_running"

    async def test_sending_twice_asks_once(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("A heron."))
            visitor, guest = await self.visitor(await self.demo())
            id = await visitor.say("What is that?")
            await visitor.reads('data-state=\\"completed\\"')
            await visitor.say("What is that?", id=id)
            await visitor.until("demo.left")
            left = await sync_to_async(guest.left)()
            await visitor.leave()

        assert len(provider.requests) == 1
        assert left["messages"] == 19

    async def test_the_presenters_own_answers_are_not_in_the_way(self) -> None:
        async with self.stage() as provider:
            for _ in range(5):
                provider.play(Send(delta("Half ")), Hang())
            demo = await self.demo()
            visitors = [(await self.visitor(demo, f"there {n}"))[0] for n in range(4)]
            for visitor in visitors:
                await visitor.say("Hello")
                await visitor.until("turn.snapshot")
            turn = await self.ask()
            for visitor in visitors:
                await visitor.leave()

        assert turn.pk


class Reaching(DemoCase):
    async def test_other_frames_are_refused(self) -> None:
        async with self.stage() as provider:
            demo = await self.demo()
            turn = await sync_to_async(
                lambda: exchange(conversation_of(self.alice), "Mine", "Private.")
            )()
            visitor, _ = await self.visitor(demo)
            for frame in (
                {"type": "turn.start", "id": str(uuid.uuid4()), "model": "x", "text": "Hi"},
                {"type": "turn.stop", "turn": turn.pk},
                {"type": "conversation.watch", "conversation": str(turn.conversation_id)},
                {"type": "guest.say", "id": str(uuid.uuid4()), "text": "Hi", "system": "Mine"},
                {"type": "guest.say", "id": str(uuid.uuid4()), "text": "Hi", "model": "dear"},
                {"type": "guest.say", "id": "not one", "text": "Hi"},
                {"type": "guest.say", "id": str(uuid.uuid4())},
            ):
                await visitor.send(**frame)
                error = await visitor.until("error")
                assert error["code"] == "bad_frame", frame
            await visitor.leave()

        assert not provider.requests

    async def test_a_client_id_of_somebody_elses_shows_nothing_of_theirs(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("Private."))
            demo = await self.demo()
            turn = await self.ask_and_wait("Mine")
            visitor, _ = await self.visitor(demo)

            await visitor.say("Mine", id=turn.client_id)
            frames = [await visitor.next() for _ in range(2)]
            await asyncio.sleep(0.3)
            seen = str(frames)
            while not await visitor.socket.receive_nothing(0.3):
                seen += str(await visitor.next())
            await visitor.leave()

        assert "Private." not in seen
        assert str(turn.conversation_id) not in seen

    async def test_a_token_that_is_none_is_closed(self) -> None:
        async with self.stage():
            demo, other = await self.demo(), await self.demo()
            _, token = await self.guest(other)
            codes = []
            for cookie in ("", "made-up", token):
                visitor = await Visitor(demo, cookie).connect()
                codes.append(await visitor.closed())

        assert codes == [4404] * 3

    async def test_a_guest_has_so_many_sockets(self) -> None:
        async with self.stage():
            demo = await self.demo()
            _, token = await self.guest(demo)
            sockets = [await Visitor(demo, token).connect() for _ in range(4)]
            code = await sockets[3].closed()
            for each in sockets[:3]:
                await each.leave()

        assert code == 4429

    async def test_a_long_prompt_is_refused_and_the_socket_lives(self) -> None:
        async with self.stage() as provider:
            visitor, _ = await self.visitor(await self.demo())
            await visitor.say("bird " * 40_000)
            error = await visitor.until("error")
            provider.play(*stream("A heron."))
            await visitor.say("What is that?")
            await visitor.reads("A heron.")
            await visitor.leave()

        assert error["code"] == "message_too_long"


class Ending(DemoCase):
    async def test_the_kill_switch_stops_answers_and_closes_sockets(self) -> None:
        async with self.stage() as provider:
            provider.play(Send(delta("Half ")), Hang())
            demo = await self.demo()
            with limits(share_recheck=0.05, checkpoint_interval=0.1):
                visitor, _ = await self.visitor(demo)
                await visitor.say("What is that?")
                await visitor.until("turn.snapshot")

                await sync_to_async(demo.close)()
                code = await visitor.closed()
                turn = await Turn.objects.aget()
                ended = await self.ended(turn)
                await visitor.leave()

        assert code == 4404
        assert ended.state == "stopped"

    async def test_a_time_that_is_over_is_said(self) -> None:
        async with self.stage() as provider:
            visitor, guest = await self.visitor(await self.demo(guest_minutes=5))
            past = timezone.now() - timedelta(minutes=6)
            await Guest.objects.filter(pk=guest.pk).aupdate(created_at=past)
            await visitor.say("Hello?")
            error = await visitor.until("error")
            await visitor.leave()

        assert error["message"] == "Your 5 minutes are over. Thank you for trying it."
        assert not provider.requests

    async def test_what_is_used_up_is_said_kindly_and_costs_nothing(self) -> None:
        cases = (
            ({"guest_messages": 1}, "allows one guest"),
            ({"messages": 1}, "has used everything"),
            ({"address_messages": 1}, "From this address"),
            ({"guest_tokens": 130}, "too little for another answer"),
        )
        for fields, words in cases:
            async with self.stage() as provider:
                provider.play(*stream("A heron."))
                visitor, _ = await self.visitor(await self.demo(**fields))
                await visitor.say("What is that?")
                await visitor.reads('data-state=\\"completed\\"')
                before = await Conversation.objects.acount()

                await visitor.say("And that?")
                error = await visitor.until("error")
                await visitor.leave()

            with self.subTest(words):
                assert error["code"] == "used_up"
                assert words in error["message"], error["message"]
                assert len(provider.requests) == 1
                assert await Conversation.objects.acount() == before

    async def test_a_guest_without_cookies_gets_no_more_from_one_address(self) -> None:
        async with self.stage() as provider:
            demo = await self.demo(address_messages=2)
            errors = []
            for _ in range(4):
                provider.play(*stream("A heron."))
                visitor, _ = await self.visitor(demo, "one household")
                await visitor.say("What is that?")
                frame = await visitor.until("turn.snapshot", "error")
                errors += [frame["message"]] if frame["type"] == "error" else []
                await visitor.leave()

        assert len(errors) == 2
        assert await Turn.objects.acount() == 2

    async def test_a_failure_counts_for_nothing(self) -> None:
        async with self.stage() as provider:
            for _ in range(3):
                provider.play(*failure(400))
            visitor, guest = await self.visitor(await self.demo())
            await visitor.say("What is that?")
            await visitor.reads('data-state=\\"failed\\"')
            left = await sync_to_async(guest.left)()
            await visitor.leave()

        assert (left["messages"], left["tokens"]) == (20, 50_000)

    async def test_money_is_held_to(self) -> None:
        demo = await self.demo(dollars=Decimal("0.01"))

        assert await sync_to_async(demo.spent)() == (0, 0, 0)
        assert (await Demo.objects.aget()).dollars == Decimal("0.01")
