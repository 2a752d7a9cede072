"""What a search finds, in either database: words, phrases, beginnings, filters, other scripts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from chat import search
from chat.models import Conversation, IndexedMessage, Message, Turn, User
from tests.cast import CastCase, conversation_of, exchange


def said(user: User, title: str, question: str, answer: str, **fields: Any) -> Conversation:
    """A conversation with one exchange, indexed as the product does it."""
    conversation = conversation_of(user)
    conversation.rename(title)
    turn = exchange(conversation, question, answer, **fields)
    put(turn)
    return conversation


def put(turn: Turn) -> None:
    IndexedMessage.put(turn.prompt)
    IndexedMessage.put(turn.answer)


def write_at(message: Message, moment: datetime) -> None:
    message.created_at = moment
    message.save()
    IndexedMessage.put(message)


class FindCase(CastCase):
    def find(self, typed: str, user: User | None = None, **options: Any) -> search.Found:
        return search.find(user or self.alice, typed, zone=UTC, **options)

    def texts(self, typed: str, user: User | None = None) -> list[str]:
        return [found.message.text for found in self.find(typed, user).messages]

    def titles(self, typed: str, user: User | None = None) -> list[str]:
        return [found.conversation.title for found in self.find(typed, user).titles]


class WordTests(FindCase):
    def setUp(self) -> None:
        said(self.alice, "About the sea", "Why do tides rise?", "The moon pulls, and the sun too.")

    def test_it_finds_a_word_in_a_question_and_in_an_answer(self) -> None:
        self.assertEqual(self.texts("tides "), ["Why do tides rise?"])
        self.assertEqual(self.texts("moon "), ["The moon pulls, and the sun too."])

    def test_all_words_must_be_there(self) -> None:
        self.assertEqual(len(self.texts("sun moon ")), 1)
        self.assertEqual(self.texts("sun stars "), [])

    def test_a_phrase_stands_together(self) -> None:
        self.assertEqual(len(self.texts('"the moon pulls"')), 1)
        self.assertEqual(self.texts('"moon the pulls"'), [])

    def test_a_beginning_is_asked_for_or_being_typed(self) -> None:
        for typed in ("tid", "tid* why ", '"why do tid"*'):
            self.assertEqual(self.texts(typed), ["Why do tides rise?"], typed)
        self.assertEqual(self.texts("tid "), [])

    def test_titles_come_by_themselves(self) -> None:
        self.assertEqual(self.titles("sea "), ["About the sea"])
        self.assertEqual(self.texts("sea "), [])

    def test_a_place_leaves_out_the_other(self) -> None:
        said(self.alice, "Moon", "Is it far?", "The moon is.")

        self.assertEqual(self.titles("in:messages moon"), [])
        self.assertEqual(self.texts("in:title moon"), [])
        self.assertEqual(self.titles("in:title moon"), ["Moon"])

    def test_accents_case_and_normal_forms_make_no_difference(self) -> None:
        said(self.alice, "", "Un café, s'il vous plaît", "Voilà")

        for typed in ("CAFE ", "cafe\u0301 ", "plait ", "ｃａｆé "):
            self.assertEqual(len(self.texts(typed)), 1, typed)

    def test_words_inside_other_scripts_are_found(self) -> None:
        said(self.alice, "潮汐の話", "潮汐は月の引力で起こる", "คนไทย 고양이가 잔다")

        self.assertEqual(len(self.texts("引力")), 1)
        self.assertEqual(len(self.texts("고양이")), 1)
        self.assertEqual(len(self.texts("ไทย")), 1)
        self.assertEqual(self.titles("潮汐"), ["潮汐の話"])
        self.assertEqual(self.texts("力引"), [])

    def test_numbers_and_code_names_are_words(self) -> None:
        said(self.alice, "", "read_file(0x1f, 1e5) in src/app.py v2.10", "ok")

        for typed in ("read_file ", "0x1f ", "1e5 ", "app.py ", "src/app ", "v2.10 ", "file "):
            self.assertEqual(len(self.texts(typed)), 1, typed)


class FilterTests(FindCase):
    def test_a_model_is_found_by_the_beginning_of_its_name(self) -> None:
        conversation = conversation_of(self.alice)
        receipt = {"asked": {"model": "double/gpt-5-mini"}}
        put(exchange(conversation, "Tides?", "Moon.", receipt=receipt))

        self.assertEqual(self.texts("model:gpt-5 moon "), ["Moon."])
        self.assertEqual(self.texts("model:gpt-5 tides "), ["Tides?"])
        self.assertEqual(self.texts("model:gpt-6 moon "), [])

    def test_code_and_pictures_can_be_asked_for(self) -> None:
        conversation = conversation_of(self.alice)
        turn = exchange(conversation, "A loop?", "Here:\n```python\nfor x in y:\n```")
        turn.prompt.parts += [{"type": "media", "media_type": "image/png", "name": "loop.png"}]
        turn.prompt.save()
        put(turn)

        self.assertEqual(len(self.texts("has:code loop ")), 0)
        self.assertEqual(len(self.texts("has:code")), 1)
        self.assertEqual(self.texts("has:image"), ["A loop?"])
        self.assertEqual(self.texts("loop.png "), ["A loop?"])
        self.assertEqual(self.texts("hascode "), [])

    def test_days_are_the_edges_of_what_is_found(self) -> None:
        conversation = conversation_of(self.alice)
        turn = exchange(conversation, "Old tide", "New tide")
        write_at(turn.prompt, datetime(2025, 3, 31, 23, 59, tzinfo=UTC))
        write_at(turn.answer, datetime(2025, 4, 1, tzinfo=UTC))

        self.assertEqual(self.texts("tide before:2025-04-01"), ["Old tide"])
        self.assertEqual(self.texts("tide after:2025-04-01"), ["New tide"])
        self.assertEqual(self.texts("before:2025-04"), ["Old tide"])
        self.assertEqual(self.texts("tide after:9999 before:0001"), [])


class OrderTests(FindCase):
    def test_the_newest_comes_first_and_pages_neither_repeat_nor_leave_out(self) -> None:
        conversation = conversation_of(self.alice)
        moment = timezone.now()
        for number in range(search.PAGE + 5):
            turn = exchange(conversation, f"Tide no. {number}", "")
            write_at(turn.prompt, moment - timedelta(hours=number))

        first = self.find("tide ")
        second = self.find("tide ", before=first.next)

        texts = [found.message.text for found in (*first.messages, *second.messages)]
        self.assertEqual(texts, [f"Tide no. {number}" for number in range(search.PAGE + 5)])
        self.assertIsNone(second.next)

    def test_titles_are_in_the_order_of_the_history_and_on_the_first_page_only(self) -> None:
        for hours in (3, 1, 2):
            conversation = conversation_of(
                self.alice, active_at=timezone.now() - timedelta(hours=hours)
            )
            conversation.rename(f"Tides, {hours}")

        self.assertEqual(self.titles("tides"), ["Tides, 1", "Tides, 2", "Tides, 3"])
        self.assertEqual(self.find("tides", before=1).titles, ())


class OwnerTests(FindCase):
    def test_it_hides_from_strangers(self) -> None:
        said(self.alice, "Herons", "What do herons eat?", "Fish")

        for stranger in (self.bob, self.charlie):
            for typed in (
                "herons",
                f'"u{self.alice.pk} herons"',
                f"u{self.alice.pk} ",
                "after:2000",
            ):
                self.assertTrue(self.find(typed, stranger).is_nothing, typed)
        self.assertFalse(self.find("herons").is_nothing)

    def test_it_never_shows_an_index_that_lies(self) -> None:
        conversation = said(self.bob, "Herons", "What do herons eat?", "Fish")
        IndexedMessage.objects.filter(conversation=conversation).update(user=self.alice)

        self.assertTrue(self.find("herons").is_nothing)
