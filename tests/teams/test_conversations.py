"""What a role may do in a conversation of the team, on every way in."""

from __future__ import annotations

import asyncio
import uuid

from asgiref.sync import sync_to_async

from chat.models import Conversation, Membership, Team, Turn, User
from chat.models.team import Role
from chat.orders import Refusal
from tests.cast import conversation_of, exchange
from tests.script import Hang, Send, delta, stream
from tests.sockets.page import Page
from tests.teams.case import TeamCase, limits
from tests.turns.stage import TurnCase


class Moving(TeamCase):
    def move(self, conversation: Conversation, by: User, team: Team | None) -> int:
        data = {"team": str(team.pk) if team else ""}
        return self.as_user(by).post(f"/c/{conversation.pk}/team/", data).status_code

    def test_whoever_began_it_gives_it_to_a_team_and_takes_it_back(self) -> None:
        conversation = conversation_of(self.alice)

        self.move(conversation, self.alice, self.team)
        given = Conversation.objects.get(pk=conversation.pk).team
        self.move(conversation, self.alice, None)

        self.assertEqual(given, self.team)
        self.assertIsNone(Conversation.objects.get(pk=conversation.pk).team)

    def test_it_goes_to_no_team_in_which_one_does_not_write(self) -> None:
        conversation = conversation_of(self.vera)

        self.assertEqual(self.move(conversation, self.vera, self.team), 404)
        self.assertEqual(self.move(conversation_of(self.charlie), self.charlie, self.team), 404)

    def test_an_editor_does_not_take_what_another_began(self) -> None:
        conversation = self.shared()

        self.move(conversation, self.bob, None)

        self.assertEqual(Conversation.objects.get(pk=conversation.pk).team, self.team)

    def test_an_owner_gives_back_what_another_began(self) -> None:
        conversation = conversation_of(self.bob, team=self.team)

        self.move(conversation, self.alice, None)

        self.assertEqual(Conversation.objects.get(pk=conversation.pk).team, None)
        self.assertFalse(self.alice.visible_conversations.exists())

    def test_it_hides_from_strangers(self) -> None:
        conversation = self.shared()

        self.assertEqual(self.move(conversation, self.vera, None), 404)
        self.assertEqual(self.move(conversation, self.charlie, None), 404)


class Rights(TeamCase):
    def test_every_member_reads_and_a_stranger_does_not(self) -> None:
        conversation = self.shared()
        turn = exchange(conversation, "What is that?", "A heron.")
        pages = (
            f"/c/{conversation.pk}/",
            f"/c/{conversation.pk}/export.json",
            f"/messages/{turn.answer_id}/source/",
            f"/turns/{turn.pk}/receipt/",
            f"/turns/{turn.pk}/receipt.json",
        )
        for page in pages:
            for user, client in self.each_member().items():
                with self.subTest(page, user=user):
                    self.assertEqual(client.get(page).status_code, 200)
            self.assertEqual(self.as_user(self.charlie).get(page).status_code, 404)

    def test_a_viewer_changes_nothing(self) -> None:
        conversation = self.shared("Herons")
        first = exchange(conversation, "What is that?", "A heron.")
        exchange(conversation, "And that?", "Another.")
        leaf = conversation.lanes.get().leaf_id
        viewer = self.as_user(self.vera)

        for url, data in (
            (f"/c/{conversation.pk}/title/", {"title": "Mine"}),
            (f"/c/{conversation.pk}/deletion/", {}),
            (f"/messages/{first.answer_id}/deletion/", {"count": "1"}),
        ):
            with self.subTest(url):
                self.assertEqual(viewer.post(url, data).status_code, 404)
        viewer.post("/history/changes/", {"change": "delete", "conversation": [conversation.pk]})
        shown = viewer.post(f"/c/{conversation.pk}/branch/", {"message": first.answer_id})

        conversation.refresh_from_db()
        self.assertEqual(conversation.title, "Herons")
        self.assertIsNone(conversation.deleted_at)
        self.assertEqual(conversation.messages.count(), 4)
        self.assertEqual(conversation.lanes.get().leaf_id, leaf)
        self.assertIn(f"?message={first.answer_id}", shown.headers["Location"])

    def test_an_editor_changes_it(self) -> None:
        conversation = self.shared("Herons")
        editor = self.as_user(self.bob)

        editor.post(f"/c/{conversation.pk}/title/", {"title": "Egrets"})
        editor.post(f"/c/{conversation.pk}/deletion/")
        editor.post(f"/c/{conversation.pk}/restoration/")

        conversation.refresh_from_db()
        self.assertEqual(conversation.title, "Egrets")
        self.assertIsNone(conversation.deleted_at)

    def test_whoever_left_sees_not_even_what_they_began(self) -> None:
        conversation = conversation_of(self.bob, "Reeds", team=self.team)

        self.member(self.bob).end()

        page = f"/c/{conversation.pk}/"
        self.assertEqual(self.as_user(self.bob).get(page).status_code, 404)
        self.assertEqual(self.client.get(page).status_code, 200)


class Live(TurnCase):
    """Two members in one conversation."""

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.bob = User.objects.create_user("bob")
        cls.vera = User.objects.create_user("vera")
        cls.team = Team.found(cls.alice, "Birds")
        cls.team.add(cls.bob, Role.EDITOR)
        cls.team.add(cls.vera, Role.VIEWER)

    async def begun(self) -> Turn:
        turn = await self.ask_and_wait("What is that?")
        await sync_to_async(turn.conversation.give)(self.team)
        return turn

    async def test_each_sees_the_others_turn_as_it_comes(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("A heron."))
            turn = await self.begun()
            provider.play(*stream("Another ", "one."))
            bob, vera = await Page.of(self.bob), await Page.of(self.vera)
            for page in (bob, vera):
                await page.send("conversation.watch", conversation=str(turn.conversation_id))
                await page.until("conversation.watched")

            await bob.start(
                "And that?", conversation=str(turn.conversation_id), parent=turn.answer_id
            )
            frames = [await vera.until("turn.started"), await vera.until("turn.finished")]
            await bob.leave()
            await vera.leave()

        assert "And that?" in frames[0]["html"]
        assert frames[1]["state"] == "completed"

    async def test_an_editor_stops_what_another_began(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("A heron."))
            turn = await self.begun()
            provider.play(Send(delta("Another ")), Hang())
            asked = await self.ask(
                "And that?", conversation=turn.conversation_id, parent=turn.answer_id
            )
            page = await Page.of(self.bob)

            await page.send("turn.stop", turn=asked.pk)
            ended = await self.ended(asked)
            await page.leave()

        assert ended.state == "stopped"

    async def test_a_viewer_starts_and_stops_nothing(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("A heron."))
            turn = await self.begun()
            provider.play(Send(delta("Another ")), Hang())
            page = await Page.of(self.vera)
            await page.start("Mine", conversation=str(turn.conversation_id))
            refused = await page.until("error")
            asked = await self.ask("And?", conversation=turn.conversation_id, parent=turn.answer_id)
            await page.send("turn.stop", turn=asked.pk)
            unstopped = await page.until("error")
            await page.start(None, turn=turn.pk)
            unrepeated = await page.until("error")
            await page.leave()

        assert refused["code"] == "read_only"
        assert "Continue in a copy" in refused["message"]
        assert unstopped["code"] == unrepeated["code"] == "not_found"
        assert len(provider.requests) == 2

    async def test_a_stranger_is_told_that_it_is_not_there(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("A heron."))
            turn = await self.begun()
            with self.assertRaises(Refusal) as refused:
                await self.ask("Mine", user=self.charlie, conversation=turn.conversation_id)
            with self.assertRaises(Refusal) as unknown:
                await self.ask("Mine", user=self.charlie, conversation=uuid.uuid4())

        assert (refused.exception.code, refused.exception.message) == (
            unknown.exception.code,
            unknown.exception.message,
        )

    async def test_whoever_is_removed_hears_no_more_of_it(self) -> None:
        async with self.stage() as provider:
            provider.play(*stream("A heron."))
            turn = await self.begun()
            provider.play(*stream(*["word "] * 100, every=0.05))
            with limits(socket_recheck=0.05):
                page = await Page.of(self.bob)
                await page.send("conversation.watch", conversation=str(turn.conversation_id))
                await page.until("conversation.watched")
                await self.ask("And?", conversation=turn.conversation_id, parent=turn.answer_id)
                await page.until("turn.delta")

                await sync_to_async(self._remove)(self.bob)
                gone = await page.until("error")
                await asyncio.sleep(0.3)
                is_silent = await page.socket.receive_nothing()
                await page.leave()

        assert gone["code"] == "not_found"
        assert is_silent

    def _remove(self, user: User) -> None:
        Membership.objects.get(team=self.team, user=user).end()


class Paying(TurnCase):
    async def test_a_turn_counts_for_the_person_and_for_the_team(self) -> None:
        team = await sync_to_async(Team.found)(self.alice, "Birds")
        from chat.models.ledger import holders_of

        assert holders_of(self.alice, team.pk) == [f"user:{self.alice.pk}", f"team:{team.pk}"]
        assert holders_of(self.alice, None) == [f"user:{self.alice.pk}"]
