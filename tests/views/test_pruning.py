"""Deleting a message: told first how much goes, and no more than that goes."""

from __future__ import annotations

from django.utils import timezone

from chat.models import Message, Turn
from tests.cast import FRAGMENT, CastCase, answer_again, conversation_of, exchange


class PruningTests(CastCase):
    def setUp(self) -> None:
        super().setUp()
        self.conversation = conversation_of(self.alice)
        self.first = exchange(self.conversation, "Which?", "A heron.")
        self.hidden = exchange(self.conversation, "Old?", "Old.", parent=self.first.answer)
        self.shown = exchange(self.conversation, "Why?", "So.", parent=self.first.answer)
        self.path = f"/messages/{self.first.answer_id}/deletion/"

    def test_it_says_how_many_go_and_how_many_of_them_are_hidden(self) -> None:
        response = self.client.get(self.path, headers=FRAGMENT)

        self.assertContains(response, "4 messages that follow go with it, 2 of them in branches")
        self.assertContains(response, "Delete all 5")

    def test_what_is_left_is_shown(self) -> None:
        response = self.client.post(self.path, {"count": 5}, headers=FRAGMENT)

        self.assertEqual(response.status_code, 204)
        self.assertEqual([row.text for row in self.conversation.lanes.get().path()], ["Which?"])
        self.assertEqual((Message.objects.count(), Turn.objects.count()), (1, 0))

    def test_another_branch_is_shown_where_there_is_one(self) -> None:
        path = f"/messages/{self.shown.prompt_id}/deletion/"

        response = self.client.post(path, {"count": 2})

        self.assertRedirects(response, f"/c/{self.conversation.pk}/")
        self.assertEqual(self.conversation.lanes.get().leaf, self.hidden.answer)

    def test_the_first_message_can_go_and_another_first_one_stays(self) -> None:
        other = exchange(self.conversation, "Else?", "Else.")

        self.client.post(f"/messages/{self.first.prompt_id}/deletion/", {"count": 6})

        self.assertEqual(self.conversation.lanes.get().leaf, other.answer)
        self.client.post(f"/messages/{other.prompt_id}/deletion/", {"count": 2})
        self.assertIsNone(self.conversation.lanes.get().leaf)
        self.assertEqual(self.client.get(f"/c/{self.conversation.pk}/").status_code, 200)

    def test_what_came_meanwhile_is_not_deleted_unseen(self) -> None:
        answer_again(self.first.prompt, "A duck.", lane=self.conversation.lanes.get())
        exchange(self.conversation, "New?", "New.", parent=self.first.answer)
        for count in ("5", "", "x", "²"):
            response = self.client.post(self.path, {"count": count}, headers=FRAGMENT)

            self.assertContains(response, "Something was added meanwhile")
        self.assertEqual(Message.objects.count(), 9)

    def test_an_answer_that_is_being_written_stays(self) -> None:
        Turn.objects.filter(pk=self.shown.pk).update(
            status=Turn.Status.RUNNING, heartbeat_at=timezone.now()
        )

        response = self.client.post(self.path, {"count": 5}, headers=FRAGMENT)

        self.assertContains(response, "still being written")
        self.assertEqual(Message.objects.count(), 6)

    def test_it_hides_from_strangers(self) -> None:
        self.assert_hidden("get", self.path)
        self.assert_hidden("post", self.path, count=5)
        self.assertEqual(Message.objects.count(), 6)


class ContinueTests(CastCase):
    def test_only_an_answer_that_was_cut_can_be_continued(self) -> None:
        conversation = conversation_of(self.alice)
        turn = exchange(conversation, "Which?", "A heron")
        page = f"/c/{conversation.pk}/"
        self.assertNotContains(self.client.get(page), 'data-action="continue"')

        turn.receipt["answered"]["finish_reason"] = "length"
        turn.save()

        self.assertContains(self.client.get(page), 'data-action="continue"')
