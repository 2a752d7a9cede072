"""What Markdown becomes on the page."""

from __future__ import annotations

from django.test import SimpleTestCase
from django.utils.safestring import SafeString

from chat.rendering import render, render_blocks


class Blocks(SimpleTestCase):
    def test_a_document_is_its_blocks_each_in_an_element(self) -> None:
        text = "# One\n\ntwo\n"

        html = render(text)

        self.assertIsInstance(html, SafeString)
        self.assertEqual(
            html, '<div class="block"><h1>One</h1></div><div class="block"><p>two</p></div>'
        )

    def test_nothing_is_nothing(self) -> None:
        self.assertEqual(render_blocks(""), ())
        self.assertEqual(render_blocks(" \n\n\t\n"), ())

    def test_a_list_with_a_quote_and_code_is_one_block(self) -> None:
        self.assertEqual(len(render_blocks("- a\n\n  > b\n\n  ```\n  c\n  ```\n\n- d\n")), 1)

    def test_a_table_has_room_to_scroll(self) -> None:
        (block,) = render_blocks("|a|b|\n|:-|-:|\n|1|2|\n")

        self.assertTrue(block.startswith('<div class="table" role="region"'))
        self.assertIn('<td align="right">2</td>', block)
        self.assertTrue(block.endswith("</table></div>"))

    def test_tasks_have_boxes_that_cannot_be_ticked(self) -> None:
        (block,) = render_blocks("- [x] a\n- [ ] b\n")

        self.assertTrue(block.startswith('<ul class="tasks">\n<li class="task"><input'))
        self.assertEqual(block.count('disabled=""'), 2)
        self.assertEqual(block.count('aria-label="Done" checked=""'), 1)

    def test_an_alert_is_a_callout(self) -> None:
        self.assertEqual(
            render_blocks("> [!TIP] Own\n> text\n"),
            (
                '<div class="callout callout--tip">\n<p class="callout__title">Own</p>\n'
                "<p>text</p>\n</div>",
            ),
        )

    def test_emphasis_next_to_chinese_punctuation_works(self) -> None:
        self.assertEqual(render_blocks("**中文。**你好"), ("<p><strong>中文。</strong>你好</p>",))


class Html(SimpleTestCase):
    def test_raw_html_is_text(self) -> None:
        self.assertEqual(
            render_blocks('<div class="x">\n**b** <i>c</i>\n</div>\n'),
            (
                '<p>&lt;div class="x"&gt;\n<strong>b</strong> &lt;i&gt;c&lt;/i&gt;\n'
                "&lt;/div&gt;</p>",
            ),
        )

    def test_a_comment_does_not_swallow_the_rest(self) -> None:
        self.assertEqual(
            render_blocks("<!-- open\n\n**bold**\n"),
            ("<p>&lt;!-- open</p>", "<p><strong>bold</strong></p>"),
        )

    def test_four_small_tags_without_attributes_work(self) -> None:
        self.assertEqual(
            render_blocks("a<br>b H<sub>2</sub>O x<sup>2</sup> <kbd>Ctrl</kbd>"),
            ("<p>a<br>b H<sub>2</sub>O x<sup>2</sup> <kbd>Ctrl</kbd></p>",),
        )

    def test_small_tags_that_are_not_balanced_are_text(self) -> None:
        self.assertEqual(
            render_blocks("<sub>a *b</sub> c* <sup>d"),
            ("<p>&lt;sub&gt;a <em>b&lt;/sub&gt; c</em> &lt;sup&gt;d</p>",),
        )

    def test_small_tags_in_code_are_text(self) -> None:
        self.assertEqual(render_blocks("`<br>`"), ("<p><code>&lt;br&gt;</code></p>",))


class Code(SimpleTestCase):
    def test_code_has_a_bar_with_its_language_and_a_copy_button(self) -> None:
        (block,) = render_blocks("```elvish title\na < b\n```\n")

        self.assertTrue(block.startswith('<figure class="code"><figcaption class="code__bar">'))
        self.assertIn("<span>elvish</span><button", block)
        self.assertIn('data-action="copy-code" aria-label="Copy code"', block)
        self.assertTrue(
            block.endswith(
                '<pre tabindex="0"><code class="language-elvish">a &lt; b\n</code></pre></figure>'
            )
        )

    def test_known_languages_have_colours_as_classes(self) -> None:
        (block,) = render_blocks("```python\nreturn '<b>'\n```\n")

        self.assertIn('<span class="k">return </span>', block)
        self.assertIn("<span class=\"s\">'&lt;b&gt;'", block)

    def test_a_fence_in_a_list_is_dressed_too(self) -> None:
        (block,) = render_blocks("1. a\n\n   ```sh\n   ls\n   ```\n")

        self.assertIn('<figure class="code">', block)

    def test_a_language_that_is_no_name_is_not_one(self) -> None:
        (block,) = render_blocks('```"><script>\nx\n```\n')

        self.assertIn("<span>text</span>", block)
        self.assertIn('<pre tabindex="0"><code>x', block)


class Formulas(SimpleTestCase):
    def test_all_four_spellings_are_mathml(self) -> None:
        (block,) = render_blocks("$a$ \\(b\\) $$c$$ \\[d\\]")

        self.assertEqual(block.count("<math>"), 2)
        self.assertEqual(block.count('<math display="block">'), 2)

    def test_a_fence_of_math_is_a_formula(self) -> None:
        (block,) = render_blocks("```math\nx^2\n```\n")

        self.assertTrue(block.startswith('<p><math display="block">'))

    def test_what_the_converter_does_not_know_is_its_source(self) -> None:
        self.assertEqual(
            render_blocks("$\\nosuch{x} < 1$"),
            ('<p><code class="formula">$\\nosuch{x} &lt; 1$</code></p>',),
        )

    def test_money_is_not_math(self) -> None:
        self.assertEqual(render_blocks("$5 or $6"), ("<p>$5 or $6</p>",))

    def test_style_becomes_classes_and_colour_an_attribute(self) -> None:
        (block,) = render_blocks("$$\\begin{align}a&=\\color{red}b\\end{align}$$")

        self.assertNotIn(" style=", block)
        self.assertIn('<mtd class="math-right math-flush-right">', block)
        self.assertIn('mathcolor="#FF0000"', block)
