"""Turns, calls and tasks on one page, each counted once."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from django.utils import timezone

from chat.models import Tally
from tests.cast import conversation_of, exchange
from tests.usage.case import CallCase, asked, task_of


class CountedOnceTests(CallCase):
    """The page over everything: turns, calls and tasks, each once."""

    def test_turns_requests_and_tasks_add_up_and_are_told_apart(self) -> None:
        cost = {"input_tokens": 10, "output_tokens": 10, "cost": Decimal(1)}
        exchange(conversation_of(self.alice, "Tides"), "Q", "A", **cost)
        asked(self.alice, self.key, **cost)
        task = task_of(self.alice, self.key, status="completed")
        asked(self.alice, self.key, request_id=task.request_id, is_task=True, **cost)

        text = self.text("/usage/")

        self.assertIn("Cost $3.00 Answers 3 ", text)
        self.assertIn("This page: turns 1 10 10", text)
        self.assertIn("Programs: requests to the API 2 20 20", text)
        self.assertIn("of these, for tasks 1 10 10", text)
        self.assertIn("Tides 1 10 10", text)
        self.assertIn("Notebook 2 20 20", text)

    def test_what_is_kept_nowhere_else_is_counted_too(self) -> None:
        conversation = conversation_of(self.alice, "Tides")
        for number, kind in enumerate(Tally.Kind):
            Tally.objects.create(
                user=self.alice,
                kind=kind,
                source=f"tally:{number}",
                conversation=conversation if kind == Tally.Kind.TITLE else None,
                model="double/parrot",
                status="completed",
                input_tokens=10,
                output_tokens=10,
                cost=Decimal(1),
            )

        text = self.text("/usage/")

        self.assertIn("Cost $2.00 Answers 2 ", text)
        self.assertIn("Temporary conversations 1 10 10", text)
        self.assertIn("Titles of conversations 1 10 10", text)
        self.assertIn("Tides 1 10 10", text)

    def test_what_was_imported_was_paid_elsewhere(self) -> None:
        numbers = {"input_tokens": 10, "output_tokens": 10, "cost": Decimal(1)}
        imported = {"imported_at": timezone.now(), "imported_from": "chatgpt"}
        exchange(conversation_of(self.alice, "Old"), "Q", "A", **numbers, **imported)

        self.assertIn("Nothing was used in this time.", self.text("/usage/"))

    def test_the_sheet_says_where_each_line_is_from(self) -> None:
        exchange(conversation_of(self.alice, "Tides"), "Q", "A")
        asked(self.alice, self.key)
        asked(self.alice, self.key, is_task=True)

        response = self.client.get("/usage/answers.csv")
        _, *lines = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))

        self.assertEqual(
            [(line[2], line[3]) for line in lines],
            [("page", "Tides"), ("program", "Notebook"), ("task", "Notebook")],
        )

    def test_an_administrator_sees_the_programs_of_others_too(self) -> None:
        asked(self.bob)
        self.alice.promote()

        self.assertIn("Bob Birch 1 100", self.text("/people/usage/"))
        self.assertIn("Programs: requests", self.text(f"/people/{self.bob.pk}/usage/"))
