"""What can be done to a conversation: rename, delete and undo, show another branch."""

from __future__ import annotations

from chat.models import Conversation
from tests.cast import FRAGMENT, CastCase, answer_again, conversation_of, exchange


class TitleTests(CastCase):
    def test_it_renames(self) -> None:
        conversation = conversation_of(self.alice, "Old")

        response = self.client.post(f"/c/{conversation.pk}/title/", {"title": "  New \0 name "})

        self.assertRedirects(response, f"/c/{conversation.pk}/", fetch_redirect_response=False)
        conversation.refresh_from_db()
        self.assertEqual(conversation.title, "New name")

    def test_the_page_gets_the_line_of_the_history_back(self) -> None:
        conversation = conversation_of(self.alice, "Old")

        response = self.client.post(
            f"/c/{conversation.pk}/title/", {"title": "<b>New"}, headers=FRAGMENT
        )

        self.assertContains(response, "&lt;b&gt;New")
        self.assertTrue(response.content.startswith(b"<li"))

    def test_a_title_of_nothing_changes_nothing(self) -> None:
        conversation = conversation_of(self.alice, "Old")

        self.client.post(f"/c/{conversation.pk}/title/", {"title": "  "})

        conversation.refresh_from_db()
        self.assertEqual(conversation.title, "Old")

    def test_it_hides_from_strangers(self) -> None:
        conversation = conversation_of(self.alice, "Old")

        self.assert_hidden("post", f"/c/{conversation.pk}/title/", title="Mine now")

        conversation.refresh_from_db()
        self.assertEqual(conversation.title, "Old")


class DeletionTests(CastCase):
    def test_it_deletes_and_offers_to_undo(self) -> None:
        conversation = conversation_of(self.alice, "Birds")

        response = self.client.post(f"/c/{conversation.pk}/deletion/", follow=True)

        self.assertFalse(Conversation.objects.filter(pk=conversation.pk).exists())
        self.assertContains(response, "“Birds” is deleted.")
        self.assertContains(response, f'action="/c/{conversation.pk}/restoration/"')

    def test_the_page_gets_a_toast_with_undo(self) -> None:
        conversation = conversation_of(self.alice, "Birds")

        response = self.client.post(f"/c/{conversation.pk}/deletion/", headers=FRAGMENT)

        self.assertContains(response, f'action="/c/{conversation.pk}/restoration/"')
        self.assertNotContains(response, "<html")

    def test_undo_brings_it_back(self) -> None:
        conversation = conversation_of(self.alice)
        conversation.delete_softly()

        response = self.client.post(f"/c/{conversation.pk}/restoration/")

        self.assertRedirects(response, f"/c/{conversation.pk}/", fetch_redirect_response=False)
        self.assertTrue(Conversation.objects.filter(pk=conversation.pk).exists())

    def test_a_link_does_not_delete(self) -> None:
        conversation = conversation_of(self.alice)

        response = self.client.get(f"/c/{conversation.pk}/deletion/")

        self.assertEqual(response.status_code, 405)

    def test_it_hides_from_strangers(self) -> None:
        conversation = conversation_of(self.alice)

        self.assert_hidden("post", f"/c/{conversation.pk}/deletion/")

        self.assertTrue(Conversation.objects.filter(pk=conversation.pk).exists())

    def test_undo_hides_from_strangers(self) -> None:
        conversation = conversation_of(self.alice)
        conversation.delete_softly()

        self.assert_hidden("post", f"/c/{conversation.pk}/restoration/")

        self.assertFalse(Conversation.objects.filter(pk=conversation.pk).exists())


class BranchTests(CastCase):
    def test_it_follows_the_branch_to_where_it_was_left(self) -> None:
        conversation = conversation_of(self.alice)
        first = exchange(conversation, "One", "First answer.")
        onward = exchange(conversation, "Two", "What came after.", parent=first.answer)
        answer_again(first.prompt, "Second answer.", lane=conversation.lanes.get())

        response = self.client.post(
            f"/c/{conversation.pk}/branch/", {"message": first.answer_id}, headers=FRAGMENT
        )

        self.assertEqual(conversation.lanes.get().leaf_id, onward.answer_id)
        self.assertContains(response, "What came after.")
        self.assertNotContains(response, "Second answer.")
        self.assertContains(response, "Version 1 of 2")

    def test_without_scripts_it_leads_to_the_message(self) -> None:
        conversation = conversation_of(self.alice)
        turn = exchange(conversation, "One", "First answer.")

        response = self.client.post(f"/c/{conversation.pk}/branch/", {"message": turn.answer_id})

        self.assertEqual(
            response.headers["Location"], f"/c/{conversation.pk}/#message-{turn.answer_id}"
        )

    def test_a_message_of_another_conversation_is_not_there(self) -> None:
        conversation = conversation_of(self.alice)
        other = exchange(conversation_of(self.bob), "Bob asks", "Bob is told")

        response = self.client.post(f"/c/{conversation.pk}/branch/", {"message": other.answer_id})

        self.assertEqual(response.status_code, 404)
        self.assertIsNone(conversation.lanes.get().leaf_id)

    def test_it_hides_from_strangers(self) -> None:
        conversation = conversation_of(self.alice)
        turn = exchange(conversation, "One", "First answer.")

        self.assert_hidden("post", f"/c/{conversation.pk}/branch/", message=turn.answer_id)
