"""Whom a share is for, and what a password keeps out."""

from __future__ import annotations

from chat.models import Share, Team
from chat.models.team import Role
from tests.sharing.case import PUBLISH, ShareCase
from tests.teams.case import limits


class Audiences(ShareCase):
    def codes(self, share: Share) -> dict[str, int]:
        clients = {
            "nobody": self.visitor(),
            "bob": self.as_user(self.bob),
            "charlie": self.as_user(self.charlie),
        }
        return {name: each.get(self.url(share)).status_code for name, each in clients.items()}

    def test_signed_in(self) -> None:
        share = self.publish(audience="signed_in")

        self.assertEqual(self.codes(share), {"nobody": 302, "bob": 200, "charlie": 200})

    def test_named_people(self) -> None:
        share = self.publish(audience="people", people="bob")

        self.assertEqual(self.codes(share), {"nobody": 302, "bob": 200, "charlie": 404})

    def test_a_team(self) -> None:
        team = Team.found(self.alice, "Birds")
        team.add(self.bob, Role.VIEWER)
        share = self.publish(audience="team", team=str(team.pk))

        self.assertEqual(self.codes(share), {"nobody": 302, "bob": 200, "charlie": 404})
        team.memberships.get(user=self.bob).end()
        self.assertEqual(self.codes(share)["bob"], 404)

    def test_a_team_that_one_is_not_in_cannot_be_named(self) -> None:
        team = Team.found(self.bob, "Fish")

        self.client.post(
            f"/c/{self.conversation.pk}/shares/new/",
            PUBLISH | {"audience": "team", "team": str(team.pk)},
        )

        self.assertFalse(Share.objects.exists())


class Passwords(ShareCase):
    def setUp(self) -> None:
        super().setUp()
        self.share = self.publish(password="wading bird", allows_data="on")
        self.guest = self.visitor()

    def test_nothing_shows_before_it_is_given(self) -> None:
        for path in ("", "conversation.md", "conversation.json"):
            page = self.guest.get(self.url(self.share, path))

            self.assertContains(page, "A password, please")
            self.assertNotContains(page, "heron")
        self.assertEqual(Share.objects.get().views, 0)

    def test_it_opens_the_page_and_its_data(self) -> None:
        wrong = self.guest.post(self.url(self.share), {"password": "waterfowl"})
        self.guest.post(self.url(self.share), {"password": "wading bird"})

        self.assertContains(wrong, "That is not the password.")
        self.assertContains(self.guest.get(self.url(self.share)), "heron")
        self.assertContains(self.guest.get(self.url(self.share, "conversation.md")), "heron")

    def test_a_new_one_shuts_out_those_who_had_the_old(self) -> None:
        self.guest.post(self.url(self.share), {"password": "wading bird"})

        changed = PUBLISH | {"expiry": "keep", "password": "diving bird"}
        self.client.post(f"/shares/{self.share.pk}/", changed)

        self.assertContains(self.guest.get(self.url(self.share)), "A password, please")

    def test_a_forged_cookie_opens_nothing(self) -> None:
        self.guest.cookies[f"open-{self.share.pk.hex}"] = "1:forged"

        self.assertContains(self.guest.get(self.url(self.share)), "A password, please")

    def test_a_thousand_tries_are_few_answers(self) -> None:
        with limits(share_passwords_per_minute=5):
            codes = [
                self.guest.post(self.url(self.share), {"password": f"try {n}"}).status_code
                for n in range(20)
            ]
            right = self.guest.post(self.url(self.share), {"password": "wading bird"})

        self.assertEqual(codes.count(200), 5)
        self.assertEqual(codes.count(429), 15)
        self.assertEqual(right.status_code, 429)

    def test_it_is_kept_as_a_hash(self) -> None:
        self.assertNotIn("wading", self.share.password)
