"""A track ends as the answer stands, whatever it says and whenever its pieces came."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django.test import SimpleTestCase
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.models import Message
from chat.models.parts import storable
from chat.rendering import apply_patch
from chat.replays.tracks import BYTES, FRAME_MS, FRAMES, track
from chat.thread import part_views
from tests.rendering.corpus import ATTACKS, FRAGMENTS
from tests.rendering.oracle import faults

words = st.lists(
    st.one_of(
        st.sampled_from(FRAGMENTS),
        st.sampled_from(ATTACKS),
        st.text("ab *_`~#>-+|[]()<!$\\1.\n🦊é", max_size=40),
    ),
    max_size=6,
).map(lambda pieces: storable("".join(pieces)))
written = st.one_of(
    words.map(lambda text: {"type": "text", "text": text}),
    words.map(lambda text: {"type": "reasoning", "text": text}),
    words.map(lambda text: {"type": "tool_call", "name": "look_up", "arguments": text}),
    st.just({"type": "media", "media_type": "image/png"}),
)
moments = st.lists(st.tuples(st.integers(0, 9_000), st.integers(0, 60)), max_size=30)


def answer(*parts: dict[str, Any]) -> Message:
    return Message(role=Message.Role.ASSISTANT, parts=list(parts))


def saying(text: str) -> Message:
    return answer({"type": "text", "text": text})


def steadily(text: str, *, every: int, characters: int = 4, after: int = 300) -> list[list[int]]:
    starts = range(0, len(text), characters)
    return [
        [after + number * every, len(text[start : start + characters])]
        for number, start in enumerate(starts)
    ]


def played(found: dict[str, Any]) -> list[dict[int, tuple[str, tuple[str, ...]]]]:
    """What a player has on its page after each frame."""
    states: list[dict[int, tuple[str, tuple[str, ...]]]] = []
    page: dict[int, tuple[str, tuple[str, ...]]] = {}
    for _, _, _, parts in found["frames"]:
        for number, kind, changes in parts:
            page = page | {number: (kind, apply_patch(page.get(number, (kind, ()))[1], changes))}
        states.append(page)
    return states


def final(message: Message) -> dict[int, tuple[str, tuple[str, ...]]]:
    return {view.number: (view.kind, view.blocks) for view in part_views(message.parts)}


class Endings(SimpleTestCase):
    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(written, max_size=4), moments)
    def test_any_answer_ends_as_it_stands_and_is_safe_all_the_way(
        self, parts: list[dict[str, Any]], moments: list[tuple[int, int]]
    ) -> None:
        message = answer(*parts)

        found = track(message.parts, moments)

        states = played(found)
        times = [frame[0] for frame in found["frames"]]
        self.assertEqual(states[-1] if states else {}, final(message))
        self.assertTrue(all(before <= after for before, after in pairwise(times)), times)
        self.assertTrue(all(0 <= time <= found["duration"] for time in times))
        blocks = (blocks for state in states for _, blocks in state.values())
        self.assertEqual([fault for shown in blocks for fault in faults(shown)], [])

    def test_what_is_shown_only_grows_with_the_words(self) -> None:
        text = "One two three. " * 30
        found = track(saying(text).parts, steadily(text, every=40))

        lengths = [sum(map(len, state[0][1])) for state in played(found)]

        self.assertEqual(lengths, sorted(lengths))
        self.assertGreater(len(lengths), 20)

    def test_an_answer_without_a_word_has_a_track_too(self) -> None:
        found = track(answer().parts, [])

        self.assertEqual(found["frames"], [])


class Times(SimpleTestCase):
    def test_they_are_the_recorded_ones(self) -> None:
        found = track(saying("Hello world").parts, [[700, 5], [1900, 6]], tokens=4)

        self.assertEqual([frame[0] for frame in found["frames"]], [700, 1900])
        self.assertEqual([frame[1] for frame in found["frames"]], [1, 4])
        self.assertEqual(found["first_token_ms"], 700)
        self.assertTrue(found["is_recorded"])
        self.assertEqual(found["left_out_ms"], 0)

    def test_a_long_wait_is_shortened_and_told(self) -> None:
        found = track(saying("Hello world").parts, [[42_000, 5], [43_000, 6]])

        self.assertEqual([frame[0] for frame in found["frames"]], [5_000, 6_000])
        self.assertEqual(found["first_token_ms"], 42_000)
        self.assertEqual(found["left_out_ms"], 37_000)

    def test_speed_is_that_of_the_model_not_of_the_player(self) -> None:
        found = track(saying("ab" * 20).parts, [[100, 20], [60_100, 20]], tokens=120)

        self.assertEqual(found["frames"][-1][1:3], [120, 2.0])

    def test_without_a_timeline_it_plays_evenly_and_names_no_speed(self) -> None:
        found = track(saying("word " * 200).parts, [])

        self.assertFalse(found["is_recorded"])
        self.assertIsNone(found["first_token_ms"])
        self.assertEqual({frame[2] for frame in found["frames"]}, {None})
        steps = [after[0] - before[0] for before, after in pairwise(found["frames"])]
        self.assertLessEqual(max(steps), 2 * min(steps))

    def test_a_timeline_that_knows_less_than_was_kept_ends_with_all_of_it(self) -> None:
        message = saying("Saved before the server was killed")

        self.assertEqual(played(track(message.parts, [[100, 5]]))[-1], final(message))

    def test_thinking_comes_before_the_words_and_has_its_length(self) -> None:
        message = answer({"type": "reasoning", "text": "Hmm. "}, {"type": "text", "text": "Yes."})

        found = track(message.parts, [[100, 5], [9_100, 4]])

        self.assertEqual([list(state) for state in played(found)], [[0], [0, 1]])
        self.assertEqual(found["thoughts"], [[0, 100, 5_100, 9_000]])

    def test_a_picture_comes_when_it_came(self) -> None:
        message = answer(
            {"type": "text", "text": "Look:"},
            {"type": "media", "media_type": "image/png"},
            {"type": "text", "text": "Nice."},
        )

        found = track(message.parts, [[100, 5], [2_000, 0], [3_000, 5]])

        states = dict(zip([frame[0] for frame in found["frames"]], played(found), strict=True))
        self.assertEqual(
            {at: list(state) for at, state in states.items()},
            {100: [0], 2_000: [0, 1], 3_000: [0, 1, 2]},
        )


class Bounds(SimpleTestCase):
    def test_there_are_no_more_frames_than_an_eye_sees(self) -> None:
        text = "word " * 2_000
        found = track(saying(text).parts, steadily(text, every=1, characters=1))

        steps = [after[0] - before[0] for before, after in pairwise(found["frames"][:-1])]
        self.assertGreaterEqual(min(steps), FRAME_MS)

    def test_a_very_long_answer_has_no_more_frames_than_allowed(self) -> None:
        text = "a b. " * 3_000
        found = track(saying(text).parts, steadily(text, every=240))

        self.assertLessEqual(len(found["frames"]), FRAMES + 2)

    def test_two_megabytes_cost_little_more_than_they_are(self) -> None:
        message = saying("A paragraph of *some* words that goes on.\n\n" * 48_000)
        text = message.text

        found = track(message.parts, steadily(text, every=1, characters=110))

        sent = sum(
            len(html)
            for frame in found["frames"]
            for _, _, changes in frame[3]
            for _, _, html in changes
        )
        whole = sum(len(block) for _, blocks in final(message).values() for block in blocks)
        self.assertLess(sent, 2 * BYTES + 1.1 * whole)
        self.assertEqual(played(found)[-1], final(message))

    def test_beyond_the_bounds_blocks_appear_whole(self) -> None:
        text = ("word " * 6_000 + "\n\n") * 10
        found = track(saying(text).parts, steadily(text, every=10, characters=40))

        late = played(found)[-3:-1]

        self.assertFalse(found["is_detailed"])
        blocks = final(saying(text))[0][1]
        for state in late:
            shown = state[0][1]
            self.assertEqual(shown[1:], blocks[1 : len(shown)])
