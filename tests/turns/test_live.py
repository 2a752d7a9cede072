from __future__ import annotations

import asyncio
import json
import random
import unittest
from typing import Any

from chat import frames
from chat.live import LiveTurn
from chat.llm.events import Citation, ReasoningDelta, TextDelta, ToolCallDelta
from chat.rendering import apply_patch, render_blocks
from chat.thread import part_views
from chat.watching import EMPTY, View


class Page:
    """What a browser makes of the frames of one turn."""

    def __init__(self) -> None:
        self.parts: dict[int, tuple[str, tuple[str, ...]]] = {}
        self.frames = 0

    def take(self, text: str) -> None:
        frame: dict[str, Any] = json.loads(text)
        self.frames += 1
        if frame["type"] == "turn.snapshot":
            self.parts = {n: (kind, tuple(blocks)) for n, kind, blocks in frame["parts"]}
            return
        for number, kind, changes in frame["parts"]:
            known, blocks = self.parts.get(number, (kind, ()))
            self.parts[number] = (kind, apply_patch(blocks if known == kind else (), changes))

    def blocks(self) -> list[tuple[str, ...]]:
        return [blocks for _, (_, blocks) in sorted(self.parts.items())]


def make(old: View, new: View) -> list[str]:
    return frames.snapshot(7, new) if old is EMPTY else frames.deltas(7, old, new)


async def watch(turn: LiveTurn, page: Page, *, pause: float = 0.0) -> None:
    shown = EMPTY
    async for view in turn.follow():
        texts = turn.difference(shown, make)
        shown = view
        for text in texts:
            page.take(text)
        await asyncio.sleep(pause)


def live_turn() -> LiveTurn:
    return LiveTurn(turn_id=7, answer_id=8, conversation_id="c")


def end(turn: LiveTurn) -> None:
    turn.finish(part_views(turn.stored_parts()))


class Watching(unittest.IsolatedAsyncioTestCase):
    async def test_a_burst_of_2000_deltas_loses_nothing(self) -> None:
        turn, page = live_turn(), Page()
        watching = asyncio.create_task(watch(turn, page))
        text = ""

        for number in range(2000):
            piece = f"word{number} " if number % 50 else "\n\n## A heading\n\n"
            text += piece
            turn.publish(TextDelta(piece))
            if number % 100 == 0:
                await asyncio.sleep(0)
        end(turn)
        await watching

        assert page.blocks() == [render_blocks(text)]

    async def test_a_slow_watcher_gets_fewer_frames_and_the_same_answer(self) -> None:
        turn, quick, slow = live_turn(), Page(), Page()
        watching = [
            asyncio.create_task(watch(turn, quick)),
            asyncio.create_task(watch(turn, slow, pause=0.2)),
        ]

        for number in range(60):
            turn.publish(TextDelta(f"{number} "))
            await asyncio.sleep(0.01)
        end(turn)
        await asyncio.gather(*watching)

        assert slow.frames < quick.frames
        assert slow.blocks() == quick.blocks()

    async def test_one_who_joins_in_the_middle_sees_all_of_it(self) -> None:
        turn, late = live_turn(), Page()
        for number in range(30):
            turn.publish(TextDelta(f"- item {number}\n"))
            await asyncio.sleep(0.002)

        watching = asyncio.create_task(watch(turn, late))
        await asyncio.sleep(0.05)
        turn.publish(TextDelta("- the last\n"))
        end(turn)
        await watching

        assert "the last" in late.blocks()[0][0]
        assert "item 0" in late.blocks()[0][0]

    async def test_the_first_words_leave_at_once(self) -> None:
        turn, page = live_turn(), Page()
        watching = asyncio.create_task(watch(turn, page))
        await asyncio.sleep(0)

        turn.publish(TextDelta("First"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)

        assert page.blocks() == [("<p>First</p>",)]
        end(turn)
        await watching

    async def test_a_cancelled_watcher_does_not_disturb_the_others(self) -> None:
        turn, stays = live_turn(), Page()
        leaver = asyncio.create_task(watch(turn, Page()))
        stayer = asyncio.create_task(watch(turn, stays))
        turn.publish(TextDelta("one "))
        await asyncio.sleep(0.01)

        leaver.cancel()
        await asyncio.sleep(0)
        turn.publish(TextDelta("two"))
        end(turn)
        await stayer

        assert stays.blocks() == [("<p>one two</p>",)]

    async def test_any_mixture_of_parts_ends_as_it_is_stored(self) -> None:
        rng = random.Random(7)
        for _ in range(20):
            turn, page = live_turn(), Page()
            watching = asyncio.create_task(watch(turn, page))
            for _ in range(40):
                turn.publish(
                    rng.choice(
                        [
                            TextDelta("*some* 😀 text\n\n"),
                            ReasoningDelta("thinking "),
                            ReasoningDelta(signature="sealed"),
                            ToolCallDelta(0, id="a", name="look", arguments='{"x":'),
                            ToolCallDelta(1, name="find", arguments="1}"),
                            Citation("https://example.org/a", "A"),
                        ]
                    )
                )
                await asyncio.sleep(rng.choice([0, 0, 0.02]))
            stored = part_views(turn.stored_parts())
            end(turn)
            await watching

            assert page.blocks() == [view.blocks for view in stored]

    async def test_a_surrogate_pair_in_two_deltas_is_one_character(self) -> None:
        turn = live_turn()

        turn.publish(TextDelta("a\ud83d"))
        turn.publish(TextDelta("\ude00b"))

        assert turn.answer.text == "a😀b"

    async def test_the_timeline_adds_up_to_the_text(self) -> None:
        turn = live_turn()

        for piece in ("one ", "two ", "three"):
            turn.publish(TextDelta(piece))
            await asyncio.sleep(0.003)

        assert sum(characters for _, characters in turn.timeline) == len("one two three")
        assert turn.timeline == sorted(turn.timeline)


class Frames(unittest.TestCase):
    def test_a_huge_answer_leaves_in_frames_that_fit(self) -> None:
        text = "para " * 30_000 + "\n\n```\n" + "code 😀\n" * 40_000 + "```\n"
        view = View(1, part_views([{"type": "text", "text": text}]))
        page = Page()

        texts = frames.snapshot(7, view)
        for each in texts:
            page.take(each)

        assert len(texts) > 2
        assert max(len(each.encode()) for each in texts) <= 256 * 1024
        assert page.blocks() == [view.parts[0].blocks]
