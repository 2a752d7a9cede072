"""The list of requests, and the receipt of each."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from django.utils import timezone

from chat.models import ApiCall
from tests.cast import receipt_of
from tests.usage.case import OWN, CallCase, asked, failed, many, text_of


class ListTests(CallCase):
    def test_the_newest_is_first_and_has_a_receipt(self) -> None:
        asked(self.alice, self.key, created_at=timezone.now() - timedelta(hours=1))
        newest = asked(self.alice, self.key, model="double/starling")

        response = self.client.get(f"{OWN}calls/")

        text = text_of(response)
        self.assertLess(text.index("starling"), text.index("parrot"))
        self.assertContains(response, f'href="{OWN}calls/{newest.pk}/"')

    def test_it_can_be_narrowed(self) -> None:
        asked(self.alice, self.key, dialect="google", model="double/one")
        asked(self.alice, status=ApiCall.Status.CANCELLED, model="double/two")
        failed(self.alice, "timed_out", model="double/three")
        failed(self.alice, "overloaded", model="double/four")

        for query, models in (
            (f"key={self.key.pk}", {"one"}),
            ("dialect=google", {"one"}),
            ("model=TWO", {"two"}),
            ("state=cancelled", {"two"}),
            ("state=failed", {"three", "four"}),
            ("state=timed_out", {"three"}),
            ("state=completed&dialect=openai", set()),
        ):
            with self.subTest(query):
                found = re.findall(r"double/(\w+) ", self.text(f"{OWN}calls/?{query}"))
                self.assertEqual(set(found), models)

    def test_the_id_that_a_program_was_told_finds_its_receipt(self) -> None:
        asked(self.alice, model="double/one", request_id="req_0123abcd")
        asked(self.alice, model="double/two")

        for told in ("req_0123abcd", "chatcmpl-0123abcd", "msg_0123abcd", " 0123abcd "):
            text = self.text(f"{OWN}calls/?id={quote(told)}")
            self.assertEqual(re.findall(r"double/(\w+) ", text), ["one"], told)

    def test_a_day_begins_and_ends_where_the_person_is(self) -> None:
        late = datetime(2026, 3, 1, 11, 30, tzinfo=UTC)  # 00:30 on the 2nd in Auckland
        asked(self.alice, created_at=late)
        self.client.cookies["zone"] = "Pacific/Auckland"

        self.assertIn("2026-03-02 00:30:00", self.text(f"{OWN}calls/?day=2026-03-02"))
        self.assertIn("No request fits.", self.text(f"{OWN}calls/?day=2026-03-01"))

    def test_what_is_not_understood_is_said(self) -> None:
        asked(self.alice)
        for query, sentence in (
            ("day=yesterday", "A day is written as 2026-11-22."),
            ("day=0001-01-01", "There is nothing from that day."),
            ("state=lost", "Select a valid choice."),
            ("model=a%00b", "Null characters are not allowed."),
            (f"model={'x' * 301}", "at most 300 characters"),
        ):
            with self.subTest(query):
                text = self.text(f"{OWN}calls/?{query}")
                self.assertIn(sentence, text)
                self.assertIn("Nothing is shown until that is put right.", text)

    def test_pages_neither_repeat_nor_leave_out(self) -> None:
        call = asked(self.alice, self.key)
        many(call, 119)  # all at the same moment
        path, seen = f"{OWN}calls/", []

        while path:
            response = self.client.get(path)
            seen += re.findall(rf'href="{OWN}calls/([0-9a-f-]+)/"', response.content.decode())
            following = re.search(r'href="(\?[^"]*)" rel="next"', response.content.decode())
            path = f"{OWN}calls/{following[1].replace('&amp;', '&')}" if following else ""

        self.assertEqual(len(seen), 120)
        self.assertEqual(len(set(seen)), 120)

    def test_a_place_that_is_none_begins_at_the_newest(self) -> None:
        asked(self.alice, self.key)
        now = timezone.now().isoformat().replace("+", "%2B")
        for place in (
            "x",
            "~",
            f"{now}~x",
            "2026-01-01~1",
            "9999-12-31T00:00:00%2B00:00~%00",
            f"9999-12-31T23:59:59-12:00~{uuid.uuid4()}",
            f"0001-01-01T00:00:00%2B14:00~{uuid.uuid4()}",
        ):
            self.assertIn("Notebook", self.text(f"{OWN}calls/?before={place}"))

    def test_the_last_of_many_costs_as_much_as_the_first(self) -> None:
        last = asked(self.alice, self.key, created_at=timezone.now() - timedelta(days=40))
        many(asked(self.alice, self.key), 50_000)
        self.client.get(OWN)  # writes when the session was last used
        place = f"{(last.created_at + timedelta(hours=1)).isoformat()}~{last.pk}"
        with self.assertNumQueries(4):
            self.client.get(f"{OWN}calls/")

        with self.assertNumQueries(4):
            response = self.client.get(f"{OWN}calls/", {"before": place})

        self.assertContains(response, str(last.pk))

    def test_it_hides_from_strangers(self) -> None:
        call = asked(self.alice, self.key)

        self.assertNotIn("Notebook", self.text(f"{OWN}calls/", self.as_user(self.bob)))
        self.assert_hidden("get", f"{OWN}calls/{call.pk}/")
        self.assert_hidden("get", f"{OWN}calls/{call.pk}.json")


class ReceiptTests(CallCase):
    def test_it_reads_as_that_of_an_answer_on_the_page(self) -> None:
        call = asked(self.alice, self.key, is_streamed=True, request_id="req_known")

        text = self.text(f"{OWN}calls/{call.pk}/")

        self.assertIn("Key Notebook Format OpenAI streamed Id of the request req_known", text)
        self.assertIn("Finish reason stop Input 12 tokens", text)

    def test_it_downloads_as_json(self) -> None:
        call = asked(self.alice, self.key)

        response = self.client.get(f"{OWN}calls/{call.pk}.json")

        self.assertEqual(response.json()["call"], str(call.pk))
        self.assertEqual(response.json()["answered"]["request_id"], "request-of-the-double")
        self.assertIn("attachment", response.headers["Content-Disposition"])

    def test_one_that_runs_and_one_that_was_cut_have_a_state(self) -> None:
        receipt = {name: receipt_of()[name] for name in ("version", "asked", "sent")}
        running = asked(self.alice, status="running", receipt=receipt, finished_at=None)
        cut = failed(self.alice, "interrupted", receipt=receipt)

        self.assertIn("State Running", self.text(f"{OWN}calls/{running.pk}/"))
        self.assertIn("State Interrupted", self.text(f"{OWN}calls/{cut.pk}/"))

    def test_lists_that_were_cut_are_shown_as_far_as_they_go(self) -> None:
        receipt = receipt_of()
        receipt["sent"]["parameters"] = ["… (3 more)"]
        receipt["sent"]["messages"]["files"] = ["… (5 more)"]
        call = asked(self.alice, receipt=receipt)

        text = self.text(f"{OWN}calls/{call.pk}/")

        self.assertIn("Parameters … (3 more)", text)
        self.assertIn("Files … (5 more)", text)
