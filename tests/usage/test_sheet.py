"""Requests as CSV."""

from __future__ import annotations

import csv
import io

from chat.models import ApiKey
from tests.usage.case import OWN, CallCase, asked


class SheetTests(CallCase):
    def test_it_has_a_line_for_each_request(self) -> None:
        asked(self.alice, self.key, is_task=True, cache_read_tokens=3)

        response = self.client.get(f"{OWN}calls.csv")
        head, line = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))

        row = dict(zip(head, line, strict=True))
        self.assertEqual((row["key"], row["task"], row["streamed"]), ("Notebook", "yes", "no"))
        self.assertEqual((row["of these cached"], row["cost in US dollars"]), ("3", "0.250000000"))

    def test_a_name_of_a_key_is_no_formula(self) -> None:
        key, _ = ApiKey.make(self.alice, name='=HYPERLINK("x")')
        asked(self.alice, key)

        response = self.client.get(f"{OWN}calls.csv")

        self.assertIn(""""'=HYPERLINK(""x"")\"""", response.content.decode())

    def test_it_has_only_what_is_wanted(self) -> None:
        asked(self.alice, self.key)
        asked(self.alice, model="double/starling")

        response = self.client.get(f"{OWN}calls.csv?model=starling")

        self.assertContains(response, "starling")
        self.assertNotContains(response, "parrot")

    def test_it_hides_from_strangers(self) -> None:
        asked(self.alice, self.key)

        response = self.as_user(self.bob).get(f"{OWN}calls.csv")

        self.assertNotContains(response, "Notebook")
