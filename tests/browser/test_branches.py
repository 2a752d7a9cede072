"""Edit, regenerate, and the way between the versions."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.double import Double
from tests.script import failure

pytestmark = pytest.mark.browser


def edit(desk: Desk, number: int, text: str) -> None:
    question = desk.questions.nth(number)
    question.hover()
    question.get_by_role("button", name="Edit and send again").click()
    desk.page.get_by_label("Edit your message").fill(text)
    desk.button("Save and send").click()


def test_an_edit_is_a_branch_and_both_stay(desk: Desk, double: Double) -> None:
    for text in ("about red", "more of red", "about green", "about blue"):
        double.say(text)
    desk.open().ask_and_wait("red")
    desk.ask_and_wait("more")

    edit(desk, 0, "green")
    expect(desk.answer).to_contain_text("about green")
    expect(desk.answer).to_have_attribute("data-state", "completed")
    expect(desk.messages).to_have_count(2)
    edit(desk, 0, "blue")
    expect(desk.answer).to_contain_text("about blue")
    expect(desk.answer).to_have_attribute("data-state", "completed")
    branches = desk.questions.first.locator(".branches")
    expect(branches).to_contain_text("3/3")
    expect(branches.get_by_role("button", name="Later version")).to_be_disabled()

    branches.get_by_role("button", name="Earlier version").click()
    expect(branches).to_contain_text("2/3")
    expect(desk.answer).to_contain_text("about green")
    branches.get_by_role("button", name="Earlier version").click()

    expect(branches).to_contain_text("1/3")
    expect(desk.questions.locator(".part--text")).to_have_text(["red", "more"])
    expect(desk.answer).to_contain_text("more of red")
    assert [body["messages"] for body in double.bodies[2:]] == [
        [{"role": "user", "content": "green"}],
        [{"role": "user", "content": "blue"}],
    ]
    desk.reload()
    expect(desk.questions.first.locator(".branches")).to_contain_text("1/3")
    expect(desk.answer).to_contain_text("more of red")


def test_an_edit_can_be_given_up(desk: Desk, double: Double) -> None:
    desk.open().ask_and_wait("as it was")
    desk.questions.first.hover()
    desk.button("Edit and send again").click()
    field = desk.page.get_by_label("Edit your message")
    expect(field).to_have_value("as it was")

    field.fill("otherwise")
    field.press("Escape")

    expect(field).to_have_count(0)
    expect(desk.questions.first.locator(".part--text")).to_have_text("as it was")
    expect(desk.button("Edit and send again")).to_be_focused()
    assert len(double.requests) == 1


def test_regenerating_keeps_the_earlier_answer(desk: Desk, double: Double) -> None:
    double.say("one way")
    double.say("another way")
    desk.open().ask_and_wait("How?")

    desk.button("Answer again with the present settings").click()

    expect(desk.answer).to_contain_text("another way")
    expect(desk.answer).to_have_attribute("data-state", "completed")
    expect(desk.messages).to_have_count(2)
    expect(desk.answer.locator(".branches")).to_contain_text("2/2")
    desk.button("Earlier version").click()
    expect(desk.answer).to_contain_text("one way")
    assert double.bodies[0]["messages"] == double.bodies[1]["messages"]


def test_regenerating_takes_the_present_settings(desk: Desk, double: Double) -> None:
    desk.open().ask_and_wait("How?")

    desk.page.get_by_label("Temperature", exact=True).fill("0.1")
    desk.button("Answer again with the present settings").click()

    expect(desk.answer.locator(".branches")).to_contain_text("2/2")
    expect(desk.answer).to_have_attribute("data-state", "completed")
    assert "temperature" not in double.bodies[0]
    assert double.bodies[1]["temperature"] == 0.1


def test_what_follows_goes_on_from_the_version_that_is_shown(desk: Desk, double: Double) -> None:
    for text in ("one way", "another way", "and on"):
        double.say(text)
    desk.open().ask_and_wait("How?")
    desk.button("Answer again with the present settings").click()
    expect(desk.answer).to_contain_text("another way")
    expect(desk.answer).to_have_attribute("data-state", "completed")
    desk.button("Earlier version").click()
    expect(desk.answer).to_contain_text("one way")

    desk.ask_and_wait("Go on")

    assert [message["content"] for message in double.bodies[2]["messages"]] == [
        "How?",
        "one way",
        "Go on",
    ]


def test_an_edit_after_a_failure_keeps_the_words(desk: Desk, double: Double) -> None:
    double.play(*failure(401, "bad key"))
    desk.open().ask_and_wait("first words", "failed")

    edit(desk, 0, "second words")

    expect(desk.answer).to_have_attribute("data-state", "completed")
    expect(desk.questions.first.locator(".part--text")).to_have_text("second words")
    expect(desk.questions.first.locator(".branches")).to_contain_text("2/2")
