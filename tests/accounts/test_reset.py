"""A link that sets a new password: once, within an hour, for one person."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from chat.models import Link, User
from tests.accounts.case import OTHER_PASSWORD, PASSWORD, AccountsCase


class ResetTest(AccountsCase):
    def open(self, token: str, password: str = OTHER_PASSWORD) -> int:
        return self.visitor().post(f"/reset/{token}/", {"password": password}).status_code

    def has_password(self, password: str) -> bool:
        return User.objects.get(pk=self.alice.pk).check_password(password)

    def test_it_sets_the_password_and_signs_in(self) -> None:
        _, token = Link.make_reset(self.alice)
        client = self.visitor()

        response = client.post(f"/reset/{token}/", {"password": OTHER_PASSWORD})

        self.assertRedirects(response, "/", fetch_redirect_response=False)
        self.assertTrue(self.has_password(OTHER_PASSWORD))
        self.assertContains(client.get("/account/"), "alice")

    def test_it_ends_every_other_session(self) -> None:
        elsewhere = [self.visitor(self.alice), self.visitor(self.alice)]
        bob = self.visitor(self.bob)
        _, token = Link.make_reset(self.alice)

        self.open(token)

        self.assertFalse(any(self.is_signed_in(client) for client in elsewhere))
        self.assertTrue(self.is_signed_in(bob))

    def test_looking_does_not_spend_it(self) -> None:
        _, token = Link.make_reset(self.alice)

        page = self.visitor().get(f"/reset/{token}/")

        self.assertContains(page, "At least 10 characters")
        self.assertEqual(self.open(token), 302)

    def test_a_weak_password_does_not_spend_it(self) -> None:
        _, token = Link.make_reset(self.alice)

        self.assertEqual(self.open(token, "alice aster"), 200)

        self.assertEqual(self.open(token), 302)

    def test_it_works_once(self) -> None:
        _, token = Link.make_reset(self.alice)
        self.open(token)

        self.assertEqual(self.open(token, "a third password"), 404)
        self.assertTrue(self.has_password(OTHER_PASSWORD))

    def test_of_two_at_once_one_wins(self) -> None:
        _, token = Link.make_reset(self.alice)
        one, other = Link.find_reset(token), Link.find_reset(token)
        assert one
        assert other
        winner, loser = User.objects.get(pk=self.alice.pk), User.objects.get(pk=self.alice.pk)
        winner.set_password(OTHER_PASSWORD)
        loser.set_password("a third password")

        self.assertEqual([one.renew(winner), other.renew(loser)], [True, False])
        self.assertTrue(self.has_password(OTHER_PASSWORD))

    def test_it_works_for_an_hour(self) -> None:
        link, token = Link.make_reset(self.alice)
        hour = (link.expires_at - timezone.now()).total_seconds()
        Link.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

        self.assertAlmostEqual(hour, 3600, delta=5)
        self.assertEqual(self.open(token), 404)
        self.assertTrue(self.has_password(PASSWORD))

    def test_the_newest_is_the_only_one(self) -> None:
        _, old = Link.make_reset(self.alice)
        _, new = Link.make_reset(self.alice)

        self.assertEqual(self.open(old), 404)
        self.assertEqual(self.open(new), 302)

    def test_a_link_for_something_else_does_not_set_one(self) -> None:
        for token in (self.invitation_token(), self.setup_token(), "unknown", "null"):
            with self.subTest(token[:8]):
                self.assertEqual(self.visitor().get(f"/reset/{token}/").status_code, 404)
                self.assertEqual(self.open(token), 404)

    def test_it_does_not_let_the_deactivated_in(self) -> None:
        _, before = Link.make_reset(self.alice)
        self.alice.deactivate()
        _, after = Link.make_reset(self.alice)

        self.assertEqual([self.open(before), self.open(after)], [404, 404])


class SignInLinkTest(AccountsCase):
    def run_command(self, username: str) -> str:
        output = StringIO()
        call_command("sign_in_link", username, stdout=output)
        return output.getvalue().strip()

    def test_it_prints_a_way_back_in(self) -> None:
        address = self.run_command("Ada")

        self.assertTrue(address.startswith(f"{settings.SITE_URL}/reset/"))
        path = address.removeprefix(settings.SITE_URL)
        response = self.visitor().post(path, {"password": OTHER_PASSWORD})
        self.assertEqual(response.status_code, 302)
        self.assertEqual(self.sign_in(self.visitor(), "ada", OTHER_PASSWORD).status_code, 302)

    def test_it_says_whom_it_does_not_know(self) -> None:
        self.alice.deactivate()

        with self.assertRaisesMessage(CommandError, "nobody with the user name eve"):
            self.run_command("eve")
        with self.assertRaisesMessage(CommandError, "alice is deactivated"):
            self.run_command("alice")
