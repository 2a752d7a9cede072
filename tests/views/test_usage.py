"""The usage pages: sums by day, model, conversation and person, charts, and the sheet."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from chat.models import Turn, User
from chat.usage.sheet import neutral
from tests.cast import CastCase, conversation_of, exchange


def used(user: User, *, title: str = "Tides", days_ago: int = 0, **fields: Any) -> Turn:
    fields = {"input_tokens": 100, "output_tokens": 1_000, "cost": Decimal("0.25")} | fields
    turn = exchange(conversation_of(user, title), "Q", "A", **fields)
    Turn.objects.filter(pk=turn.pk).update(created_at=timezone.now() - timedelta(days=days_ago))
    return turn


def text_of(response: HttpResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


class UsageTests(CastCase):
    def test_it_adds_up_turns_tokens_and_cost(self) -> None:
        used(self.alice)
        used(self.alice, days_ago=3)

        text = text_of(self.client.get("/usage/"))

        self.assertIn("Cost $0.50 Answers 2 Input tokens 200 Output tokens 2,000", text)
        self.assertIn("double/parrot 2 200 2,000 0.34 s $0.50", text)

    def test_a_period_leaves_out_what_is_older(self) -> None:
        used(self.alice)
        used(self.alice, days_ago=8)

        self.assertIn("Answers 1 ", text_of(self.client.get("/usage/?days=7")))
        self.assertIn("Answers 2 ", text_of(self.client.get("/usage/?days=30")))
        for days in ("0", "-1", "x", "9" * 40):
            self.assertIn("Answers 2 ", text_of(self.client.get(f"/usage/?days={days}")))

    def test_what_has_no_price_is_counted_not_guessed(self) -> None:
        used(self.alice, cost=None)
        self.assertIn("Cost unknown", text_of(self.client.get("/usage/")))
        used(self.alice)

        self.assertIn("Cost $0.25 + 1 answer of unknown cost", text_of(self.client.get("/usage/")))

    def test_a_conversation_is_named_and_linked(self) -> None:
        turn = used(self.alice, title="<b>Tides")

        response = self.client.get("/usage/")

        self.assertContains(
            response, f'<a href="/c/{turn.conversation_id}/">&lt;b&gt;Tides</a>', html=True
        )

    def test_a_deleted_conversation_still_counts_but_is_not_named(self) -> None:
        used(self.alice, title="Secret").conversation.delete_softly()

        response = self.client.get("/usage/")

        self.assertContains(response, "Deleted")
        self.assertNotContains(response, "Secret")

    def test_a_chart_has_a_bar_for_each_day_that_has_something(self) -> None:
        used(self.alice)
        used(self.alice, days_ago=2, cost=Decimal("0.5"))

        response = self.client.get("/usage/?days=7")

        self.assertContains(response, "<title>", 1 + 3 * 2)
        self.assertContains(response, "$0.50</title>")

    def test_days_begin_where_the_person_is(self) -> None:
        used(self.alice)
        self.client.cookies["zone"] = "Pacific/Kiritimati"

        day = timezone.now() + timedelta(hours=14)

        self.assertContains(self.client.get("/usage/"), f"{day.day} {day:%b %Y}</th>")

    def test_nothing_used_is_said(self) -> None:
        self.assertContains(self.client.get("/usage/"), "Nothing was used in this time.")

    def test_it_hides_from_strangers(self) -> None:
        used(self.alice, title="Herons")

        for path in ("/usage/", "/usage/answers.csv"):
            response = self.as_user(self.bob).get(path)
            self.assertNotContains(response, "Herons")
            self.assertNotContains(response, "parrot")
            self.client.logout()
            self.assertEqual(self.client.get(path).status_code, 302)


class EverybodyTests(CastCase):
    def setUp(self) -> None:
        super().setUp()
        self.alice.promote()

    def test_an_administrator_sees_what_everybody_used(self) -> None:
        used(self.alice)
        used(self.bob)

        text = text_of(self.client.get("/people/usage/"))

        self.assertIn("Answers 2 ", text)
        self.assertIn("Alice Aster 1 100", text)
        self.assertIn("Bob Birch 1 100", text)

    def test_an_administrator_never_sees_what_was_talked_about(self) -> None:
        used(self.bob, title="Herons")

        for path in (
            "/people/usage/",
            "/people/usage/answers.csv",
            f"/people/{self.bob.pk}/usage/",
        ):
            response = self.client.get(path)
            self.assertContains(response, "parrot")
            self.assertNotContains(response, "Herons")

    def test_it_hides_from_strangers(self) -> None:
        for path in (
            "/people/usage/",
            "/people/usage/answers.csv",
            f"/people/{self.alice.pk}/usage/",
        ):
            self.assertEqual(self.as_user(self.bob).get(path).status_code, 404)


class SheetTests(CastCase):
    def test_it_has_a_line_for_each_turn(self) -> None:
        used(self.alice, title="Tides")

        response = self.client.get("/usage/answers.csv")
        head, line = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))

        self.assertEqual(head[1:4], ["person", "from", "conversation or key"])
        self.assertEqual(
            line[1:], ["alice", "page", "Tides", "double/parrot", "completed", "", "100", "1000",
                       "0.250000000", "340", "1500"]
        )  # fmt: skip

    def test_no_cell_is_a_formula(self) -> None:
        for start in ("=", "+", "-", "@", "\t", "\r", "|", " =", "＝"):
            with self.subTest(start):
                self.assertEqual(neutral(f"{start}HYPERLINK()"), f"'{start}HYPERLINK()")
        self.assertEqual(neutral(-5), "-5")
        self.assertEqual(neutral("a=b"), "a=b")

    def test_quotes_and_lines_in_a_title_stay_in_their_cell(self) -> None:
        title = '=1+1","x\u2028</script>'
        used(self.alice, title=title)

        response = self.client.get("/usage/answers.csv")
        _, line = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))

        self.assertEqual(line[3], f"'{title}")
