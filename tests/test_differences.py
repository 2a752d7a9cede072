"""Two texts in one: what differs is marked, and it never takes long."""

from __future__ import annotations

import time
import unittest

from hypothesis import given
from hypothesis import strategies as st

from chat.differences import compare, words

TEXTS = st.text("ab \n.é中<", max_size=60)


class CompareTests(unittest.TestCase):
    @given(TEXTS, TEXTS)
    def test_both_texts_can_be_read_from_it(self, before: str, after: str) -> None:
        pieces = list(compare(before, after))

        self.assertEqual("".join(text for kind, text in pieces if kind != "added"), before)
        self.assertEqual("".join(text for kind, text in pieces if kind != "gone"), after)

    def test_the_words_that_differ_are_marked_and_no_others(self) -> None:
        html = words("A grey heron stands.\nIt waits.", "A white heron stands.\nIt waits.")

        self.assertEqual(html, "A <del>grey</del><ins>white</ins> heron stands.\nIt waits.")

    def test_markup_in_an_answer_stays_text(self) -> None:
        html = words("<script>", "<img onerror=x>")

        self.assertNotIn("<script", html)
        self.assertNotIn("<img", html)

    def test_two_hostile_megabytes_take_no_longer_than_a_moment(self) -> None:
        cases = {
            "one line": ("a " * 500_000, "a b " * 250_000),
            "equal lines": ("a\n" * 500_000, "b\na\n" * 250_000),
            "few lines": ("a b\n" * 3_900, "b a\n" * 3_900),
            "other words": ("a b " * 290, "b a a " * 190),
        }
        for name, (before, after) in cases.items():
            with self.subTest(name):
                start = time.process_time()

                list(compare(before, after))

                self.assertLess(time.process_time() - start, 4)
