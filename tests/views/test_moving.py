"""Many conversations moved and tagged at once, and taken back exactly."""

from __future__ import annotations

import re

from django.http import HttpResponse
from django.test import override_settings

from chat.models import Conversation, Folder, Tag
from playground.limits import Limits
from tests.cast import FRAGMENT, CastCase, conversation_of

PATH = "/history/changes/"


class MovingTests(CastCase):
    def setUp(self) -> None:
        super().setUp()
        self.work = Folder.make(self.alice, "Work")
        self.rest = Folder.make(self.alice, "Rest")
        self.draft = Tag.make(self.alice, "draft")
        self.rows = [conversation_of(self.alice, f"No. {number}") for number in range(3)]
        self.rows[0].folder = self.rest
        self.rows[0].save()

    def change(self, change: str, *rows: Conversation, **fields: object) -> HttpResponse:
        fields |= {"change": change, "conversation": [str(row.pk) for row in rows]}
        return self.client.post(PATH, fields, headers=FRAGMENT)

    def undo(self, response: HttpResponse) -> HttpResponse:
        fields = re.findall(r'name="(\w+)" value="([^"]*)"', response.content.decode())
        values: dict[str, list[str]] = {}
        for name, value in fields:
            values.setdefault(name, []).append(value)
        values.pop("csrfmiddlewaretoken", None)
        return self.client.post(PATH, values, headers=FRAGMENT)

    def folders(self) -> list[str | None]:
        rows = Conversation.objects.order_by("title").select_related("folder")
        return [row.folder.name if row.folder else None for row in rows]

    def test_many_are_moved_and_each_goes_back_where_it_was(self) -> None:
        response = self.change("move", *self.rows, folder=self.work.pk)
        self.assertContains(response, "3 conversations are in “Work”.")
        self.assertEqual(self.folders(), ["Work"] * 3)

        self.assertContains(self.undo(response), "3 conversations are back in their folders.")

        self.assertEqual(self.folders(), ["Rest", None, None])

    def test_they_are_taken_out_of_their_folder(self) -> None:
        response = self.change("move", self.rows[0], folder="")

        self.assertContains(response, "The conversation is in no folder.")
        self.assertEqual(self.folders(), [None] * 3)

    def test_the_undo_of_a_tag_leaves_it_where_it_was_before(self) -> None:
        self.rows[1].tags.add(self.draft)

        response = self.change("tag", *self.rows, tag=self.draft.pk)
        self.assertContains(response, "2 conversations are tagged “draft”.")
        self.undo(response)

        self.assertEqual(list(self.draft.conversations.all()), [self.rows[1]])

    def test_a_tag_is_taken_off_and_put_on_again(self) -> None:
        self.change("tag", *self.rows, tag=self.draft.pk)

        response = self.change("untag", *self.rows[:2], tag=self.draft.pk)
        self.assertEqual(list(self.draft.conversations.all()), [self.rows[2]])
        self.undo(response)

        self.assertEqual(self.draft.conversations.count(), 3)

    def test_what_changes_nothing_says_so(self) -> None:
        self.assertContains(
            self.change("move", self.rows[0], folder=self.rest.pk), "It was there already."
        )
        self.assertContains(
            self.change("untag", self.rows[0], tag=self.draft.pk), "is not on them."
        )
        self.assertContains(self.change("tag", self.rows[0]), "Pick the tag first.")

    @override_settings(LIMITS=Limits(tags_per_conversation=1))
    def test_a_conversation_with_enough_tags_is_named_and_none_is_tagged(self) -> None:
        self.rows[1].tags.add(Tag.make(self.alice, "idea"))

        response = self.change("tag", *self.rows, tag=self.draft.pk)

        self.assertContains(response, "“No. 1” has 1 tags already")
        self.assertFalse(self.draft.conversations.exists())

    def test_without_scripts_the_page_offers_the_undo_once(self) -> None:
        fields = {"change": "move", "conversation": str(self.rows[0].pk), "folder": self.work.pk}

        response = self.client.post(PATH, fields, follow=True)

        self.assertContains(response, "The conversation is in “Work”.")
        self.assertContains(response, f'name="folder" value="{self.rest.pk}"')
        self.assertNotContains(self.client.get("/history/"), "The conversation is in")

    def test_only_the_own_are_moved(self) -> None:
        other = conversation_of(self.bob, "Other")

        self.change("move", self.rows[1], other, folder=self.work.pk)

        other.refresh_from_db()
        self.assertIsNone(other.folder)

    def test_it_hides_from_strangers(self) -> None:
        row = str(self.rows[1].pk)
        for fields in (
            {"change": "move", "folder": self.work.pk},
            {"change": "move", "folder": ""},
            {"change": "tag", "tag": self.draft.pk},
        ):
            self.assert_hidden("post", PATH, conversation=row, **fields)
        own = conversation_of(self.bob, "Bob's")
        for fields in (
            {"change": "move", "folder": self.work.pk},
            {"change": "tag", "tag": self.draft.pk},
            {"change": "move", "folder": "9" * 30},
            {"change": "tag", "tag": "x"},
        ):
            fields |= {"conversation": str(own.pk)}
            self.assertEqual(self.as_user(self.bob).post(PATH, fields).status_code, 404)
        self.assertEqual(self.folders(), [None, "Rest", None, None])
