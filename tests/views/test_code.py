"""Code for the state of the page and for a receipt: what it sends, and what it never shows."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client, override_settings

from chat.models import File
from tests.cast import FRAGMENT, PARROT, CastCase, answer_again, conversation_of, exchange

SECRET = "sk-canary-0123456789"
OPENAI = {"name": "oa", "provider": "openai", "api_key": SECRET, "models": ["gpt-4o"]}


@override_settings(ENDPOINTS=[PARROT | {"api_key": SECRET}, OPENAI], SITE_URL="https://our.example")
class StateTests(CastCase):
    def code(self, state: dict[str, Any], **choice: str) -> str:
        state = {"model": "double/parrot", "system": "", "parameters": {}} | state
        fields = {"language": "curl", "state": json.dumps(state)} | choice
        response = self.client.post("/code/", fields, headers=FRAGMENT)
        self.assertEqual(response.status_code, 200)
        self.assertNotIn(SECRET, response.content.decode())
        return str(response.context["program"].snippet.text)

    def body(self, state: dict[str, Any], **choice: str) -> Any:
        text = self.code(state, **choice)
        return json.loads(text.partition("-d '")[2].rpartition("'")[0])

    def test_it_is_what_send_would_ask(self) -> None:
        conversation = conversation_of(self.alice)
        turn = exchange(conversation, "Which?", "A heron.")
        state = {
            "conversation": str(conversation.pk),
            "message": turn.answer_id,
            "text": "And why?",
            "system": "Be brief.",
            "parameters": {"temperature": 0.3},
        }

        body = self.body(state)

        self.assertEqual(body["model"], "double/parrot")
        self.assertEqual(body["temperature"], 0.3)
        self.assertEqual(
            [message["content"] for message in body["messages"]],
            ["Be brief.", "Which?", "A heron.", "And why?"],
        )
        last = self.body(state, last="on")
        self.assertEqual(
            [message["content"] for message in last["messages"]], ["Be brief.", "And why?"]
        )

    def test_nothing_written_yet_asks_the_last_question_again_or_says_hello(self) -> None:
        conversation = conversation_of(self.alice)
        turn = exchange(conversation, "Which?", "A heron.")
        state = {"conversation": str(conversation.pk), "message": turn.answer_id}

        self.assertEqual(self.body(state)["messages"], [{"role": "user", "content": "Which?"}])
        self.assertEqual(self.body({})["messages"], [{"role": "user", "content": "Hello"}])

    def test_every_language_and_dialect_asks_this_server(self) -> None:
        paths = {
            "openai": "https://our.example/api/v1/chat/completions",
            "anthropic": "https://our.example/api/v1/messages",
            "google": "https://our.example/api/v1beta/models/double%2Fparrot:",
        }
        for dialect, path in paths.items():
            for language in ("curl", "python", "javascript", "php"):
                for more in ({}, {"answer": "stream"}, {"answer": "task"}):
                    text = self.code({"text": "Hi"}, language=language, dialect=dialect, **more)

                    self.assertIn(path, text)
                    self.assertIn("PLAYGROUND_API_KEY", text)

    def test_a_public_provider_may_be_asked_straight(self) -> None:
        text = self.code({"model": "oa/gpt-4o"}, target="provider", dialect="google")

        self.assertIn("https://api.openai.com/v1/chat/completions", text)
        self.assertIn("$OPENAI_API_KEY", text)

    def test_the_address_of_an_inner_endpoint_is_for_administrators(self) -> None:
        self.assertNotIn("127.0.0.1", self.code({}, target="provider"))
        self.alice.is_staff = True
        self.alice.save()

        self.assertIn("127.0.0.1:9", self.code({}, target="provider"))

    def test_the_provider_itself_knows_no_tasks(self) -> None:
        text = self.code({"model": "oa/gpt-4o"}, target="provider", answer="task")

        self.assertNotIn("X-Async-Mode", text)

    def test_what_is_attached_is_read_where_the_program_runs(self) -> None:
        own = File.keep(b"\x89PNG", user=self.alice, name="bird.png", media_type="image/png")
        theirs = File.keep(b"\x89PNG", user=self.bob, name="cat.png", media_type="image/png")
        state = {"model": "double/parrot", "attachments": [str(own.pk), str(theirs.pk), "x", 3]}

        response = self.client.post("/code/", {"state": json.dumps(state)}, headers=FRAGMENT)

        self.assertContains(response, "Reads bird.png from the folder in which it runs.")
        self.assertNotContains(response, "cat.png")
        self.assertNotContains(response, "Hello")

    def test_what_a_dialect_has_no_word_for_is_listed(self) -> None:
        state = {"model": "double/parrot", "system": "", "parameters": {"seed": 7}}
        fields = {"dialect": "anthropic", "state": json.dumps(state)}

        response = self.client.post("/code/", fields, headers=FRAGMENT)

        self.assertContains(response, "seed is left out")

    def test_fences_and_markup_in_a_message_stay_text(self) -> None:
        state = {"model": "double/parrot", "text": "```\n</code><script>alert(1)</script>"}

        response = self.client.post("/code/", {"state": json.dumps(state)}, headers=FRAGMENT)

        self.assertNotContains(response, "<script")
        self.assertContains(response, 'class="code"', count=1)

    def test_a_wrong_setting_and_an_odd_state_get_a_sentence(self) -> None:
        wrong = json.dumps({"model": "double/parrot", "parameters": {"temperature": 9}})
        for state in (wrong, "", "[]", "{", '{"model": 3}', "[" * 5000):
            response = self.client.post("/code/", {"state": state}, headers=FRAGMENT)

            self.assertContains(response, "notice--warn")

    def test_it_hides_from_strangers(self) -> None:
        conversation = conversation_of(self.alice)
        turn = exchange(conversation, "Which?", "A heron.")
        state = {
            "model": "double/parrot",
            "conversation": str(conversation.pk),
            "message": turn.answer_id,
        }

        self.assert_hidden("post", "/code/", state=json.dumps(state))
        self.assertEqual(Client().get(f"/turns/{turn.pk}/code/").status_code, 302)


@override_settings(ENDPOINTS=[PARROT], SITE_URL="https://our.example")
class ReceiptTests(CastCase):
    def test_it_is_the_request_of_the_receipt_whatever_came_after(self) -> None:
        conversation = conversation_of(self.alice)
        turn = exchange(conversation, "Which?", "A heron.")
        turn.receipt["asked"]["parameters"] = {"temperature": 0.3}
        turn.save()
        answer_again(turn.prompt, "A duck.", lane=conversation.lanes.get())

        response = self.client.get(f"/turns/{turn.pk}/code/?language=curl")

        text = response.context["program"].snippet.text
        body = json.loads(text.partition("-d '")[2].rpartition("'")[0])
        self.assertEqual(body["messages"], [{"role": "user", "content": "Which?"}])
        self.assertEqual(body["temperature"], 0.3)

    def test_a_model_that_is_gone_has_code_too(self) -> None:
        turn = exchange(conversation_of(self.alice), "Which?", "A heron.")
        with self.settings(ENDPOINTS=[]):
            response = self.client.get(f"/turns/{turn.pk}/code/?target=provider")

        self.assertContains(response, "double/parrot")

    def test_it_hides_from_strangers(self) -> None:
        turn = exchange(conversation_of(self.alice), "Which?", "A heron.")

        self.assert_hidden("get", f"/turns/{turn.pk}/code/")
