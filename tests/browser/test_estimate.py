"""The line under the composer: how much is about to be sent, and when it will not fit."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.double import Double

pytestmark = pytest.mark.browser


def test_it_counts_what_is_written_and_what_went_before(desk: Desk, double: Double) -> None:
    double.say("Four short words here")
    line = desk.open().page.locator("chat-estimate")

    desk.field.fill("word " * 100)
    expect(line).to_contain_text("≈ 108 tokens · cost unknown")
    desk.field.fill("")
    desk.ask_and_wait("Hello")

    counted = desk.answer.locator("[data-context-tokens]").get_attribute("data-context-tokens")
    expect(line).to_contain_text(f"≈ {int(counted or 0) + 8} tokens")


@pytest.mark.model
def test_it_warns_before_a_message_that_the_model_cannot_hold(local_desk: Desk) -> None:
    line = local_desk.open().page.locator("chat-estimate")

    local_desk.field.fill("word " * 9000)

    expect(line).to_contain_text("Too long for this model: about 9,008 of 8,192 tokens.")
    line.get_by_role("button", name="pick a model with a larger window").click()
    expect(local_desk.page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
    local_desk.page.keyboard.press("Escape")
    local_desk.field.fill("short")
    expect(line).to_contain_text("% of the window")
