"""A live rendering ends as the whole one, whatever the pieces it came in."""

from __future__ import annotations

import random
import time
from itertools import pairwise

from django.test import SimpleTestCase
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.rendering import LiveMarkdown, apply_patch, patch, render_blocks
from chat.rendering.live import COST_FACTOR
from tests.rendering.corpus import ATTACKS, FRAGMENTS
from tests.rendering.oracle import faults

documents = st.lists(
    st.one_of(
        st.sampled_from(FRAGMENTS),
        st.sampled_from(ATTACKS),
        st.text("ab *_`~#>-+|[]()<!$\\1.\n", max_size=40),
    ),
    max_size=12,
).map("".join)


def still() -> float:
    return 0.0


def watched(text: str, cuts: list[int]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """What a watcher who only gets patches has in the end, and every rendering on the way."""
    live = LiveMarkdown(clock=still)
    sent: tuple[str, ...] = ()
    page: tuple[str, ...] = ()
    renderings = []
    edges = [0, *sorted(cuts), len(text)]
    for start, end in pairwise(edges):
        live.feed(text[start:end])
        now = live.blocks()
        page = apply_patch(page, patch(sent, now))
        sent = now
        renderings.append(now)
    page = apply_patch(page, patch(sent, live.finish()))
    return page, renderings


class Whole(SimpleTestCase):
    def test_each_fragment_ends_as_the_whole_by_single_characters(self) -> None:
        for text in (*FRAGMENTS, *ATTACKS):
            with self.subTest(text):
                page, renderings = watched(text, list(range(len(text))))

                self.assertEqual(page, render_blocks(text))
                self.assertEqual([f for shown in renderings for f in faults(shown)], [])

    def test_the_corpus_ends_as_the_whole_in_any_chunks(self) -> None:
        chance = random.Random(7)
        for _ in range(60):
            text = "".join(chance.choices(FRAGMENTS, k=chance.randint(2, 20)))
            cuts = chance.choices(range(len(text) + 1), k=chance.randint(0, 30))
            with self.subTest(text=text, cuts=cuts):
                page, _ = watched(text, cuts)

                self.assertEqual(page, render_blocks(text))

    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(documents, st.data())
    def test_any_document_ends_as_the_whole_and_is_safe_all_the_way(
        self, text: str, data: st.DataObject
    ) -> None:
        cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=20))

        page, renderings = watched(text, cuts)

        self.assertEqual(page, render_blocks(text))
        self.assertEqual([f for shown in (*renderings, page) for f in faults(shown)], [])

    def test_a_document_without_references_is_right_before_it_is_finished(self) -> None:
        text = "# One\n\npara\n\n- a\n- b\n\n| t |\n|---|\n| c |\n\n```\ncode\n```\n\n> q\n\nend\n"
        live = LiveMarkdown(clock=still)

        for character in text:
            live.feed(character)
            live.blocks()

        self.assertEqual(live.blocks(), render_blocks(text))


class Identity(SimpleTestCase):
    def test_closed_blocks_stay_the_same_objects(self) -> None:
        live = LiveMarkdown(clock=still)
        live.feed("first\n\nsecond\n\nthird\n\n")
        before = live.blocks()

        live.feed("fourth\n\nfifth\n\n")
        after = live.blocks()

        self.assertIs(before[0], after[0])
        self.assertIs(live.finish()[0], before[0])

    def test_the_tuple_is_the_same_while_nothing_changes(self) -> None:
        live = LiveMarkdown(clock=still)
        live.feed("text\n")
        before = live.blocks()

        live.feed("\n\n")

        self.assertIs(live.blocks(), before)
        self.assertIs(live.blocks(), before)

    def test_an_open_fence_grows_by_what_was_written(self) -> None:
        live = LiveMarkdown(clock=still)
        live.feed("```python\n" + "x = 1\n" * 1000)
        before = live.blocks()

        live.feed("y = 2\n")
        changes = patch(before, live.blocks())

        self.assertEqual(len(changes), 1)
        self.assertLess(len(str(changes[0][2])), 60)

    def test_half_a_surrogate_pair_and_half_a_line_end_wait_for_the_rest(self) -> None:
        live = LiveMarkdown(clock=still)
        live.feed("a \ud83c")
        self.assertEqual(live.blocks(), ("<p>a</p>",))

        live.feed("\udf89\r")
        live.blocks()
        live.feed("\nb")

        self.assertEqual(live.blocks(), ("<p>a 🎉\nb</p>",))
        self.assertEqual(live.finish(), ("<p>a 🎉\nb</p>",))


class Cost(SimpleTestCase):
    def test_the_next_rendering_waits_for_a_multiple_of_the_cost_of_the_last(self) -> None:
        seconds = iter([10.0, 10.1, 11.0, 10.1 + COST_FACTOR * 0.1, 20.0])
        live = LiveMarkdown(clock=lambda: next(seconds))
        live.feed("one")
        first = live.blocks()

        live.feed(" two")
        too_early = live.blocks()
        due = live.blocks()

        self.assertIs(too_early, first)
        self.assertEqual(due, ("<p>one two</p>",))

    def test_it_says_whether_more_is_to_come(self) -> None:
        live = LiveMarkdown(clock=still)
        live.feed("text")
        self.assertTrue(live.is_behind)

        live.blocks()

        self.assertFalse(live.is_behind)

    def test_colours_of_closed_code_arrive_later_without_a_word_more(self) -> None:
        live = LiveMarkdown(clock=still)
        source = f"```python\nreturn {time.monotonic_ns()}\n```\n\nmore\n"  # never seen before
        live.feed(source)
        at_once = live.blocks()

        deadline = time.monotonic() + 30
        while live.is_behind and time.monotonic() < deadline:
            time.sleep(0.01)
            live.blocks()

        self.assertIn('<span class="k">', live.blocks()[0])
        self.assertEqual(live.blocks(), render_blocks(source))
        self.assertEqual(len(at_once), 2)
