"""What can be typed: words, phrases, beginnings, filters, and nonsense."""

from __future__ import annotations

import unittest
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from chat.models.words import MOST_TEXT, indexed, words
from chat.search.query import Query, Term, parse


def query(typed: str) -> Query:
    return parse(typed, zone=UTC)


class QueryTests(unittest.TestCase):
    def test_words_phrases_and_beginnings_are_told_apart(self) -> None:
        found = query('tide "spring neap" moo* ')

        self.assertEqual(
            found.terms,
            (Term(("tide",)), Term(("spring", "neap")), Term(("moo",), is_prefix=True)),
        )

    def test_the_word_being_typed_is_a_beginning_until_a_space_ends_it(self) -> None:
        self.assertEqual(query("her").terms, (Term(("her",), is_prefix=True),))
        self.assertEqual(query("her ").terms, (Term(("her",)),))

    def test_a_compound_is_a_phrase(self) -> None:
        self.assertEqual(query("snake_case ").terms, (Term(("snake", "case")),))
        self.assertEqual(query("https://a.b/ ").terms, (Term(("https", "a", "b")),))

    def test_filters_are_no_words(self) -> None:
        found = query("model:gpt-5 has:code has:IMAGE in:title tide ")

        self.assertEqual(found.models, (Term(("gpt", "5"), is_prefix=True),))
        self.assertEqual(found.has, ("code", "image"))
        self.assertEqual(found.place, "title")
        self.assertEqual(found.terms, (Term(("tide",)),))

    def test_a_day_begins_where_the_person_is(self) -> None:
        berlin = ZoneInfo("Europe/Berlin")

        found = parse("after:2026-03-31 before:2027", zone=berlin)

        self.assertEqual(found.after, datetime(2026, 3, 31, tzinfo=berlin))
        self.assertEqual(found.before, datetime(2027, 1, 1, tzinfo=berlin))

    def test_a_filter_that_makes_no_sense_is_said_in_words(self) -> None:
        for typed in (
            "before:soon",
            "after:2026-02-30",
            "has:feathers",
            "is:here",
            'tag:""',
            'in:" "',
        ):
            with self.subTest(typed):
                self.assertEqual(len(query(typed).problems), 1)
                self.assertEqual(query(typed).terms, ())

    @given(st.text())
    def test_nothing_that_can_be_typed_is_an_error(self, typed: str) -> None:
        query(typed)
        parse(typed + " before:0001-01-01 after:9999-12-31", zone=ZoneInfo("Asia/Tokyo"))


class WordsTests(unittest.TestCase):
    def test_case_accents_and_forms_are_gone(self) -> None:
        for text in ("Café", "CAFE\u0301", "ｃａｆé"):
            self.assertEqual(words(text), ["cafe"])
        self.assertEqual(words("Straße"), words("STRASSE"))

    def test_scripts_without_spaces_have_a_word_a_character(self) -> None:
        self.assertEqual(words("潮汐是moon引起"), ["潮", "汐", "是", "moon", "引", "起"])
        self.assertEqual(words("\u1112\u1161\u11ab국"), ["한", "국"])

    @given(st.text())
    def test_words_of_words_are_the_same(self, text: str) -> None:
        self.assertEqual(words(indexed(text)), words(text))

    def test_more_text_than_an_index_takes_is_cut_between_words(self) -> None:
        line = indexed("潮汐 " * MOST_TEXT)

        self.assertLessEqual(len(line.encode()), MOST_TEXT)
        self.assertEqual(set(line.split()), {"潮", "汐"})
