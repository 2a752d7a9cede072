"""In one conversation together: who is here, whoever may only read, and what the team pays."""

from __future__ import annotations

from decimal import Decimal

from asgiref.sync import sync_to_async
from django.test import override_settings

from chat.models import Budget, Conversation, Team, User
from chat.models.ledger import team_holder
from chat.models.team import Role
from chat.orders import Refusal
from tests.cast import FRAGMENT, PARROT, conversation_of, exchange
from tests.script import stream
from tests.sockets.page import Page
from tests.teams.case import TeamCase, limits
from tests.turns.stage import TurnCase


class Present(TurnCase):
    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.bob = User.objects.create_user("bob", name="Bob Birch")
        cls.team = Team.found(cls.alice, "Birds")
        cls.team.add(cls.bob, Role.EDITOR)
        cls.conversation = conversation_of(cls.alice, "Herons", team=cls.team)

    async def opened(self, user: User) -> Page:
        page = await Page.of(user)
        await page.send("conversation.watch", conversation=str(self.conversation.pk))
        await page.until("conversation.watched")
        return page

    async def test_each_sees_the_other_come_and_go(self) -> None:
        alice = await self.opened(self.alice)
        bob = await self.opened(self.bob)

        came = await alice.until("conversation.present")
        found = await bob.until("conversation.present")
        await bob.leave()
        went = await alice.until("conversation.present")
        await alice.leave()

        assert came["people"] == [{"name": "Bob Birch", "initials": "BB"}]
        assert [person["name"] for person in found["people"]] == ["alice"]
        assert went["people"] == []

    async def test_a_second_window_of_ones_own_is_nobody_else(self) -> None:
        first, second = await self.opened(self.alice), await self.opened(self.alice)

        is_silent = await first.socket.receive_nothing(0.3)
        await first.leave()
        await second.leave()

        assert is_silent

    async def test_whoever_is_removed_is_not_here_any_more(self) -> None:
        with limits(socket_recheck=0.05):
            alice, bob = await self.opened(self.alice), await self.opened(self.bob)
            await alice.until("conversation.present")

            membership = await self.team.memberships.aget(user=self.bob)
            await sync_to_async(membership.end)()
            went = await alice.until("conversation.present")
            await alice.leave()
            await bob.leave()

        assert went["people"] == []


@override_settings(ENDPOINTS=[PARROT])
class Reading(TeamCase):
    def setUp(self) -> None:
        super().setUp()
        self.conversation = self.shared("Herons")
        lane = self.conversation.lanes.get()
        lane.system, lane.parameters = "Be brief.", {"temperature": 0.5}
        lane.save()
        self.first = exchange(self.conversation, "What is that?", "A heron.")
        exchange(self.conversation, "And that?", "An egret.", parent=self.first.answer)
        self.path = f"/c/{self.conversation.pk}/"

    def test_a_viewer_is_offered_a_copy_and_an_editor_is_not(self) -> None:
        self.assertContains(self.as_user(self.vera).get(self.path), "Continue in a copy")
        for user in (self.alice, self.bob):
            self.assertNotContains(self.as_user(user).get(self.path), "Continue in a copy")

    def test_the_copy_is_ones_own_with_settings_and_receipts(self) -> None:
        response = self.as_user(self.vera).post(f"{self.path}copies/")

        copied = Conversation.objects.get(user=self.vera)
        lane = copied.lanes.get()
        self.assertRedirects(response, f"/c/{copied.pk}/", fetch_redirect_response=False)
        self.assertIsNone(copied.team)
        self.assertEqual(copied.title, "Herons")
        self.assertEqual((lane.system, lane.parameters), ("Be brief.", {"temperature": 0.5}))
        self.assertEqual([len(lane.path()), copied.turns.count()], [4, 2])
        self.assertTrue(self.vera.may_edit(copied))

    def test_the_copy_ends_at_the_message_that_is_named(self) -> None:
        named = {"message": str(self.first.answer_id)}

        self.as_user(self.vera).post(f"{self.path}copies/", named)

        self.assertEqual(Conversation.objects.get(user=self.vera).messages.count(), 2)

    def test_the_original_stays_as_it_was(self) -> None:
        self.as_user(self.vera).post(f"{self.path}copies/")

        self.assertEqual(self.conversation.messages.count(), 4)

    def test_it_hides_from_strangers(self) -> None:
        response = self.as_user(self.charlie).post(f"{self.path}copies/")

        self.assertEqual(response.status_code, 404)
        self.assertFalse(self.charlie.conversations.exists())


class Transcripts(TeamCase):
    """What guests of a demo say is the presenter's, but not among what the presenter says."""

    def test_they_are_found_but_not_listed(self) -> None:
        from tests.demos.case import demo_of

        guest, _ = demo_of(self.alice).welcome(network="here")
        conversation = guest.lane().conversation
        conversation.rename("What a guest asked")

        listed = self.client.get("/history/", headers=FRAGMENT)
        found = self.client.get("/history/?q=guest", headers=FRAGMENT)

        self.assertNotContains(listed, "What a guest asked")
        self.assertContains(found, str(conversation.pk))
        self.assertEqual(self.client.get(f"/c/{conversation.pk}/").status_code, 200)
        self.assertEqual(self.as_user(self.bob).get(f"/c/{conversation.pk}/").status_code, 404)


class Paying(TeamCase):
    def limits(self) -> dict[str, Decimal]:
        rows = Budget.objects.filter(holder=team_holder(self.team.pk))
        return dict(rows.values_list("period", "dollars"))

    def test_an_owner_sets_the_budget_and_members_see_what_is_spent(self) -> None:
        path = f"/teams/{self.team.pk}/"

        self.client.post(f"{path}budget/", {"daily": "", "monthly": "$20", "total": ""})

        self.assertEqual(self.limits(), {"month": Decimal(20)})
        for user, client in self.each_member().items():
            with self.subTest(user=user):
                self.assertContains(client.get(path), "spent of $20.00")

    def test_what_is_no_amount_is_refused_where_it_stands(self) -> None:
        response = self.client.post(f"/teams/{self.team.pk}/budget/", {"monthly": "-1"})

        self.assertContains(response, "That is less than nothing", status_code=422)
        self.assertEqual(self.limits(), {})

    def test_it_hides_from_strangers(self) -> None:
        for user in (self.bob, self.vera, self.charlie):
            response = self.as_user(user).post(f"/teams/{self.team.pk}/budget/", {"daily": "1"})
            self.assertEqual(response.status_code, 404, user)
        self.assertEqual(self.limits(), {})


class PayingForAnswers(TurnCase):
    async def test_nothing_begins_beyond_the_budget_of_the_team(self) -> None:
        team = await sync_to_async(Team.found)(self.alice, "Birds")
        conversation = await sync_to_async(conversation_of)(self.alice, "Herons", team=team)
        put = sync_to_async(Budget.put)
        await put(team_holder(team.pk), "day", Decimal(0))
        async with self.stage() as provider:
            provider.play(*stream("A heron."))
            with self.assertRaises(Refusal) as refused:
                await self.ask(conversation=conversation.pk)
            own = await self.ask_and_wait()

        assert refused.exception.code == "over_budget"
        assert own.state == "completed"
