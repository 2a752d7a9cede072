"""A file from this playground or another, brought in by hand."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.imports.case import conversation, document, message
from tests.imports.samples import CHATGPT, OPEN_WEBUI

pytestmark = pytest.mark.browser


def test_a_large_file_is_looked_into_and_taken(desk: Desk, tmp_path: Path) -> None:
    text = [{"type": "text", "text": "A grey heron. " * 200_000}]
    large = conversation(title="Herons")
    large["messages"][0]["parts"] = text
    path = tmp_path / "mine.json"
    path.write_text(document(large, {"title": "Odd one"}))
    posted: list[str] = []
    desk.page.on("request", lambda request: posted.append(urlsplit(request.url).path))
    assert path.stat().st_size > 2 * 1024 * 1024

    desk.page.goto("/data/")
    desk.page.get_by_label("A file of conversations").set_input_files(path)
    desk.button("Look into it").click()
    expect(desk.page.get_by_role("status")).to_have_text("1 new, 0 already here, 1 unreadable.")
    expect(desk.page.locator(".import-reasons")).to_contain_text("“Odd one”")
    desk.button("Import 1").click()

    expect(desk.page.get_by_role("status")).to_contain_text("Imported. 1 new")
    assert posted.count("/imports/pieces/") > 4
    desk.page.reload()
    expect(desk.page.get_by_role("status")).to_have_count(0)
    desk.open()
    expect(desk.page.get_by_role("link", name="Herons", exact=True)).to_be_visible()


def test_a_file_that_is_none_is_told(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "cats.json"
    path.write_text("meow")

    desk.page.goto("/data/")
    desk.page.get_by_label("A file of conversations").set_input_files(path)
    desk.button("Look into it").click()

    expect(desk.page.locator(".import-reasons")).to_have_text("This is not a JSON file.")
    desk.page.reload()
    expect(desk.page.locator(".import-reasons")).to_be_visible()
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


def test_an_import_shows_how_far_it_is_and_can_be_stopped(desk: Desk, tmp_path: Path) -> None:
    rows = [message()] + [message(id=n, parent=n - 1) for n in range(2, 401)]
    path = tmp_path / "many.json"
    path.write_text(document(*(conversation(title=f"No {n}", messages=rows) for n in range(60))))

    desk.page.goto("/data/")
    desk.page.get_by_label("A file of conversations").set_input_files(path)
    desk.button("Look into it").click()
    desk.button("Import 60").click()
    expect(desk.page.locator("[data-status]")).to_have_text(re.compile(r"Importing: [1-9]\d* %"))
    desk.button("Stop").click()

    status = desk.page.get_by_role("status")
    expect(status).to_contain_text("It stopped on the way. So far:")
    desk.button("Import the rest").click()
    expect(status).to_contain_text("Imported.")
    expect(status).to_contain_text("already here.")
    expect(desk.page.get_by_text("60 conversations.")).to_be_visible()


def test_what_another_program_exported_says_so_in_its_receipts(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "chats.json"
    path.write_text(json.dumps([OPEN_WEBUI, CHATGPT]))

    desk.page.goto("/data/")
    desk.page.get_by_label("A file of conversations").set_input_files(path)
    desk.button("Look into it").click()
    expect(desk.page.get_by_text("2 attachments are only named")).to_be_visible()
    expect(desk.page.get_by_text("Written by Open WebUI and ChatGPT")).to_be_visible()
    desk.button("Import 2").click()
    expect(desk.page.get_by_role("status")).to_contain_text("Imported. 2 new")
    desk.open()
    desk.page.get_by_role("link", name="Birds", exact=True).click()

    desk.page.get_by_role("link", name="Receipt").last.click()

    expect(desk.page.locator("#receipt-dialog")).to_contain_text("Imported from ChatGPT on")
    expect(desk.page.locator("#receipt-dialog")).to_contain_text("was not written here.")
