"""Receipts, sources, the panel of a model, and the theme."""

from __future__ import annotations

from django.test import Client, override_settings

from tests.cast import FRAGMENT, PARROT, CastCase, conversation_of, exchange


class ReceiptTests(CastCase):
    def setUp(self) -> None:
        super().setUp()
        self.turn = exchange(conversation_of(self.alice), "Which?", "A heron.")

    def test_the_dialog_gets_the_rows(self) -> None:
        response = self.client.get(f"/turns/{self.turn.pk}/receipt/", headers=FRAGMENT)

        self.assertContains(response, "request-of-the-double")
        self.assertContains(response, "12 tokens")
        self.assertNotContains(response, "<html")

    def test_without_scripts_it_is_a_page(self) -> None:
        response = self.client.get(f"/turns/{self.turn.pk}/receipt/")

        self.assertContains(response, "<html")
        self.assertContains(response, "request-of-the-double")

    def test_it_downloads_as_json(self) -> None:
        response = self.client.get(f"/turns/{self.turn.pk}/receipt.json")

        self.assertEqual(response.json()["answered"]["request_id"], "request-of-the-double")
        self.assertIn("attachment", response.headers["Content-Disposition"])

    def test_it_goes_with_its_conversation(self) -> None:
        self.turn.conversation.delete_softly()

        response = self.client.get(f"/turns/{self.turn.pk}/receipt/")

        self.assertEqual(response.status_code, 404)

    def test_it_hides_from_strangers(self) -> None:
        self.assert_hidden("get", f"/turns/{self.turn.pk}/receipt/")
        self.assert_hidden("get", f"/turns/{self.turn.pk}/receipt.json")


class SourceTests(CastCase):
    def test_it_is_the_words_as_they_were_written(self) -> None:
        turn = exchange(conversation_of(self.alice), "Which?", "A *heron* <b>.\n")

        response = self.client.get(f"/messages/{turn.answer_id}/source/")

        self.assertEqual(response.content.decode(), "A *heron* <b>.\n")
        self.assertEqual(response.headers["Content-Type"], "text/plain; charset=utf-8")

    def test_it_hides_from_strangers(self) -> None:
        turn = exchange(conversation_of(self.alice), "Which?", "A heron.")

        self.assert_hidden("get", f"/messages/{turn.answer_id}/source/")


@override_settings(ENDPOINTS=[PARROT])
class PanelTests(CastCase):
    def test_it_has_a_row_for_each_parameter_and_sends_none(self) -> None:
        response = self.client.get("/panel/?model=double/parrot")

        self.assertContains(response, 'data-name="temperature"')
        self.assertContains(response, 'data-name="reasoning_effort"')
        self.assertNotContains(response, " checked")

    def test_what_the_lane_sends_is_switched_on_with_its_value(self) -> None:
        conversation = conversation_of(self.alice)
        lane = conversation.lanes.get()
        lane.parameters = {"seed": 2147483647, "stop_sequences": ["one", "two"], "temperature": 1.0}
        lane.save()

        response = self.client.get(f"/c/{conversation.pk}/")

        self.assertContains(response, " checked", count=3)
        self.assertContains(response, 'value="2147483647"')
        self.assertContains(response, ">one\ntwo</textarea>")
        self.assertContains(response, 'panel__rest" open')

    def test_a_model_that_is_not_there_has_no_rows(self) -> None:
        response = self.client.get("/panel/?model=double/dodo")

        self.assertNotContains(response, "data-name")

    def test_it_hides_from_strangers(self) -> None:
        response = Client().get("/panel/?model=double/parrot")

        self.assertEqual(response.status_code, 302)


class ThemeTests(CastCase):
    def test_it_is_kept_and_painted_from_the_first_byte(self) -> None:
        self.client.post("/theme/", {"theme": "dark", "next": "/history/"})

        response = self.client.get("/history/")

        self.assertContains(response, 'data-theme="dark"')

    def test_it_leads_nowhere_else(self) -> None:
        response = self.client.post("/theme/", {"theme": "dark", "next": "https://evil.example/"})

        self.assertEqual(response.headers["Location"], "/")

    def test_an_invented_theme_changes_nothing(self) -> None:
        response = self.client.post("/theme/", {"theme": "<b>"})

        self.assertNotIn("theme", response.cookies)
