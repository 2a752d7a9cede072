"""A conversation played back: who finds it, and what the page carries."""

from __future__ import annotations

from unittest import mock

from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.replays import reels
from tests.cast import CastCase, conversation_of, exchange


class ReplayTests(CastCase):
    def setUp(self) -> None:
        super().setUp()
        self.conversation = conversation_of(self.alice, "Ice")
        timeline = [[340, 5], [900, 7]]
        self.turn = exchange(self.conversation, "Why?", "Salt *melts*", timeline=timeline)
        self.path = f"/c/{self.conversation.pk}/replay/"

    def test_it_hides_from_strangers(self) -> None:
        self.assert_hidden("get", self.path)
        self.assert_hidden("get", f"/messages/{self.turn.answer_id}/replay.json")

    def test_it_plays_what_was_said_with_the_receipt_at_hand(self) -> None:
        response = self.client.get(self.path)

        self.assertContains(response, f'data-track="/messages/{self.turn.answer_id}/replay.json"')
        self.assertContains(response, 'data-duration="900"')
        self.assertContains(response, "<em>melts</em>")
        self.assertContains(response, f"/turns/{self.turn.pk}/receipt/")

    def test_nothing_can_be_sent_from_it(self) -> None:
        response = self.client.get(self.path)

        self.assertNotContains(response, "<form")
        self.assertNotContains(response, "<textarea")
        self.assertEqual(self.client.post(self.path).status_code, 405)

    def test_a_track_is_json_of_its_own(self) -> None:
        response = self.client.get(f"/messages/{self.turn.answer_id}/replay.json")

        self.assertEqual(response.headers["Content-Type"], "application/json")
        self.assertEqual([frame[0] for frame in response.json()["frames"]], [340, 900])

    def test_a_question_has_no_track(self) -> None:
        response = self.client.get(f"/messages/{self.turn.prompt_id}/replay.json")

        self.assertEqual(response.status_code, 404)

    def test_an_answer_without_a_recording_says_so(self) -> None:
        exchange(self.conversation, "And?", "No times", parent=self.turn.answer)

        response = self.client.get(self.path)

        self.assertContains(response, "its timing was not recorded", count=1)

    def test_an_imported_answer_without_a_turn_plays_too(self) -> None:
        self.conversation.messages.create(
            parent=self.turn.prompt, role="assistant", parts=[{"type": "text", "text": "Old"}]
        )
        lane = self.conversation.lanes.get()
        lane.leaf = old = self.conversation.messages.last()
        lane.save()

        response = self.client.get(self.path)

        self.assertContains(response, f"/messages/{old.pk}/replay.json" if old else "")
        self.assertNotContains(response, "/receipt/")

    def test_a_failure_is_played_as_one(self) -> None:
        error = {"code": "overloaded", "message": "It was overloaded.", "is_retryable": True}
        exchange(
            self.conversation, "More", "", parent=self.turn.answer, status="failed", error=error
        )

        self.assertContains(self.client.get(self.path), "It was overloaded.")

    def test_an_answer_that_is_being_written_plays_as_far_as_it_has_come(self) -> None:
        exchange(self.conversation, "More", "Half", parent=self.turn.answer, status="running")

        response = self.client.get(self.path)

        self.assertContains(response, "It was still being written")
        self.assertNotContains(response, 'data-state="running"')

    def test_it_begins_where_it_is_told_on_the_branch_that_leads_there(self) -> None:
        other = exchange(self.conversation, "Something else?", "Yes")

        response = self.client.get(self.path, {"message": self.turn.answer_id})

        self.assertContains(response, f'data-begin="{self.turn.answer_id}"')
        self.assertNotContains(response, f'data-message="{other.answer_id}"')

    def test_a_message_of_another_conversation_is_not_there(self) -> None:
        foreign = exchange(conversation_of(self.bob), "Secret", "Words")

        for named in (foreign.answer_id, "x", "9" * 30):
            with self.subTest(named):
                response = self.client.get(self.path, {"message": named})
                self.assertEqual(response.status_code, 404)

    def test_an_empty_conversation_has_nothing_to_play(self) -> None:
        response = self.client.get(f"/c/{conversation_of(self.alice).pk}/replay/")

        self.assertContains(response, "There is nothing to play yet.")

    def test_a_long_conversation_comes_in_parts_that_lead_to_one_another(self) -> None:
        parent = self.turn.answer
        for number in range(3):
            parent = exchange(self.conversation, f"Q{number}", f"A{number}", parent=parent).answer

        with mock.patch.object(reels, "MESSAGES", 4), mock.patch("chat.thread.MESSAGES", 2):
            first = self.client.get(self.path)
            second = self.client.get(self.path, {"message": parent.pk})

        self.assertContains(first, "4 messages follow.")
        self.assertContains(second, "6 messages come before.")
        self.assertContains(second, f'data-message="{parent.pk}"')

    def test_queries_do_not_grow_with_the_conversation(self) -> None:
        parent, counts = self.turn.answer, []
        for _ in range(2):
            for number in range(5):
                parent = exchange(self.conversation, f"Q{number}", "A", parent=parent).answer
            with CaptureQueriesContext(connection) as queries:
                self.client.get(self.path)
            counts.append(sum("chat_" in query["sql"] for query in queries.captured_queries))

        self.assertEqual(*counts)
