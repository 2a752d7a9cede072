"""Owners let people in and out; there is always one of them left."""

from __future__ import annotations

import re
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from chat.models import Conversation, Team, TeamInvitation, User
from chat.models.team import LastOwner, Role
from tests.cast import conversation_of
from tests.teams.case import TeamCase, limits


class Founding(TeamCase):
    def test_whoever_founds_a_team_owns_it(self) -> None:
        response = self.as_user(self.charlie).post("/teams/", {"name": "Fish"}, follow=True)

        team = Team.objects.get(name="Fish")
        self.assertEqual(team.memberships.get().role, Role.OWNER)
        self.assertContains(response, "You are an owner.")

    def test_a_name_that_cannot_be_shown_is_refused(self) -> None:
        for name in ("", "  \u200b ", "a\x00b", "x" * 101, "left\u202eright"):
            with self.subTest(repr(name)):
                response = self.client.post("/teams/", {"name": name})

                self.assertContains(response, 'class="errorlist"')
        self.assertEqual(Team.objects.count(), 1)

    def test_nobody_is_in_more_teams_than_the_limit(self) -> None:
        with limits(teams_per_user=1):
            response = self.client.post("/teams/", {"name": "Fish"})

        self.assertContains(response, "as many teams as one person can be in")
        self.assertEqual(Team.objects.count(), 1)

    def test_the_list_has_only_the_own_teams(self) -> None:
        self.assertContains(self.client.get("/teams/"), "Birds")
        self.assertNotContains(self.as_user(self.charlie).get("/teams/"), "Birds")


class Members(TeamCase):
    def do(self, deed: str, *arguments: object, by: User | None = None, **data: str) -> int:
        client = self.as_user(by or self.alice)
        return client.post(reverse(deed, args=[self.team.pk, *arguments]), data).status_code

    def test_an_owner_adds_somebody_by_user_name(self) -> None:
        self.do("team_members", username="Charlie", role="viewer")

        self.assertEqual(self.member(self.charlie).role, Role.VIEWER)

    def test_a_name_that_nobody_has_is_said(self) -> None:
        url = reverse("team_members", args=[self.team.pk])
        for name, sentence in (
            ("nobody", "Nobody here signs in as"),
            ("bob", "in this team already"),
        ):
            with self.subTest(name):
                response = self.client.post(url, {"username": name, "role": "editor"})

                self.assertContains(response, sentence, status_code=422)

    def test_a_role_that_is_none_changes_nothing(self) -> None:
        self.do("team_role", self.member(self.bob).pk, role="emperor")

        self.assertEqual(self.member(self.bob).role, Role.EDITOR)

    def test_an_owner_changes_roles(self) -> None:
        self.do("team_role", self.member(self.bob).pk, role="viewer")

        self.assertEqual(self.member(self.bob).role, Role.VIEWER)

    def test_the_last_owner_stays(self) -> None:
        own = self.member(self.alice)

        self.assertEqual(self.do("team_role", own.pk, role="viewer"), 409)
        self.assertEqual(self.do("team_removal", own.pk), 409)
        self.assertEqual(self.member(self.alice).role, Role.OWNER)
        with self.assertRaises(LastOwner):
            own.end()

    def test_a_team_is_handed_over(self) -> None:
        self.do("team_ownership", self.member(self.bob).pk)

        self.assertEqual(self.member(self.bob).role, Role.OWNER)
        self.assertEqual(self.member(self.alice).role, Role.EDITOR)

    def test_everybody_leaves_and_only_owners_remove(self) -> None:
        self.assertEqual(self.do("team_removal", self.member(self.vera).pk, by=self.bob), 404)
        self.assertEqual(self.do("team_removal", self.member(self.bob).pk, by=self.bob), 302)
        self.assertEqual(self.do("team_removal", self.member(self.vera).pk), 302)
        self.assertEqual([row.user for row in self.team.memberships.all()], [self.alice])

    def test_a_full_team_takes_nobody(self) -> None:
        with limits(team_members=3):
            self.assertEqual(self.do("team_members", username="charlie", role="editor"), 409)

    def test_only_owners_do_what_owners_do(self) -> None:
        bob, link = self.member(self.bob), self.invitation()[0]
        deeds = {
            "team_name": (),
            "team_members": (),
            "team_role": (bob.pk,),
            "team_ownership": (bob.pk,),
            "team_invitations": (),
            "team_invitation_revocation": (link.pk,),
            "team_deletion": (),
        }
        before = list(self.team.memberships.values("user", "role"))
        data = {"name": "Ours", "username": "charlie", "role": "owner"}
        for name, arguments in deeds.items():
            for person in (self.bob, self.vera, self.charlie):
                with self.subTest(name, person=person):
                    self.assertEqual(self.do(name, *arguments, by=person, **data), 404)
        self.assertEqual(list(self.team.memberships.values("user", "role")), before)
        self.assertEqual(Team.objects.get().name, "Birds")

    def test_a_member_of_another_team_is_not_there(self) -> None:
        other = Team.found(self.alice, "Fish").memberships.get()
        theirs = Team.found(self.charlie, "Frogs").memberships.get()

        self.assertEqual(self.do("team_removal", other.pk), 404)
        self.assertEqual(self.do("team_role", theirs.pk, role="viewer"), 404)

    def test_it_hides_from_strangers(self) -> None:
        url = reverse("team", args=[self.team.pk])

        for user, client in self.each_member().items():
            self.assertEqual(client.get(url).status_code, 200, user)
        self.assertEqual(self.as_user(self.charlie).get(url).status_code, 404)
        self.assertEqual(self.client_class().get(url).status_code, 302)

    def test_an_end_gives_each_conversation_back(self) -> None:
        conversation = conversation_of(self.bob, "Reeds", team=self.team)
        asked = self.client.get(reverse("team_deletion", args=[self.team.pk]))

        self.do("team_deletion")

        self.assertContains(asked, "Its 1 conversation goes back to whoever began it")
        self.assertEqual(Conversation.objects.get(pk=conversation.pk).team, None)
        self.assertFalse(self.alice.visible_conversations.exists())
        self.assertTrue(self.bob.visible_conversations.exists())
        self.assertFalse(Team.objects.exists())

    def invitation(self) -> tuple[TeamInvitation, str]:
        return TeamInvitation.make(self.team, Role.EDITOR, made_by=self.alice)


class Invitations(TeamCase):
    def setUp(self) -> None:
        super().setUp()
        self.link, self.token = TeamInvitation.make(self.team, Role.EDITOR, made_by=self.alice)
        self.url = f"/teams/invitations/{self.token}/"
        self.guest = self.as_user(self.charlie)

    def test_a_link_is_shown_once(self) -> None:
        made = self.client.post(f"/teams/{self.team.pk}/invitations/", {"role": "viewer"})
        again = self.client.get(f"/teams/{self.team.pk}/")

        found = re.search(
            rf"{settings.SITE_URL}/teams/invitations/([\w-]+)/", made.content.decode()
        )
        assert found
        self.assertEqual(made.status_code, 201)
        self.assertContains(again, "A link for viewers")
        self.assertNotContains(again, found[1])

    def test_nobody_is_made_an_owner_by_a_link(self) -> None:
        self.client.post(f"/teams/{self.team.pk}/invitations/", {"role": "owner"})

        self.assertFalse(self.team.invitations.filter(role=Role.OWNER).exists())

    def test_looking_does_not_join(self) -> None:
        self.assertContains(self.guest.get(self.url), "Join “Birds”?")
        self.assertFalse(self.team.memberships.filter(user=self.charlie).exists())

    def test_whoever_joins_has_the_role_of_the_link(self) -> None:
        self.guest.post(self.url)

        self.assertEqual(self.member(self.charlie).role, Role.EDITOR)

    def test_a_viewer_does_not_rise_by_a_link(self) -> None:
        self.as_user(self.vera).post(self.url)

        self.assertEqual(self.member(self.vera).role, Role.VIEWER)

    def test_what_does_not_work_looks_all_the_same(self) -> None:
        pages = [self.guest.get("/teams/invitations/nonsense/")]
        self.link.expires_at = timezone.now() - timedelta(seconds=1)
        self.link.save()
        pages.append(self.guest.get(self.url))
        self.link.expires_at = timezone.now() + timedelta(days=1)
        self.link.save()
        self.team.add(self.charlie, Role.OWNER)
        self.member(self.charlie).end()
        self.team.memberships.filter(user=self.bob).update(role=Role.OWNER)
        self.member(self.alice).end()
        pages.append(self.guest.get(self.url))
        self.link.delete()
        pages.append(self.guest.get(self.url))

        self.assertEqual({page.status_code for page in pages}, {404})
        self.assertEqual(len({page.content for page in pages}), 1)

    def test_guessing_is_slow(self) -> None:
        with limits(link_misses_per_minute_address=3):
            codes = [self.guest.get(f"/teams/invitations/{n}/").status_code for n in range(5)]

        self.assertEqual(codes, [404, 404, 404, 429, 429])

    def test_it_hides_from_strangers(self) -> None:
        response = self.client_class().get(self.url)

        self.assertEqual(response.status_code, 302)
        self.assertTrue(response.headers["Location"].startswith("/sign-in/"))
