"""A long path: the page shows a window of it, and the rest is a link away."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

from chat import thread
from chat.models import Conversation, Message, Turn
from tests.cast import (
    FRAGMENT,
    CastCase,
    answer_again,
    conversation_of,
    exchange,
    receipt_of,
)


def shown(response: Any) -> list[int]:
    """The messages on the page, in their order."""
    return [item.message.pk for item in response.context["items"]]


class WindowTests(CastCase):
    def setUp(self) -> None:
        super().setUp()
        self.conversation = conversation_of(self.alice)
        self.ids = path_of(self.conversation, 120)
        self.page = f"/c/{self.conversation.pk}/"

    def test_the_end_is_shown_first(self) -> None:
        response = self.client.get(self.page)

        self.assertEqual(shown(response), self.ids[80:])
        self.assertContains(response, "Show earlier · 80 messages")
        self.assertNotContains(response, "Show later")
        self.assertContains(response, f'data-leaf="{self.ids[-1]}"')

    def test_links_lead_through_the_whole_path_without_a_script(self) -> None:
        found = shown(response := self.client.get(self.page))
        while response.context["window"].earlier:
            self.assertContains(response, f'href="?before={found[0]}#message-{found[0]}"')
            response = self.client.get(f"{self.page}?before={found[0]}")
            found = shown(response) + found

        self.assertEqual(found, self.ids)
        found = shown(response)
        while response.context["window"].later:
            self.assertContains(response, f'href="?after={found[-1]}"')
            response = self.client.get(f"{self.page}?after={found[-1]}")
            found += shown(response)
        self.assertEqual(found, self.ids)

    def test_a_message_far_up_is_shown_with_what_stands_around_it(self) -> None:
        response = self.client.get(f"{self.page}?message={self.ids[30]}")

        self.assertEqual(shown(response), self.ids[22:70])
        self.assertContains(response, "Show earlier · 22 messages")
        self.assertContains(response, "Show later · 50 messages")
        self.assertContains(response, f'data-leaf="{self.ids[-1]}"')

    def test_links_say_what_the_answers_behind_them_cost_and_took(self) -> None:
        self.turn(self.ids[3], cost=Decimal("0.25"), input_tokens=100, output_tokens=20)
        self.turn(self.ids[5], cost=Decimal("0.5"), input_tokens=300, output_tokens=40)
        self.turn(self.ids[101], cost=None, input_tokens=900, output_tokens=90)

        found = thread.window(self.ids[-1], around=self.ids[40])
        response = self.client.get(f"{self.page}?message={self.ids[40]}")

        self.assertEqual(found.above, thread.Hidden(Decimal("0.75"), False, 340))
        self.assertEqual(found.below, thread.Hidden(Decimal(0), True, 990))
        self.assertContains(response, 'data-context-tokens="340" data-cost="0.750000000" href')
        self.assertContains(response, 'data-context-tokens="990" data-cost="0" data-part-unknown')

    def turn(self, answer: int, **figures: Any) -> None:
        prompt = self.ids[self.ids.index(answer) - 1]
        Turn.objects.create(
            user=self.alice,
            conversation=self.conversation,
            lane=self.conversation.lanes.get(),
            client_id=uuid4(),
            prompt_id=prompt,
            answer_id=answer,
            status=Turn.Status.COMPLETED,
            receipt=receipt_of(),
            **figures,
        )

    def test_a_message_near_the_end_is_shown_with_the_end(self) -> None:
        response = self.client.get(f"{self.page}?message={self.ids[110]}")

        self.assertEqual(shown(response), self.ids[80:])

    def test_a_message_keeps_to_the_branch_that_is_shown(self) -> None:
        other = exchange(
            self.conversation, "Else?", "Else.", parent=Message.objects.get(pk=self.ids[1])
        )
        lane = self.conversation.lanes.get()
        lane.leaf_id = self.ids[-1]
        lane.save()

        response = self.client.get(f"{self.page}?message={self.ids[1]}")
        self.assertContains(response, f'data-leaf="{self.ids[-1]}"')
        response = self.client.get(f"{self.page}?message={other.prompt_id}")
        self.assertContains(response, f'data-leaf="{other.answer_id}"')

    def test_another_branch_far_up_is_shown_from_there(self) -> None:
        lane = self.conversation.lanes.get()
        prompt = Message.objects.get(pk=self.ids[20])
        again = answer_again(prompt, "Another way.", lane=lane)

        response = self.client.post(
            f"{self.page}branch/", {"message": self.ids[21]}, headers=FRAGMENT
        )
        self.assertIn(self.ids[21], shown(response))
        self.assertContains(response, f'data-leaf="{self.ids[-1]}"')
        response = self.client.post(
            f"{self.page}branch/", {"message": again.answer_id}, headers=FRAGMENT
        )
        self.assertEqual(shown(response)[-1], again.answer_id)

    def test_a_window_ends_where_it_grows_too_large(self) -> None:
        conversation = conversation_of(self.alice)
        ids = path_of(conversation, 10, text="word " * 100_000)

        response = self.client.get(f"/c/{conversation.pk}/")

        self.assertEqual(shown(response), ids[-2:])
        self.assertEqual(
            shown(self.client.get(f"/c/{conversation.pk}/?before={ids[-2]}")), ids[-4:-2]
        )

    def test_showing_reads_the_ids_of_the_path_and_the_messages_of_the_window(self) -> None:
        with self.assertNumQueries(5) as queries:
            window = thread.window(self.ids[-1])

        self.assertEqual(len(window.items), 40)
        whole = [query["sql"] for query in queries if '"parts"' in query["sql"]]
        self.assertEqual([f" {self.ids[0]}," in sql for sql in whole], [False, False])

    def test_a_window_of_somebody_else_is_hidden(self) -> None:
        self.assert_hidden("get", f"{self.page}?before={self.ids[5]}")
        other = path_of(conversation_of(self.bob), 2)
        for name in ("before", "after", "message"):
            self.assertEqual(self.client.get(f"{self.page}?{name}={other[0]}").status_code, 404)


def path_of(conversation: Conversation, count: int, *, text: str = "Words") -> list[int]:
    """One path of so many messages, without turns."""
    parent = None
    ids = []
    for number in range(count):
        parent = conversation.messages.create(
            parent=parent,
            role="assistant" if number % 2 else "user",
            parts=[{"type": "text", "text": text}],
        )
        ids.append(parent.pk)
    conversation.lanes.update(leaf=parent)
    return ids
