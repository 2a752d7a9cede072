"""The same for administrators, over everybody and without a word that was said."""

from __future__ import annotations

from chat.models import ApiKey
from tests.cast import receipt_of
from tests.usage.case import ALL, OWN, CallCase, asked, failed


class EverybodyTests(CallCase):
    def setUp(self) -> None:
        super().setUp()
        self.alice.promote()
        bobs, _ = ApiKey.make(self.bob, name="Website")
        receipt = receipt_of()
        receipt["sent"] |= {
            "body": {"tools": [{"name": "launch_codes"}]},
            "parameters": [
                {"name": "stop", "fate": "sent", "value": "classified", "sent_as": "stop",
                 "reason": None}
            ],
        }  # fmt: skip
        receipt["sent"]["messages"]["files"] = [{"name": "will.pdf", "media_type": "x/y"}]
        self.call = failed(self.bob, "bad_request", key=bobs, receipt=receipt)
        asked(self.alice, self.key)

    def test_an_administrator_sees_the_sums_of_all(self) -> None:
        text = self.text(ALL)

        self.assertIn("Requests 2 ", text)
        self.assertIn("Alice Aster 1 100", text)
        self.assertIn("Bob Birch 1 1 failed", text)
        self.assertIn("Website Bob Birch 1 1 failed", text)

    def test_one_person_can_be_looked_at_alone(self) -> None:
        text = self.text(f"{ALL}?person={self.bob.pk}")

        self.assertIn("API: Bob Birch", text)
        self.assertIn("Requests 1 ", text)

    def test_an_administrator_never_sees_what_was_said(self) -> None:
        for path in (
            f"{ALL}calls/",
            f"{ALL}calls.csv",
            f"{ALL}calls/{self.call.pk}/",
            f"{ALL}calls/{self.call.pk}.json",
        ):
            response = self.client.get(path)
            self.assertContains(response, "bad_request")
            for word in ("classified", "launch_codes", "will.pdf", "Quotes the prompt"):
                self.assertNotContains(response, word)

    def test_the_person_sees_all_of_it(self) -> None:
        text = self.text(f"{OWN}calls/{self.call.pk}/", self.as_user(self.bob))

        for word in ("classified", "will.pdf", "Quotes the prompt"):
            self.assertIn(word, text)

    def test_own_pages_stay_ones_own(self) -> None:
        self.assertIn("Requests 1 ", self.text(OWN))
        self.assertEqual(self.client.get(f"{OWN}calls/{self.call.pk}/").status_code, 404)

    def test_it_hides_from_strangers(self) -> None:
        for page in ("", "calls/", "calls.csv", "tasks/", f"calls/{self.call.pk}/",
                     f"calls/{self.call.pk}.json"):  # fmt: skip
            self.assertEqual(self.as_user(self.bob).get(ALL + page).status_code, 404, page)
