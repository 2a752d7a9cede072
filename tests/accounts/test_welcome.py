"""A link makes one account: the first administrator's, or that of somebody who was invited."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from chat.models import Link, User
from tests.accounts.case import PASSWORD, AccountsCase

FORM = {"name": "Dora Dahl", "username": "dora", "password": PASSWORD}


class InvitationTest(AccountsCase):
    def open(self, token: str, client: Client | None = None, **fields: str) -> int:
        client = client or self.visitor()
        return client.post(f"/welcome/{token}/", FORM | fields).status_code

    def test_it_makes_an_account_and_signs_in(self) -> None:
        client = self.visitor()

        response = client.post(f"/welcome/{self.invitation_token()}/", FORM)

        self.assertRedirects(response, "/", fetch_redirect_response=False)
        dora = User.objects.get(username="dora")
        self.assertEqual((dora.name, dora.is_staff, dora.is_superuser), ("Dora Dahl", False, False))
        self.assertTrue(dora.check_password(PASSWORD))
        self.assertTrue(self.is_signed_in(client))

    def test_it_makes_an_administrator_if_the_link_says_so(self) -> None:
        self.open(self.invitation_token(makes_administrator=True))

        self.assertTrue(User.objects.get(username="dora").is_staff)

    def test_the_visitor_cannot_say_so(self) -> None:
        self.open(self.invitation_token(), is_staff="on", makes_administrator="on")

        self.assertFalse(User.objects.get(username="dora").is_staff)

    def test_looking_does_not_spend_it(self) -> None:
        token = self.invitation_token()
        for _ in range(3):
            self.visitor().head(f"/welcome/{token}/")
            response = self.visitor().get(f"/welcome/{token}/")

        self.assertContains(response, "Make the account")
        self.assertContains(response, "At least 10 characters")
        self.assertEqual(self.open(token), 302)

    def test_a_mistake_does_not_spend_it(self) -> None:
        token = self.invitation_token()
        self.assertEqual(self.open(token, password="short"), 200)

        self.assertEqual(self.open(token), 302)

    def test_it_works_once(self) -> None:
        token = self.invitation_token()
        first, second = self.visitor(), self.visitor()
        first.get(f"/welcome/{token}/")
        second.get(f"/welcome/{token}/")

        statuses = [self.open(token, first), self.open(token, second, username="erin")]

        self.assertEqual(statuses, [302, 404])
        self.assertFalse(User.objects.filter(username="erin").exists())
        self.assertFalse(self.is_signed_in(second))

    def test_of_two_at_once_one_gets_in(self) -> None:
        """Both have looked it up before either has spent it."""
        token = self.invitation_token()
        one, other = Link.find_welcome(token), Link.find_welcome(token)
        assert one
        assert other

        admitted = [one.admit(User(username="dora")), other.admit(User(username="erin"))]

        self.assertEqual(admitted, [True, False])
        self.assertFalse(User.objects.filter(username="erin").exists())

    def test_a_name_that_goes_while_the_form_is_sent_is_said_to_be_taken(self) -> None:
        token = self.invitation_token()
        link = Link.find_welcome(token)
        assert link

        self.assertEqual(self.open(token, username="alice"), 200)
        self.assertIsNone(Link.objects.get(pk=link.pk).used_at)

    def test_a_dead_link_is_one_constant_page(self) -> None:
        used = self.invitation_token()
        self.open(used)
        expired = self.invitation_token()
        Link.objects.filter(used_at=None).update(expires_at=timezone.now() - timedelta(seconds=1))
        _, reset = Link.make_reset(self.alice)
        good = self.invitation_token()
        dead = {
            "used": used,
            "expired": expired,
            "for something else": reset,
            "cut short": good[:-1],
            "folded": good.swapcase(),
            "a null byte": "%00",
            "null": "null",
            "long": "x" * 10_000,
            "its hash": Link.objects.latest("pk").token_hash,
            "invented": "A" * 43,
        }
        stranger = self.visitor()
        expected = stranger.get("/welcome/unknown/").content
        for case, token in dead.items():
            with self.subTest(case):
                looked = stranger.get(f"/welcome/{token}/")
                sent = stranger.post(f"/welcome/{token}/", FORM | {"username": "erin"})

                self.assertEqual((looked.status_code, sent.status_code), (404, 404))
                self.assertEqual((looked.content, sent.content), (expected, expected))
        self.assertFalse(User.objects.filter(username="erin").exists())

    def test_a_revoked_link_is_dead(self) -> None:
        token = self.invitation_token()
        Link.objects.all().delete()

        self.assertEqual(self.open(token), 404)

    def test_guessing_is_slow(self) -> None:
        client = self.visitor()
        statuses = [client.get(f"/welcome/guess{number}/").status_code for number in range(31)]

        self.assertEqual(statuses, [404] * 30 + [429])
        good = client.get(f"/welcome/{self.invitation_token()}/")
        self.assertEqual(good.status_code, 429)
        self.assertContains(good, "try again in", status_code=429)
        self.assertEqual(client.get("/reset/guess/").status_code, 429)

    def test_a_good_link_is_no_guess(self) -> None:
        token = self.invitation_token()
        client = self.visitor()

        statuses = {client.get(f"/welcome/{token}/").status_code for _ in range(40)}

        self.assertEqual(statuses, {200})

    def test_whoever_is_signed_in_is_told(self) -> None:
        page = self.visitor(self.alice).get(f"/welcome/{self.invitation_token()}/")

        self.assertContains(page, "You are signed in as Alice Aster")

    def test_the_token_is_not_kept(self) -> None:
        token = self.invitation_token()

        kept = str(list(Link.objects.values()))

        self.assertNotIn(token, kept)


class SetupTest(AccountsCase):
    def test_it_makes_the_first_administrator(self) -> None:
        User.objects.all().delete()
        _, token = Link.make(Link.Purpose.SETUP, seconds=60)

        response = self.visitor().post(f"/welcome/{token}/", FORM)

        self.assertEqual(response.status_code, 302)
        self.assertTrue(User.objects.get().is_staff)

    def test_it_is_refused_once_there_is_an_account(self) -> None:
        token = self.setup_token()

        looked = self.visitor().get(f"/welcome/{token}/")
        sent = self.visitor().post(f"/welcome/{token}/", FORM)

        self.assertEqual((looked.status_code, sent.status_code), (404, 404))
        self.assertFalse(User.objects.filter(username="dora").exists())

    def test_a_second_one_loses_against_the_first(self) -> None:
        """Both have looked theirs up while there was nobody."""
        User.objects.all().delete()
        one = Link.find_welcome(self.setup_token())
        other = Link.find_welcome(self.setup_token())
        assert one
        assert other

        admitted = [one.admit(User(username="dora")), other.admit(User(username="erin"))]

        self.assertEqual(admitted, [True, False])
        self.assertEqual(User.objects.count(), 1)


class UserNameTest(AccountsCase):
    def make(self, username: str) -> User | None:
        token = self.invitation_token()
        response = self.visitor().post(f"/welcome/{token}/", FORM | {"username": username})
        self.assertIn(response.status_code, (302, 200))
        return User.objects.latest("pk") if response.status_code == 302 else None

    def test_it_is_kept_as_it_is_compared(self) -> None:
        for typed, kept in {
            " Dora ": "dora",
            "ＥＲＩＮ": "erin",
            "Straße": "strasse",
            "Ωmega": None,
            "李小龍": "李小龍",
            "Ольга": "ольга",
            "o.brien+1@example-1": "o.brien+1@example-1",
        }.items():
            with self.subTest(typed):
                made = self.make(typed)

                self.assertEqual(made.username if made else None, kept)

    def test_nobody_passes_for_somebody_else(self) -> None:
        look_alikes = ("Alice", "ALICE", "ａｌｉｃｅ", "𝐚𝐥𝐢𝐜𝐞", "alice ", "аlice", "aliсe", "alicе")
        for name in look_alikes:
            with self.subTest(ascii(name)):
                self.assertIsNone(self.make(name))

    def test_it_refuses_what_is_no_name(self) -> None:
        for name in ("", " ", "a b", "a\x00b", "a/b", "<b>", "\u200bdora", "d\u202eora", "x" * 41):
            with self.subTest(ascii(name)):
                self.assertIsNone(self.make(name))

    def test_it_refuses_ten_thousand_characters_quickly(self) -> None:
        for name in ("x" * 10_000, "a" + "\u0316\u0301" * 5_000, "\ufdfa" * 10_000):
            with self.subTest(ascii(name)[:20]):
                self.assertIsNone(self.make(name))

    def test_whoever_made_it_can_sign_in_with_it(self) -> None:
        self.make("Ольга")

        self.assertEqual(self.sign_in(self.visitor(), "ОЛЬГА").status_code, 302)
