"""Leaving, coming back and looking from a second tab, in the middle of an answer."""

from __future__ import annotations

import random
import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Desks
from tests.browser.desk import UNFINISHED, Desk
from tests.browser.double import Double
from tests.script import Head, Send, Sleep, Step, delta, ending

pytestmark = pytest.mark.browser

WORDS = 2_000
RELOADS = 10
EVERY = 0.006


def word(number: int) -> str:
    return f"w{number:04}"


def long_answer() -> tuple[str, str, list[Step]]:
    """Numbered words, the first fifth as reasoning, then with code, lists and tables around."""
    thought = text = ""
    steps: list[Step] = [Head()]
    for number in range(WORDS):
        is_thought = number < WORDS // 5
        piece = f"{word(number)} "
        if number % 100 == 0:
            piece = f"\n\n## {piece}\n\n"
        elif number % 100 == 10:
            piece = f"\n\n```python\n{piece}"
        elif number % 100 == 60:
            piece = f"{piece}\n```\n\n"
        elif number % 100 == 80:
            piece = f"\n\n- {piece}\n- **more** "
        if is_thought:
            thought += piece
        else:
            text += piece
        name = "reasoning_content" if is_thought else "content"
        steps += [Send(delta(piece, name=name)), Sleep(EVERY)]
    return thought, text, [*steps, Send(ending())]


def words_in(answer: Locator) -> list[str]:
    return re.findall(r"w\d{4}", answer.locator(".message__body").text_content() or "")


def test_ten_reloads_lose_nothing_and_double_nothing(desk: Desk, double: Double) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    thought, text, steps = long_answer()
    double.play(*steps)
    desk.open().ask("Count")
    expect(desk.answer).to_contain_text(word(0))
    seen = 0

    for _ in range(RELOADS):
        desk.page.wait_for_timeout(chance.uniform(0, 900))
        desk.page.reload(wait_until="domcontentloaded")
        expect(desk.answer).to_contain_text(word(seen))
        words = words_in(desk.answer)
        assert words == [word(number) for number in range(len(words))]
        assert len(words) >= seen
        seen = len(words)

    expect(desk.answer).to_have_attribute("data-state", "completed", timeout=60_000)
    assert seen < WORDS, "every reload came after the end"
    assert words_in(desk.answer) == [word(number) for number in range(WORDS)]
    assert desk.source(desk.answer) == text
    assert desk.stored_text(desk.answer) == text
    assert desk.stored_text(desk.answer, "reasoning") == thought
    assert len(double.requests) == 1


def test_a_reload_within_a_code_block(desk: Desk, double: Double) -> None:
    gate = double.say_in_two("Look:\n\n```python\nfirst = 1\n", "second = 2\n```\n\nAfter it.\n")
    desk.open().ask("Code")
    expect(desk.answer.locator("figure.code code")).to_have_text("first = 1\n")

    desk.reload()
    expect(desk.answer.locator("figure.code code")).to_have_text("first = 1\n")
    expect(desk.answer).to_have_attribute("data-state", UNFINISHED)
    gate.open()

    expect(desk.answer.locator("figure.code code")).to_have_text("first = 1\nsecond = 2\n")
    expect(desk.answer.locator("p").last).to_have_text("After it.")
    expect(desk.answer).to_have_attribute("data-state", "completed")


def test_a_reload_while_it_thinks(desk: Desk, double: Double) -> None:
    gate = double.gate()
    thoughts = [delta(text, name="reasoning_content") for text in ("Let me", " see.")]
    double.play(
        *(Head(), Send(thoughts[0]), gate.step, Send(thoughts[1])),
        *(Send(delta("Seen.")), Send(ending())),
    )
    desk.open().ask("Think")
    expect(desk.answer.locator(".part--reasoning")).to_contain_text("Let me")

    desk.reload()
    expect(desk.answer.locator(".part--reasoning")).to_contain_text("Let me")
    expect(desk.answer.locator("[data-live=state]")).to_contain_text("Thinking")
    gate.open()

    expect(desk.answer).to_have_attribute("data-state", "completed")
    expect(desk.answer.locator(".part--reasoning .block")).to_have_text("Let me see.")
    expect(desk.answer.locator(".part--text")).to_have_text("Seen.")


def test_a_reload_before_the_first_token(desk: Desk, double: Double) -> None:
    gate = double.gate()
    double.play(gate.step, Head(), Send(delta("Here I am.")), Send(ending()))
    desk.open().ask("Anybody?")
    expect(desk.answer).to_have_attribute("data-state", UNFINISHED)
    double.wait_for(lambda: len(double.requests) == 1)

    desk.reload()
    expect(desk.answer.locator("[data-live=state]")).to_contain_text("Waiting")
    gate.open()

    expect(desk.answer).to_contain_text("Here I am.")
    expect(desk.answer).to_have_attribute("data-state", "completed")
    assert len(double.requests) == 1


def test_settings_and_draft_are_kept(desk: Desk, double: Double) -> None:
    gate = double.say_in_two("Half")
    desk.open()
    desk.page.get_by_label("Temperature", exact=True).fill("0.3")
    desk.page.get_by_label("System message").fill("Be kind")
    desk.ask("first")
    expect(desk.answer).to_contain_text("Half")
    desk.field.fill("a draft\nof two lines")

    desk.reload()

    expect(desk.field).to_have_value("a draft\nof two lines")
    expect(desk.page.get_by_label("Temperature", exact=True)).to_have_value("0.3")
    expect(desk.page.get_by_role("switch", name="Send Temperature")).to_be_checked()
    expect(desk.page.get_by_role("switch", name="Send Top P")).not_to_be_checked()
    expect(desk.page.get_by_label("System message")).to_have_value("Be kind")
    gate.open()
    expect(desk.answer).to_have_attribute("data-state", "completed")


def test_each_conversation_has_its_own_draft(desk: Desk) -> None:
    desk.open().ask_and_wait("first")
    path = f"/c/{desk.conversation}/"
    desk.field.fill("for the first one")

    desk.open("/")
    expect(desk.field).to_have_value("")
    desk.field.fill("for a new one")
    desk.open(path)

    expect(desk.field).to_have_value("for the first one")


def test_a_second_tab_shows_the_same(desk: Desk, desks: Desks, double: Double) -> None:
    gate = double.say_in_two("**Half** of it", " and the *rest*.")
    desk.open().ask("Tell both")
    expect(desk.answer).to_contain_text("Half of it")

    other = desks(cookie=desk.cookie).open(f"/c/{desk.conversation}/")
    expect(other.answer).to_contain_text("Half of it")
    expect(other.answer).to_have_attribute("data-state", UNFINISHED)
    gate.open()

    for each in (desk, other):
        expect(each.answer).to_have_attribute("data-state", "completed")
        expect(each.answer.locator(".part--text")).to_have_text("Half of it and the rest.")
    other.ask_and_wait("From the other tab")
    expect(desk.questions).to_have_text(["Tell both", "From the other tab"])
    expect(desk.answer).to_contain_text("Hello")


def test_closing_the_tab_does_not_stop_the_answer(desk: Desk, desks: Desks, double: Double) -> None:
    gate = double.say_in_two("Before", " and after.")
    desk.open().ask("Go on without me")
    expect(desk.answer).to_contain_text("Before")
    path = f"/c/{desk.conversation}/"

    desk.page.close()
    gate.open()
    double.wait_for(lambda: double.requests[0].is_finished)

    back = desks(cookie=desk.cookie).open(path)
    expect(back.answer).to_have_attribute("data-state", "completed")
    expect(back.answer.locator(".part--text")).to_have_text("Before and after.")
    assert double.requests[0].left_at is None
