"""The Code tab, and the code of a receipt: always what the page shows."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


def test_the_tab_follows_what_is_set_and_written(desk: Desk) -> None:
    desk.open().page.get_by_role("tab", name="Code").click()
    code = desk.page.locator("#pane-code .code code")
    expect(code).to_contain_text("import json")

    desk.field.fill("Which bird?")
    expect(code).to_contain_text("Which bird?")
    desk.page.locator("#pane-code").get_by_label("Language").select_option("curl")
    expect(code).to_contain_text("curl ")
    desk.page.locator("#pane-code").get_by_label("Dialect").select_option("anthropic")
    expect(code).to_contain_text("/api/v1/messages")
    desk.page.locator("#pane-code").get_by_label("Answer").select_option("stream")
    expect(code).to_contain_text('"stream": true')


def test_it_is_copied_whole(desk: Desk) -> None:
    desk.open().page.get_by_role("tab", name="Code").click()
    code = desk.page.locator("#pane-code .code code")
    expect(code).to_contain_text("import json")
    desk.visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])

    desk.button("Copy code").click()

    expect(desk.page.locator("#announcer")).to_have_text("Copied.")
    assert desk.page.evaluate("navigator.clipboard.readText()") == code.text_content()


def test_a_receipt_has_its_own(desk: Desk) -> None:
    desk.open().page.get_by_label("Temperature", exact=True).fill("0.7")
    answer = desk.ask_and_wait("Which bird?")
    desk.page.get_by_label("Temperature", exact=True).fill("0.1")
    answer.get_by_role("link", name="Receipt").click()
    dialog = desk.page.get_by_role("dialog", name="Receipt")

    dialog.get_by_role("link", name="Code").click()

    expect(dialog.locator(".code code")).to_contain_text("0.7")
    dialog.get_by_label("Last message only").check()
    expect(dialog.get_by_label("Last message only")).to_be_checked()
    dialog.get_by_role("link", name="Receipt").click()
    expect(dialog.get_by_role("button", name="Reproduce")).to_be_visible()
