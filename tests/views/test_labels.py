"""Folders and tags: made, renamed, deleted, and put on one conversation; hidden from strangers."""

from __future__ import annotations

from django.http import HttpResponse
from django.test import override_settings

from chat.models import Conversation, Folder, Tag, User
from playground.limits import Limits
from tests.cast import FRAGMENT, CastCase, conversation_of

KINDS = ((Folder, "folders", "folder"), (Tag, "tags", "tag"))


def names(kind: type[Folder] | type[Tag], user: User) -> list[str]:
    return [row.name for row in kind.of(user)]


class LabelPageTests(CastCase):
    def test_a_name_is_made_renamed_and_deleted(self) -> None:
        for kind, path, _ in KINDS:
            with self.subTest(path):
                self.client.post(f"/{path}/", {"name": "  Work  & <b>", "colour": "blue"})
                row = kind.of(self.alice).get()
                self.assertEqual((row.name, row.colour), ("Work & <b>", "blue"))
                self.assertContains(self.client.get("/labels/"), "Work &amp; &lt;b&gt;")

                self.client.post(f"/{path}/{row.pk}/", {"name": "WORK & <B>", "colour": ""})
                row.refresh_from_db()
                self.assertEqual((row.name, row.colour), ("WORK & <B>", ""))

                self.client.post(f"/{path}/{row.pk}/deletion/")
                self.assertEqual(names(kind, self.alice), [])

    def test_one_name_is_had_once_whatever_its_case(self) -> None:
        for kind, path, word in KINDS:
            kind.make(self.alice, "Straße")
            for name in ("STRASSE", " strasse ", "Ｓtraße"):
                with self.subTest(name):
                    response = self.client.post(f"/{path}/", {"name": name})

                    self.assertContains(
                        response, f"There is a {word} “Straße” already.", status_code=422
                    )
                    self.assertContains(response, f'value="{name}"', status_code=422)
            self.assertEqual(names(kind, self.alice), ["Straße"])

    def test_somebody_else_may_have_the_same(self) -> None:
        Folder.make(self.bob, "Work")

        self.client.post("/folders/", {"name": "work"})

        self.assertEqual(names(Folder, self.alice), ["work"])

    def test_a_name_that_cannot_be_is_explained(self) -> None:
        for name in ("", "   ", "\0\x07", "---", "\u202e", "\ufffd"):
            response = self.client.post("/tags/", {"name": name})
            self.assertContains(response, "A tag needs a name with a letter", status_code=422)
        response = self.client.post("/tags/", {"name": "x" * 41})
        self.assertContains(response, "41 characters; a tag&#x27;s has 40", status_code=422)
        self.assertEqual(names(Tag, self.alice), [])

    def test_what_turns_the_writing_around_is_left_out_and_signs_stay(self) -> None:
        self.client.post("/tags/", {"name": "a\u202eb\u2028 👩‍🔬"})

        self.assertEqual(names(Tag, self.alice), ["ab 👩‍🔬"])

    @override_settings(LIMITS=Limits(labels=2))
    def test_there_is_a_limit(self) -> None:
        for name in ("one", "two", "three"):
            response = self.client.post("/folders/", {"name": name})

        self.assertContains(response, "There are 2 of them already", status_code=422)

    def test_whoever_deletes_a_name_deletes_no_conversation(self) -> None:
        folder, tag = Folder.make(self.alice, "Work"), Tag.make(self.alice, "draft")
        conversation = conversation_of(self.alice, "Birds", folder=folder)
        conversation.tags.add(tag)

        self.client.post(f"/folders/{folder.pk}/deletion/")
        self.client.post(f"/tags/{tag.pk}/deletion/")

        conversation.refresh_from_db()
        self.assertIsNone(conversation.folder)
        self.assertFalse(conversation.tags.exists())

    def test_the_page_counts_what_is_kept(self) -> None:
        folder = Folder.make(self.alice, "Work")
        conversation_of(self.alice, folder=folder)
        conversation_of(self.alice, folder=folder).delete_softly()

        self.assertContains(self.client.get("/labels/"), "1 conversation<")

    def test_a_colour_that_is_none_is_no_colour(self) -> None:
        self.client.post("/tags/", {"name": "draft", "colour": "url(evil)"})

        self.assertEqual(Tag.of(self.alice).get().colour, "")

    def test_it_hides_from_strangers(self) -> None:
        for kind, path, _ in KINDS:
            row = kind.make(self.alice, "Secret plans")

            self.assert_hidden("post", f"/{path}/{row.pk}/", name="Mine")
            self.assert_hidden("post", f"/{path}/{row.pk}/deletion/")
            for stranger in (self.bob, self.charlie):
                for page in ("/labels/", "/history/"):
                    response = self.as_user(stranger).get(page)
                    self.assertNotContains(response, "Secret plans")
            self.assertEqual(names(kind, self.alice), ["Secret plans"])


class FilingTests(CastCase):
    conversation: Conversation

    def setUp(self) -> None:
        super().setUp()
        self.conversation = conversation_of(self.alice, "Birds")
        self.path = f"/c/{self.conversation.pk}/labels/"

    def file(self, **fields: str | list[str]) -> HttpResponse:
        return self.client.post(self.path, fields, headers=FRAGMENT)

    def kept(self) -> tuple[str | None, list[str]]:
        self.conversation.refresh_from_db()
        folder = self.conversation.folder
        return folder and folder.name, [tag.name for tag in self.conversation.tags.all()]

    def test_it_is_put_into_a_folder_and_under_tags(self) -> None:
        work, draft = Folder.make(self.alice, "Work"), Tag.make(self.alice, "draft")

        response = self.file(folder=str(work.pk), tag=[str(draft.pk)], new_tags="idea, Draft,")

        self.assertEqual(response.status_code, 204)
        self.assertEqual(self.kept(), ("Work", ["draft", "idea"]))

    def test_a_new_folder_goes_before_the_one_that_was_picked(self) -> None:
        work = Folder.make(self.alice, "Work")

        self.file(folder=str(work.pk), new_folder="Recipes")

        self.assertEqual(self.kept()[0], "Recipes")

    def test_what_is_not_picked_any_more_is_taken_off(self) -> None:
        self.file(new_folder="Work", new_tags="draft, idea")

        self.file(folder="", tag=[str(Tag.of(self.alice).get(name="idea").pk)])

        self.assertEqual(self.kept(), (None, ["idea"]))

    def test_all_of_it_is_kept_or_nothing(self) -> None:
        response = self.file(new_folder="Work", new_tags=f"fine, {'x' * 41}")

        self.assertContains(response, "has 41 characters")
        self.assertContains(response, 'value="Work"')
        self.assertEqual(self.kept(), (None, []))
        self.assertFalse(Folder.of(self.alice).exists() or Tag.of(self.alice).exists())

    @override_settings(LIMITS=Limits(tags_per_conversation=2))
    def test_a_conversation_has_so_many_tags_at_most(self) -> None:
        response = self.file(new_tags="one, two, three")

        self.assertContains(response, "These are 3 tags; a conversation has 2 at most.")
        self.assertEqual(self.kept()[1], [])

    def test_names_of_others_are_not_picked(self) -> None:
        folder, tag = Folder.make(self.bob, "Work"), Tag.make(self.bob, "draft")

        self.file(folder=str(folder.pk), tag=[str(tag.pk)])

        self.assertEqual(self.kept(), (None, []))

    def test_without_scripts_it_is_a_page_that_leads_back(self) -> None:
        self.assertContains(self.client.get(self.path), "<h2 id=")

        response = self.client.post(self.path, {"new_folder": "Work"})

        self.assertRedirects(response, f"/c/{self.conversation.pk}/", fetch_redirect_response=False)

    def test_it_hides_from_strangers(self) -> None:
        self.assert_hidden("get", self.path)
        self.assert_hidden("post", self.path, new_folder="Mine")

        self.assertEqual(self.kept(), (None, []))
