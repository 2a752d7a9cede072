"""Pinned and archived conversations, and what is done to many at once, with undo."""

from __future__ import annotations

import re
import uuid

from django.http import HttpResponse

from chat.models import Conversation
from tests.cast import FRAGMENT, CastCase, conversation_of

PATH = "/history/changes/"


class ShelfTests(CastCase):
    def titles(self, path: str = "/history/") -> list[str]:
        text = self.client.get(path, headers=FRAGMENT).content.decode()
        return re.findall(r'<a class="rail__item"[^>]*>([^<]*)</a>', text)

    def change(self, change: str, *rows: Conversation) -> HttpResponse:
        fields = {"change": change, "conversation": [str(row.pk) for row in rows]}
        return self.client.post(PATH, fields, headers=FRAGMENT)

    def undo(self, response: HttpResponse) -> None:
        text = response.content.decode()
        self.client.post(
            PATH,
            {
                "change": re.findall(r'name="change" value="(\w+)"', text)[0],
                "conversation": re.findall(r'name="conversation" value="([^"]+)"', text),
            },
        )

    def test_what_is_pinned_comes_first_under_its_own_heading(self) -> None:
        old = conversation_of(self.alice, "Old")
        conversation_of(self.alice, "New")

        response = self.change("pin", old)

        self.assertContains(response, "The conversation is pinned.")
        self.assertEqual(self.titles(), ["Old", "New"])
        self.assertContains(self.client.get("/history/", headers=FRAGMENT), 'data-day="Pinned"')

    def test_what_is_archived_is_in_a_list_of_its_own(self) -> None:
        put_away = conversation_of(self.alice, "Away")
        conversation_of(self.alice, "Kept")

        self.change("archive", put_away)

        self.assertEqual(self.titles(), ["Kept"])
        self.assertEqual(self.titles("/history/?archive=1"), ["Away"])
        self.assertEqual(self.client.get(put_away.get_absolute_url()).status_code, 200)

    def test_what_is_archived_comes_back_when_something_is_said(self) -> None:
        conversation = conversation_of(self.alice, "Away")
        self.change("archive", conversation)
        conversation.refresh_from_db()

        conversation.touch(title_from="more")

        self.assertEqual(self.titles(), ["Away"])

    def test_each_change_of_many_can_be_undone(self) -> None:
        rows = [conversation_of(self.alice, f"No. {number}") for number in range(3)]
        before = self.titles()

        for change in ("pin", "archive", "delete"):
            with self.subTest(change):
                response = self.change(change, *rows[:2])
                self.assertContains(response, "2 conversations are")
                self.undo(response)
                self.assertEqual(self.titles(), before)

    def test_without_scripts_the_page_offers_the_undo(self) -> None:
        conversation = conversation_of(self.alice, "Birds")

        response = self.client.post(
            PATH, {"change": "delete", "conversation": str(conversation.pk)}, follow=True
        )

        self.assertContains(response, "The conversation is deleted.")
        self.undo(response)
        self.assertEqual(self.titles(), ["Birds"])

    def test_what_makes_no_sense_is_not_there(self) -> None:
        conversation = conversation_of(self.alice, "Birds")

        self.assertEqual(self.change("explode", conversation).status_code, 404)
        self.assertEqual(self.change("pin").status_code, 404)
        for pk in ("x", "", str(uuid.uuid4())):
            response = self.client.post(PATH, {"change": "pin", "conversation": pk})
            self.assertEqual(response.status_code, 404)

    def test_it_hides_from_strangers(self) -> None:
        conversation = conversation_of(self.alice, "Birds")

        for change in ("pin", "archive", "delete", "restore"):
            self.assert_hidden("post", PATH, change=change, conversation=str(conversation.pk))

        conversation.refresh_from_db()
        self.assertIsNone(conversation.deleted_at)

    def test_only_the_own_of_many_are_changed(self) -> None:
        own = conversation_of(self.alice, "Own")
        other = conversation_of(self.bob, "Other")

        response = self.change("archive", own, other)

        self.assertContains(response, "The conversation is in the archive.")
        other.refresh_from_db()
        self.assertIsNone(other.archived_at)
