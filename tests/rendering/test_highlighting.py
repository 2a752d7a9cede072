"""Colours never change the text, and never come from where they should not."""

from __future__ import annotations

from unittest import mock

from django.test import SimpleTestCase
from pygments.lexers import get_lexer_by_name

from chat.rendering.highlighting import (
    CLASSES,
    LANGUAGES,
    LINE_LIMIT,
    SOURCE_LIMIT,
    highlighted,
    highlighted_soon,
)
from chat.rendering.spelling import escaped
from tests.rendering.oracle import judge

SAMPLE = """#!/bin/x
<?xml a="1"?> <b class='c'>&amp;</b>  // é 🎉 \u00a0
def f(x: int) -> "str": return f"{x!r}\\n" + 'a' if x < 1e3 else None
SELECT * FROM t WHERE a = $1; -- c
@media { a: #fff } /* open
"""


class Colours(SimpleTestCase):
    def test_every_language_that_we_name_exists(self) -> None:
        for name in sorted(LANGUAGES):
            with self.subTest(name):
                self.assertTrue(get_lexer_by_name(name).name)

    def test_every_language_keeps_the_text(self) -> None:
        for name in sorted(LANGUAGES):
            with self.subTest(name):
                seen = judge(highlighted(SAMPLE, name))

                self.assertEqual(seen.text, SAMPLE)
                self.assertEqual(seen.faults, [])

    def test_only_the_named_classes_are_used(self) -> None:
        html = "".join(highlighted(SAMPLE, name) for name in LANGUAGES)

        self.assertLessEqual(
            {piece.partition('"')[0] for piece in html.split('<span class="')[1:]}, CLASSES
        )

    def test_php_needs_no_opening_tag(self) -> None:
        self.assertIn('<span class="k">echo </span>', highlighted("echo 1;", "php"))

    def test_what_is_unknown_or_too_large_stays_as_it_is(self) -> None:
        for source, name in (
            ("def f(): pass", "elvish"),
            ("x = 1\n" * SOURCE_LIMIT, "python"),
            ("x = " + "1" * LINE_LIMIT, "python"),
        ):
            with self.subTest(name, size=len(source)):
                self.assertEqual(highlighted(source, name), escaped(source))
                self.assertEqual(highlighted_soon(source, name), escaped(source))

    def test_when_time_is_up_the_rest_stays_plain(self) -> None:
        source = "return 1\n" * 3  # not seen by another test

        with mock.patch("chat.rendering.highlighting.SECONDS_LIMIT", -1):
            html = highlighted(source, "python")

        self.assertEqual(html, escaped(source))

    def test_what_is_known_already_is_there_at_once(self) -> None:
        first = highlighted("return 42", "python")

        self.assertIs(highlighted_soon("return 42", "python"), first)
