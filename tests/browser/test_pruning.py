"""Deleting a message, and going on with an answer that was cut."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.double import Double
from tests.script import Head, Send, chunk, delta

pytestmark = pytest.mark.browser
CUT = chunk(choices=[{"index": 0, "delta": {}, "finish_reason": "length"}]) + b"data: [DONE]\n\n"


def test_a_message_goes_with_what_follows(desk: Desk) -> None:
    desk.open().ask_and_wait("First")
    desk.ask_and_wait("Second")
    question = desk.questions.nth(1)
    question.hover()
    question.get_by_role("button", name="More: copy as plain text, copy link, delete").click()
    desk.page.get_by_role("button", name="Delete message…").click()
    dialog = desk.page.get_by_role("dialog", name="Delete this message?")
    expect(dialog).to_contain_text("One message that follows goes with it")

    dialog.get_by_role("link", name="Keep").click()
    expect(dialog).to_be_hidden()
    expect(desk.messages).to_have_count(4)
    question.get_by_role("button", name="More: copy as plain text, copy link, delete").click()
    desk.page.get_by_role("button", name="Delete message…").click()
    dialog.get_by_role("button", name="Delete all 2").click()

    expect(desk.messages).to_have_count(2)
    desk.reload()
    expect(desk.messages).to_have_count(2)
    desk.ask_and_wait("Third")
    expect(desk.messages).to_have_count(4)


def test_a_cut_answer_is_continued(desk: Desk, double: Double) -> None:
    double.play(Head(), Send(delta("One two")), Send(CUT))
    double.say(" three.")
    desk.open().ask_and_wait("Count")

    desk.button("Continue").click()

    expect(desk.answer).to_contain_text("three.")
    expect(desk.answer).to_have_attribute("data-state", "completed")
    assert [row["content"] for row in double.bodies[1]["messages"]] == [
        "Count",
        "One two",
        "Go on exactly where you stopped.",
    ]
