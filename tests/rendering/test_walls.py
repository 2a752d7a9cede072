"""Each of the two walls holds alone, and the second changes nothing that the first let through."""

from __future__ import annotations

from django.test import SimpleTestCase

from chat.rendering import render_blocks
from chat.rendering.clean import clean
from chat.rendering.content import content
from chat.rendering.markdown import parse
from chat.rendering.source import normal
from tests.rendering.corpus import ATTACKS, FRAGMENTS
from tests.rendering.oracle import faults, judge

FORGED = (
    '<p style="x" id="y" onclick="z">a</p>',
    '<a href="/logout">a</a><a href="javascript:b">b</a><a href="https://u:p@c.d">c</a>',
    '<span class="composer button">a</span><pre class="plain evil">b</pre>',
    '<div class="callout callout--note evil">a</div>',
    '<img src="/files/x"><img src="https://e.com/x">',
    '<input type="submit" form="composer" name="x"><button>b</button><form action="/x">c</form>',
    '<math><mi style="x" href="javascript:a" class="button">a</mi></math>',
    '<math><maction actiontype="statusline" xlink:href="javascript:a">a</maction></math>',
    '<figure class="code"><svg><use href="//e.com/#x"></use></svg></figure>',
    "<p>never closed <em>nor this",
    "</div></div><p>a</p>",
)


class Walls(SimpleTestCase):
    def test_the_judge_condemns_what_it_should(self) -> None:
        for html in (*FORGED, "<script>alert(1)</script>", '<p><a href="//e.com">a</a></p>'):
            if "class" in html and "style" not in html and "figure" not in html:
                continue  # classes are the cleaner's business, not the judge's
            with self.subTest(html):
                self.assertTrue(judge(html).faults)

    def test_the_first_holds_alone(self) -> None:
        for text in ATTACKS:
            with self.subTest(text):
                blocks = tuple(content(block.raw) for block in parse(normal(text)))

                self.assertEqual(faults(blocks), [])

    def test_the_second_holds_alone(self) -> None:
        for html in (*FORGED, *ATTACKS):
            with self.subTest(html):
                self.assertEqual(faults((clean(html),)), [])
                self.assertNotRegex(clean(html), 'class="[^"]*(evil|composer|button)')

    def test_the_second_changes_nothing_of_ours(self) -> None:
        for text in (*ATTACKS, *FRAGMENTS):
            for block in parse(normal(text)):
                with self.subTest(block.raw):
                    html = content(block.raw)

                    self.assertEqual(clean(html), html)

    def test_both_hold_together(self) -> None:
        for text in (*ATTACKS, "\n\n".join(ATTACKS)):
            with self.subTest(text):
                self.assertEqual(faults(render_blocks(text)), [])
