"""The dashboard of the API: sums and percentiles of one's own programs."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from chat.models import ApiKey
from tests.usage.case import ALL, OWN, CallCase, asked, failed, many, task_of


class DashboardTests(CallCase):
    def test_it_adds_up_requests_failures_tokens_and_cost(self) -> None:
        asked(self.alice, self.key, cache_read_tokens=40, reasoning_tokens=7)
        asked(self.alice, self.key, is_task=True)
        failed(self.alice, "rate_limited", key=self.key)

        text = self.text(OWN)

        self.assertIn("Requests 3 1 for tasks", text)
        self.assertIn("Failed 1 33 %", text)
        self.assertIn("Cost $0.50", text)
        self.assertIn("Input tokens 200 40 cached", text)
        self.assertIn("Output tokens 2,000 7 thinking", text)
        self.assertIn("rate_limited 1", text)

    def test_it_says_how_long_the_slowest_waited(self) -> None:
        for number in range(1, 101):
            asked(self.alice, first_token_ms=number * 100, total_ms=number * 1000)

        text = self.text(OWN)

        self.assertIn("the first token 5.00 s 9.50 s 9.90 s 100", text)
        self.assertIn("the end of a whole answer 50.0 s 95.0 s 99.0 s 100", text)

    def test_what_failed_at_once_does_not_make_answers_look_quick(self) -> None:
        asked(self.alice, total_ms=2_000)
        failed(self.alice, "overloaded", total_ms=1)

        self.assertIn("the end of a whole answer 2.00 s 2.00 s 2.00 s 1", self.text(OWN))

    def test_it_is_divided_by_key_model_format_and_day(self) -> None:
        asked(self.alice, self.key, model="double/starling", dialect="anthropic")

        text = self.text(OWN)

        for name in ("Notebook", "double/starling", "Anthropic", f"{timezone.now():%b %Y}"):
            self.assertIn(f"{name} 1 100 1,000", text)

    def test_one_key_can_be_looked_at_alone(self) -> None:
        other, _ = ApiKey.make(self.alice, name="Website")
        asked(self.alice, self.key)
        asked(self.alice, other, model="double/starling")

        text = self.text(f"{OWN}?key={self.key.pk}")

        self.assertIn("Requests 1 ", text)
        self.assertNotIn("starling", text)

    def test_what_a_revoked_key_used_is_still_told(self) -> None:
        asked(self.alice, self.key)
        self.key.revoke()

        self.assertIn("Notebook Revoked 1 100", self.text(OWN))

    def test_a_period_leaves_out_what_is_older(self) -> None:
        asked(self.alice, created_at=timezone.now() - timedelta(days=8))

        self.assertIn("No program asked for anything in this time.", self.text(f"{OWN}?days=7"))
        self.assertIn("Requests 1 ", self.text(f"{OWN}?days=30"))

    def test_tasks_that_wait_are_pointed_to(self) -> None:
        task_of(self.alice, self.key)

        self.assertIn("1 task is waiting or running.", self.text(OWN))
        other, _ = ApiKey.make(self.alice, name="Website")
        self.assertNotIn("waiting or running", self.text(f"{OWN}?key={other.pk}"))

    def test_it_hides_from_strangers(self) -> None:
        asked(self.alice, self.key)
        bobs = self.as_user(self.bob)

        self.assertIn("No program asked", self.text(OWN, bobs))
        self.assertNotIn("Notebook", self.text(OWN, bobs))
        for path in (f"{OWN}?key={self.key.pk}", f"{OWN}calls/?key={self.key.pk}", ALL):
            self.assertEqual(bobs.get(path).status_code, 404, path)
        self.assertEqual(Client().get(OWN).status_code, 302)

    def test_fifty_thousand_requests_take_no_more_queries_than_one(self) -> None:
        call = asked(self.alice, self.key)
        self.client.get(OWN)  # writes when the session was last used
        with self.assertNumQueries(6):
            self.client.get(OWN)

        many(call, 50_000)

        with self.assertNumQueries(6):
            self.assertIn("Requests 50,001", self.text(OWN))
