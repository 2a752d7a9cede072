"""An answer as it grows: formatted while it comes, and in the end what the provider said."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.desk import UNFINISHED, Desk
from tests.browser.double import Double
from tests.script import Head, Send, delta, ending

pytestmark = pytest.mark.browser

OPEN_FENCE = "## A heading\n\nSome **bold** words.\n\n```python\ndef add(a, b):\n"
REST = "    return a + b\n```\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n$$x^2$$\n\n- [x] done\n"
ODD = (
    "  Zwölf \u2028 Boxkämpfer 👩‍👩‍👧 \U0001f389… \t\r\n\r\nالعربية  \n\n"
    "\n<b>no</b> &amp; `x`\n\n  "
)


def test_it_is_formatted_while_it_comes(desk: Desk, double: Double) -> None:
    gate = double.say_in_two(OPEN_FENCE, REST)

    desk.open().ask("Show me everything")
    expect(desk.answer.get_by_role("heading", name="A heading")).to_be_visible()
    expect(desk.answer.locator("strong")).to_have_text("bold")
    expect(desk.answer.locator("figure.code code")).to_contain_text("def add(a, b):")
    expect(desk.answer).to_have_attribute("data-state", UNFINISHED)
    gate.open()

    expect(desk.answer).to_have_attribute("data-state", "completed")
    expect(desk.answer.locator("table td")).to_have_text(["1", "2"])
    expect(desk.answer.locator("math")).to_have_count(1)
    expect(desk.answer.locator("figure.code code")).to_contain_text("return a + b")
    assert desk.stored_text(desk.answer) == OPEN_FENCE + REST


def test_the_final_page_is_the_one_that_a_reload_shows(desk: Desk, double: Double) -> None:
    double.say(*(OPEN_FENCE + REST))
    answer = desk.open().ask_and_wait("Show me everything")
    streamed = answer.locator(".message__body").inner_html()

    desk.reload()

    assert desk.answer.locator(".message__body").inner_html() == streamed


def test_copying_gives_the_provider_s_own_characters(desk: Desk, double: Double) -> None:
    double.say(ODD)
    desk.visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    answer = desk.open().ask_and_wait("Say something odd")

    answer.hover()
    answer.get_by_role("button", name="Copy the answer as Markdown").click()

    expect(desk.page.locator("#announcer")).to_have_text("Copied.")
    assert desk.page.evaluate("navigator.clipboard.readText()") == ODD
    assert desk.stored_text(answer) == ODD


def test_code_is_copied_without_its_frame(desk: Desk, double: Double) -> None:
    double.say("```python\nx = '<&>'\n\ny = 2\n```\n")
    desk.visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    answer = desk.open().ask_and_wait("Code, please")

    answer.get_by_role("button", name="Copy code").click()

    expect(desk.page.locator("#announcer")).to_have_text("Copied.")
    assert desk.page.evaluate("navigator.clipboard.readText()") == "x = '<&>'\n\ny = 2\n"


def test_it_says_how_the_answer_is_going(desk: Desk, double: Double) -> None:
    before, during = double.gate(), double.gate()
    thought = delta("Let me think.", name="reasoning_content")
    double.play(
        *(Head(), before.step, Send(thought), during.step),
        *(Send(delta("It is so.")), Send(ending(input_tokens=11, output_tokens=22))),
    )
    desk.open().ask("How is it going?")
    state = desk.answer.locator("[data-live=state]")

    expect(state).to_contain_text("Waiting")
    before.open()
    expect(state).to_contain_text("Thinking")
    expect(desk.answer.locator("[data-live=figures]")).to_contain_text("to first token")
    during.open()
    expect(desk.answer).to_have_attribute("data-state", "completed")
    expect(desk.answer.locator(".receipt-line")).to_contain_text("11")
    expect(desk.answer.locator(".receipt-line")).to_contain_text("22")
    expect(desk.answer.locator(".part--reasoning > summary")).to_contain_text("Thought")


def test_reasoning_is_folded_and_can_be_opened(desk: Desk, double: Double) -> None:
    thought = delta("First *this*, then that.", name="reasoning_content")
    double.play(Head(), Send(thought), Send(delta("Done.")), Send(ending()))

    answer = desk.open().ask_and_wait("Think")

    words = answer.locator(".part--reasoning em")
    expect(words).to_be_hidden()
    answer.locator(".part--reasoning > summary").click()
    expect(words).to_have_text("this")
    assert desk.stored_text(answer, "reasoning") == "First *this*, then that."


def test_a_screen_reader_hears_whole_sentences(desk: Desk, double: Double) -> None:
    gate = double.say_in_two("One sentence is whole. The next one is n", "ot.")
    announcer = desk.page.locator("#announcer")

    desk.open().ask("Speak")

    expect(announcer).to_have_text("One sentence is whole.")
    gate.open()
    expect(announcer).to_have_text("The next one is not. The answer is complete.")
