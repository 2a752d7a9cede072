"""Text made to hurt: the work stays bounded, and every word of it stays on the page."""

from __future__ import annotations

from unittest import mock

import comrak
from django.test import SimpleTestCase

from chat.rendering import LiveMarkdown, apply_patch, patch, render_blocks
from chat.rendering.formulas import DEPTH_LIMIT, SOURCE_LIMIT, mathml
from chat.rendering.live import OPEN_LIMIT
from chat.rendering.source import MARKDOWN_LIMIT, NESTING, PLAIN_BLOCK
from tests.rendering.oracle import judge, text_of

DEEPEST = 2 * NESTING + 10  # a list is two elements a level

HOSTILE = {
    "50,000 divs": "<div>" * 50_000,
    "50,000 divs on lines": "<div>\n" * 50_000,
    "100,000 quotes": ">" * 100_000 + "a",
    "100,000 spaced quotes": "> " * 100_000 + "a",
    "quotes in a list": "- " + ">" * 100_000 + "a",
    "quotes and lists": "> - " * 10_000 + "a",
    "1 MB on a line": "word " * 200_000,
    "a 30,000-row table": "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 30_000,
    "rows that are filled up": "|" + "a|" * 500 + "\n|" + "-|" * 500 + "\n" + "|\n" * 5_000,
    "10,000 links": "[a](https://e.com/b) " * 10_000,
    "10,000 references": "".join(f"[{n}]: https://e.com/{n}\n" for n in range(10_000)) + "[1]\n",
    "a reference to much": f"[a]: https://e.com/{'b' * 5_000}\n\n" + "[a]" * 20_000,
    "deep lists": "".join("  " * level + "- a\n" for level in range(300)),
    "openers of inline math": "\\(" * 100_000,
    "openers of display math": "\\[ a" * 50_000,
    "closers before openers": "\\)" * 50_000 + "\\(" * 50_000,
    "dollars": "$" * 100_000,
    "dollars and letters": "$a " * 50_000,
    "open brackets": "[" * 100_000,
    "open links": "[a](" * 50_000,
    "stars": "*a **b " * 30_000,
    "nested emphasis": "*a **b " * 5_000 + "c** d* " * 5_000,
    "backticks": "".join("`" * n + " " for n in range(600)),
    "fences": "```\n" * 50_000,
    "open comments": "<!-- " * 50_000,
    "entities": "&lt;sub&gt;" * 20_000,
    "paragraphs": "a\n\n" * 50_000,
    "empty lines": "\n" * 200_000,
    "NUL, surrogates, separators": "\x00\ud800\u2028\udfff\u2029\ufdd0\ufeff " * 5_000,
}


class Hostile(SimpleTestCase):
    def test_it_stays_whole_shallow_and_complete(self) -> None:
        for name, middle in HOSTILE.items():
            with self.subTest(name):
                text = f"beginning\n\n{middle}\n\nthe end"

                blocks = render_blocks(text)

                seen = [judge(block) for block in blocks]
                self.assertEqual([fault for block in seen for fault in block.faults], [])
                self.assertLessEqual(max(block.depth for block in seen), DEEPEST)
                self.assertIn("beginning", blocks[0])
                self.assertIn("the end", blocks[-1])

    def test_streamed_it_ends_as_the_whole(self) -> None:
        for name, text in HOSTILE.items():
            with self.subTest(name):
                live = LiveMarkdown(clock=lambda: 0.0)
                sent: tuple[str, ...] = ()
                page: tuple[str, ...] = ()
                for start in range(0, len(text), 40_000):
                    live.feed(text[start : start + 40_000])
                    now = live.blocks()
                    page = apply_patch(page, patch(sent, now))
                    sent = now
                page = apply_patch(page, patch(sent, live.finish()))

                self.assertEqual(page, render_blocks(text))


class Content(SimpleTestCase):
    def test_what_is_beyond_the_limit_is_shown_plain(self) -> None:
        text = "**bold** line\n\n" * (2 * MARKDOWN_LIMIT // 15)

        blocks = render_blocks(text)

        self.assertEqual(blocks[0], "<p><strong>bold</strong> line</p>")
        self.assertTrue(blocks[-1].startswith('<pre class="plain">**bold** line\n\n'))
        self.assertEqual(text_of(blocks).count("line"), text.count("line"))
        self.assertLessEqual(max(map(len, blocks[1:])), PLAIN_BLOCK + 100)

    def test_a_block_nested_too_deeply_is_shown_as_its_source(self) -> None:
        text = "".join("  " * level + f"- word{level}\n" for level in range(60))

        before, block, after = render_blocks(f"before\n\n{text}\nafter")

        self.assertEqual((before, after), ("<p>before</p>", "<p>after</p>"))
        self.assertEqual(judge(block).text.strip(), text.strip())

    def test_quotes_nested_too_deeply_keep_their_signs(self) -> None:
        (block,) = render_blocks(">" * 50 + " words")

        self.assertEqual(block.count("<blockquote>"), NESTING)
        self.assertIn("&gt;" * 30 + " words", block)

    def test_a_table_too_large_for_html_is_shown_as_its_source(self) -> None:
        text = "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 20_000

        (block,) = render_blocks(text)

        self.assertEqual(judge(block).text.strip(), text.strip())

    def test_math_that_never_ends_is_text(self) -> None:
        (block,) = render_blocks("\\(x " * 1000 + "\\(y\\)")

        self.assertNotIn("<math", block)
        self.assertEqual(judge(block).text.count("x"), 1000)

    def test_characters_that_cannot_be_stored_are_replaced(self) -> None:
        self.assertEqual(render_blocks("a\x00b\ud800c\u2028d"), ("<p>a\ufffdb\ufffdc\u2028d</p>",))


class Work(SimpleTestCase):
    def parsed(self, text: str, step: int) -> int:
        """How many characters the parser is given while a text arrives in steps."""
        live = LiveMarkdown(clock=lambda: 0.0)
        with mock.patch.object(comrak, "markdown_to_html", wraps=comrak.markdown_to_html) as parser:
            for start in range(0, len(text), step):
                live.feed(text[start : start + step])
                live.blocks()
        return sum(len(call.args[0]) for call in parser.call_args_list)

    def test_paragraphs_are_not_read_again_once_they_are_closed(self) -> None:
        text = "some words in a paragraph\n\n" * 400

        self.assertLess(self.parsed(text, 10), 15 * len(text))

    def test_code_is_not_read_before_its_fence_is_closed(self) -> None:
        text = "```python\n" + "print('line')\n" * 2000

        self.assertLess(self.parsed(text, 10), 100)
        self.assertLess(self.parsed(text + "```\n\n", 10), 2 * len(text))

    def test_a_block_that_never_ends_is_cut_for_the_time_being(self) -> None:
        text = "- an item\n" * 20_000

        reads = len(text) / 2_000

        self.assertLess(self.parsed(text, 2_000), reads * OPEN_LIMIT)

    def test_formulas_too_long_or_deep_are_not_converted(self) -> None:
        deep = DEPTH_LIMIT + 1

        self.assertIsNone(mathml("{" * 100_000, False))
        self.assertIsNone(mathml("{" * deep + "x" + "}" * deep, False))
        self.assertIsNone(mathml("\\left(" * deep + "x" + "\\right)" * deep, False))
        self.assertIsNone(mathml("x" * (SOURCE_LIMIT + 1), False))
        self.assertIsNone(mathml("\\def\\x{\\x\\x}\\x", False))
        self.assertIsNotNone(mathml("\\frac{a}{b}", False))
