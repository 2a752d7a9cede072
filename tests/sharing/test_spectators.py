"""Whoever watches a live share sees it as it grows, from wherever they come in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from chat.models import Share, Turn
from chat.sharing import rooms
from tests.script import Hang, Send, delta, stream
from tests.sharing.case import SECRET
from tests.sockets.page import Page
from tests.teams.case import limits
from tests.turns.stage import TurnCase


class Spectator:
    """A visitor's socket. Takes frames in, and acknowledges them unless told not to."""

    def __init__(self, url: str, client: Client | None = None) -> None:
        from playground.asgi import application

        cookies = client.cookies.items() if client else ()
        cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies)
        headers = [(b"origin", settings.ALLOWED_ORIGINS[0].encode()), (b"cookie", cookie.encode())]
        self.socket = WebsocketCommunicator(application, f"{url}live/", headers=headers)
        self.acknowledges = True
        self._taken = 0

    async def connect(self) -> Spectator:
        connected, _ = await self.socket.connect()
        assert connected
        return self

    async def next(self) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(await self.socket.receive_from(5))
        self._taken += 1
        if self.acknowledges:
            await self.send(type="frame.ack", count=self._taken)
        return frame

    async def until(self, kind: str) -> dict[str, Any]:
        while (frame := await self.next())["type"] != kind:
            pass
        return frame

    async def reads(self, words: str) -> str:
        """All frames until one has these words."""
        seen = ""
        while words not in seen:
            seen += json.dumps(await self.next())
        return seen

    async def send(self, **frame: Any) -> None:
        await self.socket.send_to(text_data=json.dumps(frame))

    async def closed(self) -> int:
        while (event := await self.socket.receive_output(5))["type"] != "websocket.close":
            pass
        return int(event["code"])

    async def leave(self) -> None:
        await self.socket.disconnect()


class SpectatorCase(TurnCase):
    @asynccontextmanager
    async def watched(self, *spectators: Spectator) -> AsyncIterator[None]:
        try:
            yield
        finally:
            for spectator in spectators:
                await spectator.leave()
            assert not rooms.rooms

    async def shared(self, turn: Turn, **fields: Any) -> tuple[Share, str]:
        def publish() -> tuple[Share, str]:
            lane = turn.conversation.lanes.get()
            share = Share(user=self.alice, conversation=turn.conversation, lane=lane, mode="live")
            for name, value in fields.items():
                setattr(share, name, value)
            share.publish(None)
            assert share.address
            return share, "/" + share.address.split("/", 3)[3]

        return await sync_to_async(publish)()

    async def go_on(self, turn: Turn, text: str = "And that?") -> Turn:
        return await self.ask(text, conversation=turn.conversation_id, parent=turn.answer_id)


class Watching(SpectatorCase):
    async def test_it_shows_what_there_is_and_then_the_words_as_they_come(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("A **heron**."))
            turn = await self.ask_and_wait("What is that?")
            _, url = await self.shared(turn)
            one = await Spectator(url).connect()
            async with self.watched(one):
                first = await one.until("share.path")
                provider.play(*stream("An ", "egret ", "flies.", every=0.05))
                await self.go_on(turn)
                more = await one.until("share.path")
                words = await one.reads("egret")
                last = await one.until("share.path")

        assert "<strong>heron</strong>" in first["html"]
        assert first["keep"] == 0
        assert more["keep"] == 2
        assert "And that?" in more["html"]
        assert "heron" not in more["html"]
        assert '"turn.snapshot"' in words or '"turn.delta"' in words
        assert last["keep"] == 3
        assert "An egret flies." in last["html"]

    async def test_who_comes_in_the_middle_misses_nothing(self) -> None:
        async with self.stage() as provider:
            provider.play(Send(delta("first half, ")), Hang())
            turn = await self.ask()
            _, url = await self.shared(turn)
            await asyncio.sleep(0.2)
            one = await Spectator(url).connect()
            async with self.watched(one):
                seen = await one.reads("first half")

        assert '"share.path"' in seen
        assert '"turn.snapshot"' in seen

    async def test_a_secret_is_not_shown_for_a_moment(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("Take ", SECRET[:8], SECRET[8:], " and go.", every=0.08))
            turn = await self.ask()
            _, url = await self.shared(turn)
            one = await Spectator(url).connect()
            async with self.watched(one):
                seen = await one.reads("and go.")

        assert SECRET[:6] not in seen
        assert "[removed: api key]" in seen

    async def test_the_path_follows_the_presenter(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("A heron."))
            turn = await self.ask_and_wait("What is that?")
            provider.play(*stream("A stork."))
            again = await self.ask(None, conversation=turn.conversation_id, message=turn.prompt_id)
            await self.ended(again)
            _, url = await self.shared(turn)
            with limits(share_recheck=0.05):
                one = await Spectator(url).connect()
                async with self.watched(one):
                    first = await one.until("share.path")
                    lane = await sync_to_async(turn.conversation.lanes.get)()
                    await sync_to_async(lane.follow)(turn.answer)
                    other = await one.until("share.path")

        assert "stork" in first["html"]
        assert other["keep"] == 1
        assert "heron" in other["html"]

    async def test_one_who_does_not_read_gets_fewer_frames_and_the_same_words(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream(*(f"word{n} " for n in range(200)), every=0.005))
            turn = await self.ask()
            _, url = await self.shared(turn)
            with limits(frames_unacknowledged=2):
                slow = await Spectator(url).connect()
                async with self.watched(slow):
                    slow.acknowledges = False
                    await self.ended(turn)
                    slow.acknowledges = True
                    await slow.send(type="frame.ack", count=2)
                    await slow.reads("word199")

        assert slow._taken < 20

    async def test_the_presenter_sees_how_many_look_on(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("A heron."))
            turn = await self.ask_and_wait("What is that?")
            _, url = await self.shared(turn)
            page = await Page.of(self.alice)
            await page.send("conversation.watch", conversation=str(turn.conversation_id))
            await page.until("conversation.watched")
            with limits(share_recheck=0.05):
                one, two = await Spectator(url).connect(), await Spectator(url).connect()
                async with self.watched(one, two):
                    counts = [(await page.until("share.viewers"))["count"]]
                    while counts[-1] != 2:
                        counts.append((await page.until("share.viewers"))["count"])
                last = await page.until("share.viewers")
            await page.leave()

        assert last["count"] == 0


class Refusing(SpectatorCase):
    async def begun(self) -> Turn:
        return await self.ask_and_wait("What is that?")

    async def test_it_takes_no_frame_but_acknowledgements(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("A heron."))
            turn = await self.begun()
            _, url = await self.shared(turn)
            one = await Spectator(url).connect()
            async with self.watched(one):
                for frame in (
                    {"type": "turn.start", "id": "0" * 32, "model": "double/parrot", "text": "Hi"},
                    {"type": "turn.stop", "turn": turn.pk},
                    {"type": "conversation.watch", "conversation": str(turn.conversation_id)},
                ):
                    await one.send(**frame)
                    error = await one.until("error")
                    assert error["code"] in ("read_only", "bad_frame")

        assert len(provider.requests) == 1

    async def test_what_is_not_there_is_closed_alike(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("A heron."))
            turn = await self.begun()
            _, snapshot = await self.shared(turn, mode="snapshot")
            _, signed_in = await self.shared(turn, audience="signed_in")
            revoked, url = await self.shared(turn)
            await sync_to_async(revoked.revoke)()
            locked, with_password = await self.shared(turn)
            locked.set_password("wading bird")
            await locked.asave()
            _, counted = await self.shared(turn, view_limit=1)
            codes = []
            for each in ("/s/made-up/", snapshot, signed_in, url, with_password, counted):
                spectator = await Spectator(each).connect()
                codes.append(await spectator.closed())

        assert codes == [4404] * 6

    async def test_revoking_closes_it(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("A heron."))
            share, url = await self.shared(await self.begun())
            with limits(share_recheck=0.05):
                one = await Spectator(url).connect()
                await one.until("share.path")

                await sync_to_async(share.revoke)()
                code = await one.closed()
                await one.leave()

        assert code == 4404
        assert not rooms.rooms

    async def test_a_password_that_is_set_later_closes_it(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("A heron."))
            turn = await self.ask_and_wait()
            with limits(share_recheck=0.05):
                share, url = await self.shared(turn)
                spectator = await Spectator(url).connect()
                async with self.watched(spectator):
                    await spectator.until("share.path")
                    await Share.objects.filter(pk=share.pk).aupdate(password="a hash")
                    code = await spectator.closed()

        assert code == 4404

    async def test_signing_out_closes_what_is_for_those_who_are_signed_in(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("A heron."))
            _, url = await self.shared(await self.begun(), audience="signed_in")
            client = Client()
            await sync_to_async(client.force_login)(self.charlie)
            with limits(socket_recheck=0.05):
                one = await Spectator(url, client).connect()
                await one.until("share.path")

                await sync_to_async(client.logout)()
                code = await one.closed()
                await one.leave()

        assert code == 4404

    async def test_an_address_has_so_many(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("A heron."))
            _, url = await self.shared(await self.begun())
            with limits(spectators_per_address=1):
                one, two = await Spectator(url).connect(), await Spectator(url).connect()
                async with self.watched(one):
                    code = await two.closed()

        assert code == 4429
