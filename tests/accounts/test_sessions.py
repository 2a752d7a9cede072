"""A session is new at every sign-in, and ends: after 14 days without a visit, after 30 at most."""

from __future__ import annotations

import time
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from chat.models import User
from tests.accounts.case import OTHER_PASSWORD, PASSWORD, AccountsCase

DAY = 24 * 3600
COOKIE = "playground_session"


class SessionTest(AccountsCase):
    def session(self, client: Client) -> SessionBase:
        store = import_module(settings.SESSION_ENGINE).SessionStore
        return store(client.cookies[COOKIE].value)

    def age(self, client: Client, *, since_visit: int = 0, since_start: int = 0) -> None:
        """Let time pass for a session, by what is written in it."""
        session = self.session(client)
        session["touched_at"] -= since_visit
        session["started_at"] -= since_start
        session.save()

    def end(self, client: Client) -> float:
        """Days until the row itself is no longer good."""
        row = Session.objects.get(pk=client.cookies[COOKIE].value)
        return (row.expire_date - timezone.now()).total_seconds() / DAY

    def copy(self, client: Client) -> Client:
        thief = Client()
        thief.cookies[COOKIE] = client.cookies[COOKIE].value
        return thief

    def test_signing_in_gives_a_new_id(self) -> None:
        client = Client()
        planted = import_module(settings.SESSION_ENGINE).SessionStore()
        planted["from"] = "somebody else"
        planted.save()
        client.cookies[COOKIE] = planted.session_key
        thief = self.copy(client)

        self.sign_in(client, "alice")

        self.assertNotEqual(client.cookies[COOKIE].value, planted.session_key)
        self.assertTrue(self.is_signed_in(client))
        self.assertFalse(self.is_signed_in(thief))
        self.assertFalse(planted.exists(planted.session_key))

    def test_an_invented_id_is_not_taken_over(self) -> None:
        client = Client()
        client.cookies[COOKIE] = "a" * 32

        self.sign_in(client, "alice")

        self.assertNotEqual(client.cookies[COOKIE].value, "a" * 32)

    def test_a_forged_id_is_nobody(self) -> None:
        invented = ("a" * 32, "", "null", "x" * 10_000, "../../etc/passwd", "ünï", "a\x00" * 16)
        for forged in invented:
            with self.subTest(forged[:20]):
                client = Client()
                client.cookies[COOKIE] = forged

                self.assertFalse(self.is_signed_in(client))

    def test_it_ends_after_fourteen_days(self) -> None:
        client = self.visitor(self.alice)

        self.assertAlmostEqual(self.end(client), 14, delta=0.01)
        self.assertAlmostEqual(client.cookies[COOKIE]["max-age"], 14 * DAY, delta=60)

    def test_a_visit_puts_the_end_off(self) -> None:
        client = self.visitor(self.alice)
        self.age(client, since_visit=10 * DAY, since_start=10 * DAY)
        Session.objects.update(expire_date=timezone.now() + timedelta(days=4))

        client.get("/account/")

        self.assertAlmostEqual(self.end(client), 14, delta=0.01)

    def test_a_visit_within_the_hour_is_not_written_down(self) -> None:
        client = self.visitor(self.alice)
        self.age(client, since_visit=3500)
        client.get("/account/")
        # The session and the user are read; nothing is written.
        with self.assertNumQueries(2) as queries:
            client.get("/account/")

        self.assertTrue(all(query["sql"].startswith("SELECT") for query in queries))

    def test_no_visit_puts_it_beyond_thirty_days(self) -> None:
        client = self.visitor(self.alice)
        self.age(client, since_visit=DAY, since_start=29 * DAY)

        client.get("/account/")

        self.assertAlmostEqual(self.end(client), 1, delta=0.01)

    def test_another_write_does_not_put_it_off_either(self) -> None:
        client = self.visitor(self.alice)
        self.age(client, since_visit=DAY, since_start=29 * DAY)
        client.get("/account/")
        session = self.session(client)
        session["something"] = "else"
        session.save()

        self.assertAlmostEqual(self.end(client), 1, delta=0.01)

    def test_after_thirty_days_it_is_over(self) -> None:
        client = self.visitor(self.alice)
        self.age(client, since_visit=DAY, since_start=31 * DAY)
        client.get("/account/")

        self.assertFalse(self.is_signed_in(client))

    def test_a_clock_that_was_set_back_signs_nobody_out(self) -> None:
        client = self.visitor(self.alice)
        self.age(client, since_visit=-DAY, since_start=-DAY)

        self.assertTrue(self.is_signed_in(client))
        self.assertAlmostEqual(self.end(client), 14, delta=0.01)

    def test_one_that_began_without_the_form_ends_as_well(self) -> None:
        client = Client()
        client.force_login(self.alice)

        client.get("/account/")

        self.assertAlmostEqual(self.session(client)["started_at"], time.time(), delta=60)

    def test_a_new_password_ends_the_others_and_keeps_this_one(self) -> None:
        here, elsewhere = self.visitor(self.alice), self.visitor(self.alice)
        thief = self.copy(here)

        here.post("/account/password/", {"current": PASSWORD, "password": OTHER_PASSWORD})

        self.assertTrue(self.is_signed_in(here))
        self.assertFalse(self.is_signed_in(elsewhere))
        self.assertFalse(self.is_signed_in(thief))

    def test_deactivation_ends_all_and_reactivation_revives_none(self) -> None:
        alice, bob = self.visitor(self.alice), self.visitor(self.bob)

        User.objects.get(pk=self.alice.pk).deactivate()
        self.assertFalse(self.is_signed_in(alice))
        User.objects.get(pk=self.alice.pk).reactivate()

        self.assertFalse(self.is_signed_in(alice))
        self.assertTrue(self.is_signed_in(bob))
