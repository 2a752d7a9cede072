"""Pinning and archiving from the menu of a conversation, and many at once on the history's page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.test_history import begin, entries, open_menu

pytestmark = pytest.mark.browser


def test_a_pinned_conversation_comes_first_until_it_is_unpinned(desk: Desk) -> None:
    begin(desk, "The first", "The second")

    open_menu(desk, "The first")
    desk.button("Pin").click()
    expect(desk.page.locator(".rail__day").first).to_have_text("Pinned")
    expect(entries(desk)).to_have_text(["The first", "The second"])
    open_menu(desk, "The first")
    desk.button("Unpin").click()

    expect(entries(desk)).to_have_text(["The second", "The first"])


def test_archiving_can_be_undone(desk: Desk) -> None:
    begin(desk, "The first", "The second")

    open_menu(desk, "The first")
    desk.button("Archive").click()
    expect(entries(desk)).to_have_text(["The second"])
    desk.button("Undo").click()

    expect(entries(desk)).to_have_text(["The second", "The first"])


def test_many_are_deleted_and_brought_back_on_the_page(desk: Desk) -> None:
    begin(desk, "The first", "The second", "The third")

    desk.page.goto("/history/")
    for title in ("The first", "The third"):
        desk.page.get_by_role("checkbox", name=f"Select: {title}").check()
    desk.button("Delete").click()
    expect(desk.page.locator(".history__entry")).to_have_text(["The second"])
    desk.button("Undo").click()

    expect(desk.page.locator(".history__entry")).to_have_count(3)
