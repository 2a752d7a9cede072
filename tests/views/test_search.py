"""The search field's answers as pages and as pieces of one: links, marks, and whatever is typed."""

from __future__ import annotations

import importlib
import time

from django.apps import apps
from django.http import HttpResponse

from chat.models import IndexedMessage, IndexedTitle
from tests.cast import FRAGMENT, CastCase
from tests.search.test_find import said

HOSTILE = (
    '%_\\"',
    "*",
    '"',
    '"unbalanced',
    "a" * 10_000,
    "herons " * 1500,
    '"' * 10_000,
    "(a+)+$",
    "AND OR NOT NEAR(a b)",
    "body : x ^y - z",
    "'; DROP TABLE chat_message; --",
    "a:* & !b | <->",
    "\0\ud83d",
    "\u202e\u2028\ufeff",
    "e\u0301" * 400,
    "潮" * 2000,
    "model: has: in: before: after:",
    'model:"',
    "-1",
)


class SearchViewTests(CastCase):
    def search(self, typed: str, **more: str) -> HttpResponse:
        return self.client.get("/history/", {"q": typed} | more, headers=FRAGMENT)

    def test_a_hit_is_marked_and_opens_at_its_message(self) -> None:
        conversation = said(self.alice, "Birds", "What do <b>herons</b> eat?", "Fish & frogs")
        message = conversation.messages.first()

        response = self.search("herons")

        address = f"/c/{conversation.pk}/?message={message.pk}#message-{message.pk}"
        self.assertContains(response, f'href="{address}"')
        self.assertContains(response, "What do &lt;b&gt;<mark>herons</mark>&lt;/b&gt; eat?")
        self.assertEqual(self.client.get(address).status_code, 200)

    def test_titles_come_before_messages(self) -> None:
        said(self.alice, "Herons", "What do herons eat?", "Fish")

        text = self.search("herons").content.decode()

        self.assertLess(text.index('data-day="titles"'), text.index('data-day="messages"'))

    def test_an_excerpt_of_a_long_message_begins_near_the_hit(self) -> None:
        said(self.alice, "", "Tides " * 20_000 + "and one heron " + "again " * 20_000, "")

        response = self.search("heron")

        self.assertContains(response, "<mark>heron</mark> again")
        self.assertLess(len(response.content), 5_000)

    def test_whatever_is_typed_gets_an_answer_and_soon(self) -> None:
        for number in range(30):
            said(self.alice, f"Herons {number}", "What do herons eat? " * 500, "a " * 5_000)

        self.search("the first answer loads templates")

        for typed in HOSTILE:
            began = time.process_time()  # other tests may run beside it
            response = self.client.get(
                "/history/", {"q": typed.encode("utf-8", "surrogatepass")}, headers=FRAGMENT
            )
            with self.subTest(typed[:20]):
                self.assertEqual(response.status_code, 200)
                self.assertLess(time.process_time() - began, 0.3)

    def test_nothing_found_is_said_in_safe_words(self) -> None:
        self.assertContains(self.search("<b>"), "Nothing was found for “&lt;b&gt;”.")

    def test_a_filter_that_makes_no_sense_is_explained(self) -> None:
        self.assertContains(self.search("before:soon"), "before: is followed by a day")

    def test_a_place_that_makes_no_sense_is_the_beginning(self) -> None:
        said(self.alice, "Birds", "What do herons eat?", "Fish")

        for before in ("x", "-1", "9" * 30, "²"):
            self.assertContains(self.search("herons", before=before), "<mark>herons</mark>")

    def test_without_scripts_it_is_a_page(self) -> None:
        said(self.alice, "Herons", "What do herons eat?", "Fish")

        response = self.client.get("/history/?q=herons")

        self.assertContains(response, "<h1>Search</h1>")
        self.assertContains(response, "<mark>herons</mark>")

    def test_it_hides_from_strangers(self) -> None:
        said(self.alice, "Herons", "What do herons eat?", "Fish")

        for stranger in (self.bob, self.charlie):
            response = self.as_user(stranger).get("/history/?q=herons", headers=FRAGMENT)
            self.assertNotContains(response, "/c/")
        self.assertEqual(self.client_of_nobody().status_code, 302)

    def client_of_nobody(self) -> HttpResponse:
        self.client.logout()
        return self.search("herons")


class MigrationTests(CastCase):
    def test_it_indexes_what_was_there_before(self) -> None:
        conversation = said(self.alice, "Birds", "What do herons eat?", "```\nfish\n```")
        before = [list(model.objects.order_by("pk").values_list()) for model in (IndexedMessage,)]
        titles = set(IndexedTitle.objects.values_list("conversation", "user", "body"))
        IndexedMessage.objects.all().delete()
        IndexedTitle.objects.all().delete()

        importlib.import_module("chat.migrations.0005_search").fill(apps, None)

        after = [list(model.objects.order_by("pk").values_list()) for model in (IndexedMessage,)]
        self.assertEqual(after, before)
        self.assertEqual(
            set(IndexedTitle.objects.values_list("conversation", "user", "body")), titles
        )
        self.assertEqual(IndexedMessage.objects.filter(conversation=conversation).count(), 2)
