"""An answer as it grows."""

from __future__ import annotations

import tracemalloc
from unittest import TestCase

from chat.llm.answer import Answer
from chat.llm.events import (
    Citation,
    Finish,
    MediaDelta,
    ReasoningDelta,
    RefusalDelta,
    Started,
    TextDelta,
    ToolCallDelta,
    Usage,
)
from chat.llm.types import MediaPart, ReasoningPart, RefusalPart, TextPart, ToolCallPart


def grown(*events: object) -> Answer:
    answer = Answer()
    for event in events:
        answer.add(event)  # type: ignore[arg-type]
    return answer


class PartTests(TestCase):
    def test_it_keeps_parts_in_the_order_in_which_they_began(self) -> None:
        answer = grown(
            ReasoningDelta("Hm"),
            ReasoningDelta("m", signature="s"),
            ReasoningDelta("Again"),
            TextDelta("Let me "),
            TextDelta("look."),
            ToolCallDelta(0, "1", "find", '{"q"'),
            ToolCallDelta(1, "2", "list"),
            ToolCallDelta(0, arguments=":1}"),
            TextDelta("Done."),
            RefusalDelta("No."),
        )

        self.assertEqual(
            answer.parts,
            (
                ReasoningPart("Hmm", "s"),
                ReasoningPart("Again"),
                TextPart("Let me look."),
                ToolCallPart("find", '{"q":1}', "1"),
                ToolCallPart("list", "", "2"),
                TextPart("Done."),
                RefusalPart("No."),
            ),
        )

    def test_it_joins_the_pieces_of_a_sound_but_not_images(self) -> None:
        answer = grown(
            MediaDelta("image/png", b"a"),
            MediaDelta("image/png", b"b"),
            MediaDelta("audio/pcm", b"c"),
            MediaDelta("audio/pcm", b"d"),
            TextDelta("."),
            MediaDelta("audio/pcm", b"e"),
        )

        data = [part.data for part in answer.parts if isinstance(part, MediaPart)]
        self.assertEqual(data, [b"a", b"b", b"cd", b"e"])

    def test_it_keeps_choices_apart(self) -> None:
        answer = grown(TextDelta("b", 1), TextDelta("a"), Finish("length", choice=1))

        self.assertEqual([choice.text for choice in answer.choices], ["a", "b"])
        self.assertEqual((answer.text, answer.finish), ("a", None))

    def test_it_can_be_read_at_any_time(self) -> None:
        answer = Answer()
        for number in range(5):
            answer.add(TextDelta(str(number)))
            self.assertEqual(answer.text, "01234"[: number + 1])


class FactTests(TestCase):
    def test_it_takes_the_last_usage(self) -> None:
        answer = grown(Usage(1, 1), Usage(1, 9))
        self.assertEqual(answer.usage and answer.usage.output_tokens, 9)

    def test_it_lists_a_citation_once_and_takes_its_title_when_it_comes(self) -> None:
        answer = grown(Citation("a"), Citation("b", "B"), Citation("a", "A"), Citation("b"))
        self.assertEqual(answer.citations, (Citation("a", "A"), Citation("b", "B")))

    def test_it_takes_ids_when_they_come(self) -> None:
        answer = grown(Started(), Started("m"), Started(None, "id"))
        self.assertEqual((answer.model, answer.response_id), ("m", "id"))

    def test_it_leaves_arguments_alone_that_are_no_json(self) -> None:
        answer = grown(ToolCallDelta(0, "1", "f", '{"a": "cut'), ToolCallDelta(1, "2", "g"))
        found = [call["arguments"] for call in answer.as_dict()["tool_calls"]]
        self.assertEqual(found, ['{"a": "cut', {}])


class CostTests(TestCase):
    def test_it_appends_without_touching_what_is_there(self) -> None:
        answer = Answer()
        for _ in range(20_000):
            answer.add(TextDelta("token "))

        tracemalloc.start()
        answer.add(TextDelta("token "))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        self.assertEqual(len(answer.text), 20_001 * len("token "))
        self.assertLess(peak, 10_000, "the text so far was copied")
