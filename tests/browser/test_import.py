"""A file from this playground or another, brought in by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.imports.case import conversation, document

pytestmark = pytest.mark.browser


def test_a_large_file_is_looked_into_and_taken(desk: Desk, tmp_path: Path) -> None:
    text = [{"type": "text", "text": "A grey heron. " * 200_000}]
    large = conversation(title="Herons")
    large["messages"][0]["parts"] = text
    path = tmp_path / "mine.json"
    path.write_text(document(large, {"title": "Odd one"}))
    assert path.stat().st_size > 2 * 1024 * 1024

    desk.page.goto("/data/")
    desk.page.get_by_label("A file of conversations").set_input_files(path)
    desk.button("Look into it").click()
    expect(desk.page.get_by_role("status")).to_have_text("1 new, 0 already here, 1 unreadable.")
    expect(desk.page.locator(".import-reasons")).to_contain_text("“Odd one”")
    desk.button("Import 1").click()

    expect(desk.page.get_by_role("status")).to_contain_text("Imported. 1 new")
    desk.open()
    expect(desk.page.get_by_role("link", name="Herons", exact=True)).to_be_visible()


def test_a_file_that_is_none_is_told(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "cats.json"
    path.write_text("meow")

    desk.page.goto("/data/")
    desk.page.get_by_label("A file of conversations").set_input_files(path)
    desk.button("Look into it").click()

    expect(desk.page.locator(".import-reasons")).to_have_text("This is not a JSON file.")
    desk.button("Back").click()
    expect(desk.page.get_by_label("A file of conversations")).to_be_visible()


def test_the_way_there_and_everything_at_once(desk: Desk, tmp_path: Path) -> None:
    desk.open().ask_and_wait("Which bird?")
    desk.page.locator(".rail__user").click()
    desk.page.get_by_role("link", name="Your data").click()

    with desk.page.expect_download() as started:
        desk.page.get_by_role("link", name="JSON", exact=True).click()

    started.value.save_as(tmp_path / "all.json")
    (found,) = json.loads((tmp_path / "all.json").read_text())["conversations"]
    assert found["title"] == "Which bird?"
