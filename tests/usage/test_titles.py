"""The receipts of titles: one's own, on a page."""

from __future__ import annotations

from typing import Any

from django.test import Client, override_settings

from chat import endpoints, receipts
from chat.models import Conversation, Tally, User
from tests.cast import PARROT, CastCase

PAGE = "/usage/titles/"


@override_settings(ENDPOINTS=[PARROT])
class TitleTests(CastCase):
    def titled(self, user: User, title: str, **fields: Any) -> Tally:
        model = endpoints.models(user)[0]
        receipt = receipts.asked(model, (), system="You write titles.", parameters={})
        conversation = Conversation.objects.create(user=user, title=title)
        given = {"status": "completed", "receipt": receipt, "input_tokens": 60} | fields
        source = f"title:{conversation.pk}"
        return Tally.objects.create(
            user=user,
            kind=Tally.Kind.TITLE,
            source=source,
            conversation=conversation,
            model=model.key,
            **given,
        )

    def test_each_title_has_its_receipt(self) -> None:
        self.titled(self.alice, "Blue sky")

        page = self.client.get(PAGE)

        self.assertContains(page, "Blue sky")
        self.assertContains(page, "You write titles.")
        self.assertContains(self.client.get("/usage/"), f'href="{PAGE}"')

    def test_one_that_was_kept_without_a_receipt_is_listed(self) -> None:
        self.titled(self.alice, "Blue sky", receipt={})

        self.assertContains(self.client.get(PAGE), "Blue sky")

    def test_what_was_deleted_is_not_named(self) -> None:
        tally = self.titled(self.alice, "Blue sky")
        Conversation.objects.filter(pk=tally.conversation_id).delete()

        page = self.client.get(PAGE)

        self.assertContains(page, "A conversation that is gone")
        self.assertNotContains(page, "Blue sky")

    def test_it_hides_from_strangers(self) -> None:
        self.titled(self.alice, "Blue sky")

        self.assertNotContains(self.as_user(self.bob).get(PAGE), "Blue sky")
        self.assertEqual(Client().get(PAGE).status_code, 302)

    def test_an_administrator_is_not_led_to_it(self) -> None:
        self.titled(self.alice, "Blue sky")
        self.bob.promote()

        page = self.as_user(self.bob).get(f"/people/{self.alice.pk}/usage/")

        self.assertContains(page, "Titles of conversations")
        self.assertNotContains(page, PAGE)
