"""The playground page: a new conversation, and one that was begun."""

from __future__ import annotations

from django.test import override_settings

from chat.llm.errors import Unreachable
from chat.models import Turn
from chat.models.turn import error_to_json
from tests.cast import FRAGMENT, PARROT, CastCase, conversation_of, exchange


@override_settings(ENDPOINTS=[PARROT])
class NewConversationTests(CastCase):
    def test_it_offers_every_model(self) -> None:
        response = self.client.get("/")

        self.assertContains(response, 'data-key="double/parrot"')
        self.assertContains(response, 'data-key="double/starling"')

    def test_it_begins_with_the_model_and_settings_used_last(self) -> None:
        lane = conversation_of(self.alice).lanes.get()
        lane.model, lane.system = "double/starling", "Answer in verse."
        lane.parameters = {"temperature": 0.3}
        lane.save()

        response = self.client.get("/")

        self.assertContains(response, 'data-model="double/starling"')
        self.assertContains(response, "Answer in verse.")
        self.assertContains(response, 'value="0.3"')

    def test_an_address_prefills_and_keeps_what_is_out_of_range_for_the_person_to_see(self) -> None:
        response = self.client.get("/?prompt=Hello+there&model=double/starling&temperature=9")

        self.assertContains(response, ">Hello there</textarea>")
        self.assertContains(response, 'data-model="double/starling"')
        self.assertContains(response, 'value="9"')
        self.assertEqual(Turn.objects.count(), 0)

    def test_an_address_is_told_what_the_model_does_not_take(self) -> None:
        response = self.client.get(
            "/?model=double/starling&reasoning_effort=vast&temperature=1&utm_source=mail"
        )

        self.assertContains(response, "does not take it: reasoning_effort vast.")
        self.assertContains(response, 'value="1"')
        self.assertNotContains(response, "utm_source mail")

    def test_a_fragment_is_the_empty_state_of_the_model(self) -> None:
        response = self.client.get("/?model=double/starling", headers=FRAGMENT)

        self.assertContains(response, '<h2 class="empty__title">starling</h2>')
        self.assertNotContains(response, "<html")

    def test_an_address_cannot_bring_markup_in(self) -> None:
        response = self.client.get('/?prompt=</textarea><script>&temperature="><script>&model=<em>')

        self.assertNotContains(response, "<script>")
        self.assertNotContains(response, "<em>")

    def test_a_model_that_is_gone_is_named_and_not_replaced_in_silence(self) -> None:
        response = self.client.get("/?model=double/dodo")

        self.assertContains(response, "double/dodo is no longer offered here.")

    @override_settings(ENDPOINTS=[])
    def test_without_any_model_it_says_how_to_get_one(self) -> None:
        response = self.client.get("/")

        self.assertContains(response, "OPENAI_API_KEY")

    def test_it_shows_nothing_of_others(self) -> None:
        conversation_of(self.bob, "Bob's own plans")

        response = self.client.get("/")

        self.assertNotContains(response, "own plans")

    def test_it_asks_strangers_to_sign_in(self) -> None:
        self.client.logout()

        response = self.client.get("/")

        self.assertRedirects(response, "/sign-in/?next=/", fetch_redirect_response=False)


@override_settings(ENDPOINTS=[PARROT])
class ConversationTests(CastCase):
    def test_it_shows_the_path_with_its_markdown_rendered(self) -> None:
        conversation = conversation_of(self.alice, "Birds")
        exchange(conversation, "Which **bird**?", "A *heron*.")

        response = self.client.get(f"/c/{conversation.pk}/")

        self.assertContains(response, "<strong>bird</strong>")
        self.assertContains(response, "<em>heron</em>")
        self.assertContains(response, "<title>Birds · Playground</title>", html=True)

    def test_parts_stand_as_a_page_that_saw_them_arrive_has_them(self) -> None:
        conversation = conversation_of(self.alice)
        exchange(conversation, "Which?", "A heron.")

        response = self.client.get(f"/c/{conversation.pk}/")

        body = '<div class="message__body"><div class="part part--text" data-part="0">'
        block = '<div class="block"><p>A heron.</p></div>'
        self.assertContains(response, f"{body}{block}</div></div>")

    def test_an_answer_has_its_figures_under_it(self) -> None:
        conversation = conversation_of(self.alice)
        exchange(conversation, "Which?", "A heron.")

        response = self.client.get(f"/c/{conversation.pk}/")

        self.assertContains(response, "<b>0.34 s</b> to first token")
        self.assertContains(response, "<b>34</b> out")

    def test_a_failure_says_why_and_offers_a_retry(self) -> None:
        conversation = conversation_of(self.alice)
        turn = exchange(
            conversation, "Which?", "A he", status="failed", error=error_to_json(Unreachable())
        )

        response = self.client.get(f"/c/{conversation.pk}/")

        self.assertContains(response, Unreachable.default_message)
        self.assertContains(response, f'data-action="again" data-prompt="{turn.prompt_id}"')

    def test_a_running_answer_says_so_and_offers_nothing_yet(self) -> None:
        conversation = conversation_of(self.alice)
        exchange(conversation, "Which?", "A he", status="running")

        response = self.client.get(f"/c/{conversation.pk}/")

        self.assertContains(response, 'data-state="running"')
        self.assertNotContains(response, 'aria-label="Receipt" title')

    def test_a_link_to_a_message_opens_its_branch(self) -> None:
        conversation = conversation_of(self.alice)
        first = exchange(conversation, "Old words", "An old answer.")
        exchange(conversation, "New words", "A new answer.")

        response = self.client.get(f"/c/{conversation.pk}/?message={first.prompt_id}")

        self.assertContains(response, "An old answer.")
        self.assertNotContains(response, "A new answer.")

    def test_a_link_to_a_message_of_another_conversation_finds_nothing(self) -> None:
        conversation = conversation_of(self.alice)
        other = exchange(conversation_of(self.bob), "Bob asks", "Bob is told")

        for message in (other.prompt_id, "0", "x", "9" * 40, ""):
            response = self.client.get(f"/c/{conversation.pk}/?message={message}")
            self.assertEqual(response.status_code, 404, message)

    def test_a_fragment_is_the_thread_alone(self) -> None:
        conversation = conversation_of(self.alice)
        exchange(conversation, "Which?", "A heron.")

        response = self.client.get(f"/c/{conversation.pk}/", headers=FRAGMENT)

        self.assertContains(response, "A heron.")
        self.assertNotContains(response, "<html")

    def test_it_hides_from_strangers(self) -> None:
        conversation = conversation_of(self.alice)

        self.assert_hidden("get", f"/c/{conversation.pk}/")

    def test_what_is_deleted_is_gone(self) -> None:
        conversation = conversation_of(self.alice)
        conversation.delete_softly()

        response = self.client.get(f"/c/{conversation.pk}/")

        self.assertEqual(response.status_code, 404)
