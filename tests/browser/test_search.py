"""The search field: words of messages, by mouse and by keys, and where a hit leads."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


def test_a_hit_in_a_message_opens_there_by_keys_alone(desk: Desk) -> None:
    desk.open().ask_and_wait("Stripes of animals")
    desk.ask_and_wait("And what of the okapi?")
    desk.open().ask_and_wait("Something else")

    desk.page.keyboard.press("Control+k")
    desk.page.keyboard.type("okapi")
    found = desk.page.locator(".found", has_text="okapi").first
    expect(found.locator("mark")).to_have_text("okapi")
    expect(found).to_contain_text("Stripes of animals")
    desk.page.keyboard.press("ArrowDown")
    expect(desk.page.locator(".found").first).to_be_focused()
    desk.page.keyboard.press("ArrowUp")
    expect(desk.page.get_by_role("searchbox", name="Search")).to_be_focused()
    found.focus()
    desk.page.keyboard.press("Enter")

    expect(desk.page).to_have_url(re.compile(r"\?message=\d+#message-\d+$"))
    expect(desk.page.locator(":target")).to_contain_text("okapi")


def test_titles_come_first_and_filters_are_explained(desk: Desk) -> None:
    desk.open().ask_and_wait("Heron watching")
    search = desk.page.get_by_role("searchbox", name="Search")

    search.fill("heron")
    expect(desk.page.locator(".rail__day").first).to_have_text("Titles")
    expect(desk.page.locator(".rail__item mark")).to_have_text("Heron")
    search.fill("heron before:soon")

    expect(desk.page.locator(".rail__problem")).to_contain_text("such as 2026-03-31")
