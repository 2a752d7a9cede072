"""A patch says what changed, in the units in which a browser counts."""

from __future__ import annotations

from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from chat.rendering import apply_patch, patch

renderings = st.lists(st.text("ab🎉é", max_size=6), max_size=6).map(tuple)


class Patches(SimpleTestCase):
    @given(renderings, renderings)
    def test_applied_to_the_old_it_gives_the_new(
        self, old: tuple[str, ...], new: tuple[str, ...]
    ) -> None:
        self.assertEqual(apply_patch(old, patch(old, new)), new)

    def test_it_counts_utf_16_units(self) -> None:
        self.assertEqual(patch(("🎉a",), ("🎉b",)), [[0, 2, "b"]])

    def test_it_never_keeps_half_a_character(self) -> None:
        self.assertEqual(patch(("\U0001f389",), ("\U0001f38a",)), [[0, 0, "\U0001f38a"]])

    def test_nothing_changed_is_nothing_said(self) -> None:
        self.assertEqual(patch(("a", "b"), ("a", "b")), [])

    def test_what_is_gone_is_said_once(self) -> None:
        self.assertEqual(patch(("a", "b", "c"), ("a",)), [[1, -1, ""]])

    def test_blocks_change_and_come_on_their_own(self) -> None:
        self.assertEqual(patch(("one", "two"), ("onx", "two", "new")), [[0, 2, "x"], [2, 0, "new"]])

    def test_what_is_not_a_change_is_refused(self) -> None:
        with self.assertRaises(TypeError):
            apply_patch(("a",), [[0, "b", 1]])
