"""Where links lead, and that they say so."""

from __future__ import annotations

from django.test import SimpleTestCase

from chat.rendering import render_blocks
from chat.rendering.links import destination


class Links(SimpleTestCase):
    def test_a_link_leaves_without_a_trace_and_shows_its_host(self) -> None:
        self.assertEqual(
            render_blocks('[docs](https://Example.com/a?b=1&c "T\\"t")'),
            (
                '<p><a class="link" href="https://example.com/a?b=1&amp;c" title="T&quot;t"'
                ' data-host="example.com" target="_blank" rel="noopener noreferrer nofollow">'
                "docs</a></p>",
            ),
        )

    def test_a_link_whose_text_is_its_address_does_not_repeat_it(self) -> None:
        for text in ("https://e.com/x", "www.e.com", "<https://e.com>", "a@e.com"):
            with self.subTest(text):
                self.assertNotIn("data-host", render_blocks(text)[0])
                self.assertIn("<a ", render_blocks(text)[0])

    def test_a_link_whose_text_is_another_address_shows_its_own(self) -> None:
        (block,) = render_blocks("[https://bank.com](https://evil.com/bank.com)")

        self.assertIn('data-host="evil.com"', block)

    def test_a_host_is_shown_and_linked_in_punycode(self) -> None:
        (block,) = render_blocks("[x](https://аpple.com/ä)")  # the first letter is Cyrillic

        self.assertIn('href="https://xn--pple-43d.com/%C3%A4"', block)
        self.assertIn('data-host="xn--pple-43d.com"', block)

    def test_what_leads_nowhere_allowed_is_text_that_says_where_it_led(self) -> None:
        for address in ("/logout", "//evil.com", "x:y", "https:evil", "https://u:p@evil.com"):
            with self.subTest(address):
                self.assertEqual(
                    render_blocks(f"[a]({address})"),
                    (f'<p><span class="link link--refused" title="{address}">a</span></p>',),
                )

    def test_these_are_no_destinations(self) -> None:
        for address in (
            "",
            "https://",
            "https:///x",
            "https://a%40b.com",
            "https://a%2Fb.com",
            "https://a b",
            "https://a\\b",
            "https://a\n",
            "https://[::1",
            "https://a:99999/",
            f"https://{'a' * 300}.com",
            "ftp://a.b",
            "JAVASCRIPT:alert(1)",
            "mailto:",
            "mailto:nobody",
        ):
            with self.subTest(address):
                self.assertIsNone(destination(address))


class Images(SimpleTestCase):
    def test_a_foreign_image_is_a_link(self) -> None:
        (block,) = render_blocks("![a cat](https://e.com/cat.png)")

        self.assertNotIn("<img", block)
        self.assertIn('class="link link--image" href="https://e.com/cat.png"', block)
        self.assertIn(">a cat</a>", block)

    def test_an_image_in_a_link_is_its_text(self) -> None:
        (block,) = render_blocks("[![a cat](https://e.com/cat.png)](https://e.com)")

        self.assertEqual(block.count("<a "), 1)
        self.assertIn(">a cat</a>", block)

    def test_a_relative_image_is_never_fetched(self) -> None:
        self.assertEqual(
            render_blocks("![](/logout)"),
            ('<p><span class="link link--refused" title="/logout">image</span></p>',),
        )

    def test_only_our_own_files_are_images(self) -> None:
        def ours(source: str) -> bool:
            return source == "/files/mine.png"

        mine, other = render_blocks("![m](/files/mine.png)\n\n![o](/files/other.png)", ours)

        self.assertEqual(mine, '<p><img src="/files/mine.png" alt="m" loading="lazy"></p>')
        self.assertNotIn("<img", other)
