"""What happens to a demo's turns when it is switched off, or its server is killed."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from chat import abandoned, demos, titles, turns
from chat.models import Conversation, Demo, Entry, Message, Turn
from chat.models.user import Titles
from chat.orders import Refusal, Wish
from tests.demos.case import DemoCase
from tests.script import Hang, Send, delta, stream
from tests.turns.stage import MODEL


class Ending(DemoCase):
    async def test_nothing_begins_after_the_switch(self) -> None:
        async with self.stage() as provider:
            demo = await self.demo()
            guest, _ = await self.guest(demo)
            wish = Wish(client_id=uuid.uuid4(), model=MODEL, text="Hello")
            guest.demo = demo  # as it was looked up a moment before
            await Demo.objects.filter(pk=demo.pk).aupdate(closed_at=timezone.now())
            with pytest.raises(Refusal) as caught:
                await turns.start(self.alice, wish, guest)

        assert caught.value.message == demos.OVER
        assert not provider.requests
        assert not await Conversation.objects.aexists()

    async def test_what_a_killed_server_left_is_settled_in_every_unit(self) -> None:
        async with self.stage() as provider:
            provider.play(Send(delta("Half of it ")), Hang())
            demo = await self.demo()
            visitor, _ = await self.visitor(demo)
            await visitor.say("What is that?")
            await visitor.until("turn.snapshot")
            turn = await Turn.objects.aget()
            words = [{"type": "text", "text": "Half of it "}]
            await Message.objects.filter(pk=turn.answer_id).aupdate(parts=words)
            past = timezone.now() - timedelta(days=1)
            await Turn.objects.filter(pk=turn.pk).aupdate(heartbeat_at=past)

            await sync_to_async(abandoned.sweep)()
            is_open = await Entry.objects.filter(settled=None).aexists()
            _, said, tokens = await sync_to_async(demo.spent)()
            await visitor.leave()

        assert not is_open
        assert said == 1
        assert 0 < tokens < 100

    async def test_no_title_is_written_for_a_guest(self) -> None:
        self.alice.titles = Titles.ALWAYS
        await self.alice.asave(update_fields=["titles"])
        async with self.stage() as provider:
            provider.play(*stream("A heron."))
            visitor, _ = await self.visitor(await self.demo())
            await visitor.say("What is that?")
            await visitor.reads('data-state=\\"completed\\"')
            await titles.drain(1)
            await visitor.leave()
            conversation = await Conversation.objects.aget()

        assert len(provider.requests) == 1
        assert conversation.title == "Birds"
