"""What can be done with a receipt: the request again as JSON, and two answers compared."""

from __future__ import annotations

from django.test import override_settings

from chat.llm.types import Message, TextPart
from chat.receipts import digest
from tests.cast import FRAGMENT, PARROT, CastCase, answer_again, conversation_of, exchange


@override_settings(ENDPOINTS=[PARROT])
class RequestTests(CastCase):
    def test_it_is_the_body_as_it_was_sent(self) -> None:
        turn = exchange(conversation_of(self.alice), "Which?", "A heron.")
        turn.receipt["asked"]["system"] = "Be brief."
        turn.receipt["sent"]["body"] = {"model": "parrot", "stream": True, "temperature": 0.3}
        turn.save()

        response = self.client.get(f"/turns/{turn.pk}/request.json")

        self.assertEqual(
            response.json(),
            {
                "model": "parrot",
                "stream": True,
                "temperature": 0.3,
                "messages": [
                    {"role": "system", "content": "Be brief."},
                    {"role": "user", "content": "Which?"},
                ],
            },
        )

    def test_a_receipt_of_an_endpoint_that_is_gone_can_be_copied_too(self) -> None:
        turn = exchange(conversation_of(self.alice), "Which?", "A heron.")
        for dialect, field in (("anthropic", "messages"), ("google", "contents")):
            turn.receipt["sent"] |= {"dialect": dialect, "endpoint": "gone"}
            turn.save()

            response = self.client.get(f"/turns/{turn.pk}/request.json")

            self.assertIn("Which?", str(response.json()[field]))

    def test_it_hides_from_strangers(self) -> None:
        turn = exchange(conversation_of(self.alice), "Which?", "A heron.")

        self.assert_hidden("get", f"/turns/{turn.pk}/request.json")


class DifferenceTests(CastCase):
    def setUp(self) -> None:
        super().setUp()
        self.conversation = conversation_of(self.alice)
        self.first = exchange(self.conversation, "Which?", "A grey heron.")
        self.second = answer_again(
            self.first.prompt, "A white heron.", lane=self.conversation.lanes.get()
        )
        self.second.receipt["asked"]["parameters"] = {"temperature": 0.3}
        self.second.save()

    def test_it_compares_parameters_and_words(self) -> None:
        path = f"/turns/{self.second.pk}/difference/?with={self.first.pk}"

        response = self.client.get(path, headers=FRAGMENT)

        self.assertContains(response, "<del>grey</del><ins>white</ins>")
        self.assertContains(response, "<td>not sent</td><td>0.3</td>")
        self.assertNotContains(response, "<html")

    def test_it_begins_with_another_answer_to_the_same_question(self) -> None:
        exchange(self.conversation, "And?", "Ducks.", parent=self.second.answer)

        response = self.client.get(f"/turns/{self.second.pk}/difference/")

        self.assertContains(response, "Same question · ")
        self.assertContains(response, "<del>grey</del>")

    def test_an_only_answer_has_nothing_to_compare_with(self) -> None:
        turn = exchange(conversation_of(self.alice), "Which?", "A heron.")

        response = self.client.get(f"/turns/{turn.pk}/difference/")

        self.assertContains(response, "There is no other answer yet")

    def test_the_other_answer_is_of_the_same_conversation(self) -> None:
        elsewhere = exchange(conversation_of(self.alice), "Which?", "A heron.")
        for named in (str(elsewhere.pk), "x", "-1", "9" * 30):
            response = self.client.get(f"/turns/{self.first.pk}/difference/", {"with": named})

            self.assertEqual(response.status_code, 404)

    def test_it_hides_from_strangers(self) -> None:
        self.assert_hidden("get", f"/turns/{self.first.pk}/difference/")


class DigestTests(CastCase):
    def test_the_messages_of_the_request_are_those_that_were_hashed(self) -> None:
        turn = exchange(conversation_of(self.alice), "Which?", "A heron.")
        turn.receipt["sent"]["messages"]["sha256"] = digest(
            (Message("user", (TextPart("Which?"),)),)
        )
        turn.save()

        receipt = self.client.get(f"/turns/{turn.pk}/receipt.json").json()

        self.assertIs(receipt["sent"]["messages"]["is_unchanged"], True)
