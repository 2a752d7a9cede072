"""From the receipt on: the same again, again with what is set now, compared, copied."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.desk import Desk
from tests.browser.double import Double

pytestmark = pytest.mark.browser


def receipt(desk: Desk, answer: Locator) -> Locator:
    answer.get_by_role("link", name="Receipt").click()
    dialog = desk.page.get_by_role("dialog", name="Receipt")
    expect(dialog).to_be_visible()
    return dialog


def begin(desk: Desk, double: Double) -> Locator:
    for text in ("A grey heron.", "A white heron."):
        double.say(text)
    desk.open().page.get_by_label("Temperature", exact=True).fill("0.7")
    return desk.ask_and_wait("Which?")


def test_reproducing_asks_the_same_and_leaves_the_settings(desk: Desk, double: Double) -> None:
    answer = begin(desk, double)
    temperature = desk.page.get_by_label("Temperature", exact=True)
    temperature.fill("0.1")

    receipt(desk, answer).get_by_role("button", name="Reproduce").click()

    expect(desk.answer).to_contain_text("A white heron.")
    expect(desk.answer).to_have_attribute("data-state", "completed")
    expect(desk.answer.locator(".branches")).to_contain_text("2/2")
    expect(temperature).to_have_value("0.1")
    assert double.bodies[0] == double.bodies[1]


def test_a_rerun_is_offered_only_when_something_differs(desk: Desk, double: Double) -> None:
    answer = begin(desk, double)
    dialog = receipt(desk, answer)
    expect(dialog.get_by_role("button", name="Reproduce")).to_be_visible()
    expect(dialog.get_by_role("button", name="Rerun with current settings")).to_be_hidden()
    desk.page.keyboard.press("Escape")

    desk.page.get_by_label("Temperature", exact=True).fill("0.1")
    receipt(desk, answer)
    expect(dialog).to_contain_text("Temperature 0.7 → 0.1")
    dialog.get_by_role("button", name="Rerun with current settings").click()

    expect(desk.answer).to_have_attribute("data-state", "completed")
    expect(desk.answer.locator(".branches")).to_contain_text("2/2")
    assert [body["temperature"] for body in double.bodies] == [0.7, 0.1]


def test_two_answers_are_compared_word_by_word(desk: Desk, double: Double) -> None:
    begin(desk, double)
    desk.button("Answer again with the present settings").click()
    expect(desk.answer).to_contain_text("A white heron.")
    expect(desk.answer).to_have_attribute("data-state", "completed")

    dialog = receipt(desk, desk.answer)
    dialog.get_by_role("link", name="Diff with…").click()

    expect(dialog.locator("del")).to_have_text(["grey"])
    expect(dialog.locator("ins")).to_have_text(["white"])
    dialog.get_by_role("button", name="Compare").click()
    expect(dialog.locator("ins")).to_have_text(["white"])
    dialog.get_by_role("link", name="Receipt").click()
    expect(dialog.get_by_role("button", name="Reproduce")).to_be_visible()


def test_the_request_is_copied_as_it_was_sent(desk: Desk, double: Double) -> None:
    answer = begin(desk, double)
    desk.visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])

    receipt(desk, answer).get_by_role("link", name="Copy as request").click()

    expect(desk.page.locator("#announcer")).to_have_text("Copied.")
    copied = json.loads(desk.page.evaluate("navigator.clipboard.readText()"))
    assert copied == double.bodies[0]
    assert "sk-canary" not in str(copied)
