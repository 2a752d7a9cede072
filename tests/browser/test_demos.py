"""A demo on a phone: from the code to the end of what it may cost, and the switch."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import findings_in_both_themes
from tests.browser.desk import Desk
from tests.browser.double import Double
from tests.browser.test_layout import PHONE, is_within
from tests.browser.test_shares import Strangers, path_of, strangers

__all__ = ["strangers"]
pytestmark = pytest.mark.browser


def make(desk: Desk, **fields: str) -> str:
    desk.page.goto("/demos/new/")
    for name, value in {"title": "Ask about birds", "dollars": "", **fields}.items():
        desk.page.locator(f"[name={name}]").fill(value)
    assert findings_in_both_themes(desk.page) == []
    desk.button("Make the demo").click()
    expect(desk.page.get_by_alt_text("QR code of the address")).to_be_visible()
    return path_of(desk)


def enter(page: Page, path: str) -> None:
    page.goto(path)
    assert is_within(page)
    assert findings_in_both_themes(page) == []
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Begin").click()
    expect(page.locator("[data-live-state]")).to_have_text("Live")


def say(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Message").fill(text)
    page.keyboard.press("Enter")


def test_from_the_address_to_the_end_of_the_budget(
    desk: Desk, double: Double, strangers: Strangers
) -> None:
    path = make(desk, guest_messages="1", starters="What is a heron?")
    double.say("A **heron**.")
    page = strangers(viewport=PHONE).page
    enter(page, path)
    page.get_by_role("button", name="What is a heron?").click()
    page.keyboard.press("Enter")
    expect(page.locator(".message--assistant strong")).to_have_text("heron")
    expect(page.locator("[data-left]")).to_contain_text("0 messages")
    assert is_within(page)
    assert findings_in_both_themes(page) == []
    expect(page.locator(".message--assistant")).to_have_attribute("data-state", "completed")

    say(page, "And that?")

    expect(page.locator("[data-problem]")).to_contain_text("Thank you for trying it")
    desk.page.reload()
    expect(desk.page.locator(".demo-used")).to_contain_text("1 of 200")


def test_the_switch_stops_an_answer_that_its_owner_watches(
    desk: Desk, double: Double, strangers: Strangers
) -> None:
    path = make(desk)
    demo = desk.page.url
    double.say_in_two("Half a sentence")
    guest = strangers(viewport=PHONE).page
    enter(guest, path)
    say(guest, "Go on")
    expect(guest.locator(".message--assistant")).to_contain_text("Half a sentence")
    desk.page.goto(demo)
    desk.page.locator("a.person__name").click()
    expect(desk.answer).to_contain_text("Half a sentence")
    desk.page.goto(demo)
    desk.button("Close at once").click()

    expect(guest.locator("[data-live-state]")).to_have_text("Over")
    expect(guest.get_by_role("textbox", name="Message")).to_be_disabled()
    desk.page.locator("a.person__name").click()
    expect(desk.answer).to_have_attribute("data-state", "stopped")
