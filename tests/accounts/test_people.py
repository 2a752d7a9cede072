"""Administrators let people in and out; there is always one of them left."""

from __future__ import annotations

import re
from datetime import timedelta

from django.conf import settings
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from chat.models import LastAdministrator, Link, User
from tests.accounts.case import OTHER_PASSWORD, AccountsCase


class PeopleTest(AccountsCase):
    def do(self, name: str, person: User, *, by: User | None = None) -> int:
        client = self.visitor(by or self.ada)
        return client.post(reverse(name, args=[person.pk])).status_code

    def again(self, person: User) -> User:
        return User.objects.get(pk=person.pk)

    def test_it_lists_everybody(self) -> None:
        page = self.visitor(self.ada).get("/people/")

        for text in ("Ada Lind", "Alice Aster", "alice", "bob"):
            self.assertContains(page, text)

    def test_it_hides_from_strangers(self) -> None:
        pages = {
            "people": (),
            "invitations": (),
            "invitation_revocation": (self.link().pk,),
            "deactivation": (self.bob.pk,),
            "reactivation": (self.bob.pk,),
            "promotion": (self.bob.pk,),
            "demotion": (self.ada.pk,),
            "reset_links": (self.ada.pk,),
        }
        former = User.objects.create_user("former", password="x", is_staff=True)
        former_client = self.client_class()
        former_client.force_login(former)
        former.demote()
        before = list(User.objects.order_by("pk").values("is_staff", "is_active", "password"))
        for visitor in (self.visitor(), self.visitor(self.bob), former_client):
            for name, arguments in pages.items():
                with self.subTest(name):
                    address = reverse(name, args=arguments)
                    response = visitor.get(address) if name == "people" else visitor.post(address)

                    self.assertEqual(response.status_code, 404)
        after = list(User.objects.order_by("pk").values("is_staff", "is_active", "password"))
        self.assertEqual(after, before)
        self.assertEqual(Link.objects.count(), 1)

    def test_what_is_not_there_is_not_found(self) -> None:
        client = self.visitor(self.ada)
        names = ("deactivation", "reactivation", "promotion", "demotion", "reset_links")
        for name in (*names, "invitation_revocation"):
            for pk in (0, 999_999, 10**30):
                with self.subTest(name, pk=pk):
                    self.assertEqual(client.post(reverse(name, args=[pk])).status_code, 404)

    def link(self) -> Link:
        return Link.invite(self.ada, note="for Dora", makes_administrator=False)[0]

    def test_an_invitation_is_shown_once(self) -> None:
        client = self.visitor(self.ada)

        made = client.post("/people/invitations/", {"note": "for Dora"})
        again = client.get("/people/")

        token = re.search(rf"{settings.SITE_URL}/welcome/([\w-]+)/", made.content.decode())
        assert token
        self.assertEqual(made.status_code, 201)
        self.assertEqual(made.headers["Cache-Control"], "private, no-store")
        self.assertContains(again, "for Dora")
        self.assertNotContains(again, token[1])
        self.assertContains(self.visitor().get(f"/welcome/{token[1]}/"), "You are invited")

    def test_an_invitation_lasts_seven_days(self) -> None:
        link = self.link()

        days = (link.expires_at - timezone.now()).total_seconds() / 86400

        self.assertAlmostEqual(days, 7, delta=0.01)

    def test_it_can_make_an_administrator(self) -> None:
        self.visitor(self.ada).post("/people/invitations/", {"makes_administrator": "on"})

        link = Link.objects.get()
        self.assertEqual((link.makes_administrator, link.made_by), (True, self.ada))

    def test_a_note_that_cannot_be_kept_makes_no_invitation(self) -> None:
        for note in ("x" * 10_000, "nu\x00ll"):
            with self.subTest(note[:8]):
                response = self.visitor(self.ada).post("/people/invitations/", {"note": note})

                self.assertEqual(response.status_code, 200)
        self.assertFalse(Link.objects.exists())

    @override_settings(ALLOWED_HOSTS=["*"])
    def test_its_address_does_not_come_from_the_request(self) -> None:
        client = self.visitor(self.ada)

        made = client.post("/people/invitations/", headers={"host": "evil.example"})

        self.assertNotContains(made, "evil.example/welcome", status_code=201)
        self.assertContains(made, f"{settings.SITE_URL}/welcome/", status_code=201)

    def test_an_open_invitation_can_be_revoked(self) -> None:
        link, token = Link.invite(self.ada, note="", makes_administrator=False)

        status = self.visitor(self.ada).post(f"/people/invitations/{link.pk}/revocation/")

        self.assertEqual(status.status_code, 302)
        self.assertEqual(self.visitor().get(f"/welcome/{token}/").status_code, 404)

    def test_only_an_open_invitation_can_be_revoked(self) -> None:
        used, expired = self.link(), self.link()
        used.use(self.alice)
        Link.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(days=1))
        reset, _ = Link.make_reset(self.bob)
        client = self.visitor(self.ada)

        for link in (used, expired, reset):
            response = client.post(f"/people/invitations/{link.pk}/revocation/")
            self.assertEqual(response.status_code, 404)
        self.assertEqual(Link.objects.count(), 3)

    def test_it_deactivates_and_reactivates(self) -> None:
        self.assertEqual(self.do("deactivation", self.bob), 302)
        self.assertEqual(self.sign_in(self.visitor(), "bob").status_code, 200)

        self.assertEqual(self.do("reactivation", self.bob), 302)
        self.assertEqual(self.sign_in(self.visitor(), "bob").status_code, 302)

    def test_it_makes_and_unmakes_administrators(self) -> None:
        self.assertEqual(self.do("promotion", self.bob), 302)
        self.assertEqual(self.visitor(self.again(self.bob)).get("/people/").status_code, 200)

        self.assertEqual(self.do("demotion", self.bob), 302)
        self.assertEqual(self.visitor(self.again(self.bob)).get("/people/").status_code, 404)

    def test_it_makes_a_reset_link(self) -> None:
        made = self.visitor(self.ada).post(f"/people/{self.bob.pk}/reset-links/")

        path = re.search(r"/reset/[\w-]+/", made.content.decode())
        assert path
        sent = self.visitor().post(path[0], {"password": OTHER_PASSWORD})
        self.assertEqual((made.status_code, sent.status_code), (201, 302))
        self.assertTrue(self.again(self.bob).check_password(OTHER_PASSWORD))

    def test_it_makes_no_reset_link_for_the_deactivated(self) -> None:
        self.bob.deactivate()

        self.assertEqual(self.do("reset_links", self.bob), 404)

    def test_nobody_changes_the_own_standing(self) -> None:
        self.bob.promote()
        for name in ("deactivation", "demotion", "reset_links"):
            with self.subTest(name):
                self.assertEqual(self.do(name, self.ada), 409)
        ada = self.again(self.ada)
        self.assertTrue(ada.is_staff)
        self.assertTrue(ada.is_active)


class LastAdministratorTest(AccountsCase):
    def test_the_last_one_stays(self) -> None:
        with self.assertRaises(LastAdministrator):
            self.ada.demote()
        with self.assertRaises(LastAdministrator):
            self.ada.deactivate()

        ada = User.objects.get(pk=self.ada.pk)
        self.assertTrue(ada.is_staff)
        self.assertTrue(ada.is_active)

    def test_a_deactivated_one_does_not_count(self) -> None:
        self.bob.promote()
        self.bob.deactivate()

        with self.assertRaises(LastAdministrator):
            self.ada.demote()

    def test_of_two_who_remove_each_other_one_stays(self) -> None:
        """Both were administrators when they pressed the button."""
        self.bob.promote()
        ada, bob = User.objects.get(pk=self.ada.pk), User.objects.get(pk=self.bob.pk)

        bob.demote()

        with self.assertRaises(LastAdministrator):
            ada.demote()

    def test_anybody_else_may_go(self) -> None:
        self.alice.deactivate()
        self.bob.demote()

        self.assertEqual(User.objects.filter(is_staff=True, is_active=True).count(), 1)

    def test_links_of_somebody_who_goes_go_as_well(self) -> None:
        """Or an administrator could invite a way back in first."""
        for leave in (User.demote, User.deactivate):
            with self.subTest(leave.__name__):
                eve = User.objects.create_user(leave.__name__, is_staff=True)
                Link.invite(eve, note="", makes_administrator=True)
                Link.make_reset(self.ada, made_by=eve)

                leave(eve)

                self.assertFalse(Link.objects.exists())
