"""What whoever runs a demo sees of it, and what a guest can take back."""

from __future__ import annotations

import io
from decimal import Decimal

import segno
from django.test import Client

from chat.models import Conversation, Guest
from tests.cast import CastCase, exchange
from tests.demos.case import demo_of


class OwningCase(CastCase):
    def setUp(self) -> None:
        super().setUp()
        self.demo = demo_of(self.alice)
        assert self.demo.address
        self.path = "/" + self.demo.address.split("/", 3)[3]

    def guest(self) -> tuple[Client, Guest]:
        """In, by the page, with something said."""
        client = Client()
        client.post(f"{self.path}entry/", {"agrees": "on"})
        guest = Guest.objects.latest("created_at")
        exchange(guest.lane().conversation, "What is that?", "A heron.")
        return client, guest


class Codes(OwningCase):
    def test_the_code_is_that_of_the_address(self) -> None:
        expected = io.BytesIO()
        code = segno.make(self.demo.address, error="m")
        code.save(expected, kind="svg", scale=8, border=3, xmldecl=False)

        response = self.client.get(f"/demos/{self.demo.pk}/code.svg")

        self.assertEqual(response.content, expected.getvalue())
        self.assertEqual(response.headers["Content-Type"], "image/svg+xml")
        self.assertIn("sandbox", response.headers["Content-Security-Policy"])

    def test_it_hides_from_strangers(self) -> None:
        for page in ("", "code.svg", "settings/"):
            self.assert_hidden("get", f"/demos/{self.demo.pk}/{page}")
        for deed in ("closing", "reopening", "deletion"):
            self.assert_hidden("post", f"/demos/{self.demo.pk}/{deed}/")


class Consent(OwningCase):
    def test_nobody_is_in_who_has_not_agreed(self) -> None:
        response = Client().post(f"{self.path}entry/", {})

        self.assertContains(response, "Please say that you agree", status_code=422)
        self.assertFalse(Guest.objects.exists())

    def test_two_guests_have_two_conversations(self) -> None:
        (one, first), (_, second) = self.guest(), self.guest()

        self.assertNotEqual(first.conversation, second.conversation)
        self.assertContains(one.get(self.path), "A heron.")

    def test_seats_that_are_taken_are_said(self) -> None:
        self.demo.guests_at_once = 1
        self.demo.publish()
        self.guest()

        response = Client().post(f"{self.path}entry/", {"agrees": "on"})

        self.assertContains(response, "All seats are taken", status_code=503)


class TakingBack(OwningCase):
    def test_what_a_guest_deletes_is_gone_for_both(self) -> None:
        client, guest = self.guest()
        conversation = guest.conversation
        assert conversation

        client.post(f"{self.path}deletion/")

        self.assertEqual(self.client.get(f"/c/{conversation.pk}/").status_code, 404)
        self.assertFalse(Conversation.with_deleted.filter(pk=conversation.pk).exists())
        self.assertContains(client.get(self.path), "Begin")

    def test_a_guest_exports_and_claims(self) -> None:
        client, guest = self.guest()
        exported = client.get(f"{self.path}export.md")
        client.force_login(self.bob)

        client.post(f"{self.path}claim/")

        self.assertContains(exported, "A heron.")
        self.assertEqual(self.bob.conversations.get().messages.count(), 2)
        guest.refresh_from_db()
        self.assertEqual(guest.claimed_by, self.bob)

    def test_nobody_takes_what_is_another_guests(self) -> None:
        self.guest()
        other = Client()
        other.force_login(self.bob)

        for deed in ("deletion/", "claim/"):
            self.assertEqual(other.post(f"{self.path}{deed}").status_code, 404)
        self.assertEqual(other.get(f"{self.path}export.md").status_code, 404)
        self.assertFalse(self.bob.conversations.exists())

    def test_a_demo_ends_with_the_account_of_whoever_runs_it(self) -> None:
        client, _ = self.guest()
        self.alice.is_active = False
        self.alice.save()

        self.assertEqual(client.get(self.path).status_code, 404)


class Setting(OwningCase):
    def test_it_says_what_is_wrong(self) -> None:
        fields = {
            "title": "Birds", "model": "double/parrot", "colour": "#0f766e", "messages": "10",
            "tokens": "1000", "guest_messages": "2", "guest_tokens": "100", "guest_minutes": "5",
            "address_messages": "5", "guests_at_once": "5", "expiry": "3600",
        }  # fmt: skip
        for wrong, sentence in (
            ({"messages": "0"}, "greater than or equal to 1"),
            ({"parameters": "{"}, "That is not JSON."),
            ({"parameters": "[]"}, "An object is needed"),
            ({"colour": "red"}, "A colour looks like"),
            ({"starters": "\n".join("abcdefghi")}, "That is more than 8."),
            ({"expiry": "forever"}, "Select a valid choice"),
        ):
            with self.subTest(sentence):
                response = self.client.post("/demos/new/", fields | wrong)

                self.assertContains(response, sentence)

    def test_limits_can_be_changed_while_it_runs(self) -> None:
        self.demo.messages, self.demo.dollars = 7, Decimal("0.50")

        self.demo.publish()

        self.assertContains(self.client.get(f"/demos/{self.demo.pk}/"), "0 of 7")
