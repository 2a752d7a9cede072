"""Taking a conversation away, from the page; and what was taken, opened in a browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.double import Double

pytestmark = pytest.mark.browser

ANSWER = "A *grey* heron.\n\n```python\nprint(1)\n```\n\n![spy](http://127.0.0.1:9/spy.png)"


def take(desk: Desk, name: str, folder: Path) -> Path:
    desk.button("Rename or delete this conversation").click()
    with desk.page.expect_download() as started:
        desk.page.locator("#conversation-menu").get_by_role("link", name=name, exact=True).click()
    path = folder / started.value.suggested_filename
    started.value.save_as(path)
    desk.page.keyboard.press("Escape")
    return path


def test_a_conversation_is_taken_away_in_each_format(
    desk: Desk, double: Double, tmp_path: Path
) -> None:
    double.say(ANSWER)
    desk.open().ask_and_wait("Which bird?")

    paths = {name: take(desk, name, tmp_path) for name in ("Markdown", "HTML", "JSON")}

    assert {path.name for path in paths.values()} == {
        "which-bird.md",
        "which-bird.html",
        "which-bird.json",
    }
    assert ANSWER in paths["Markdown"].read_text()
    (conversation,) = json.loads(paths["JSON"].read_text())["conversations"]
    assert conversation["id"] == desk.conversation
    assert [message["role"] for message in conversation["messages"]] == ["user", "assistant"]


def test_the_page_of_an_export_loads_nothing_and_is_styled(
    desk: Desk, double: Double, tmp_path: Path
) -> None:
    double.say(ANSWER)
    desk.open().ask_and_wait("Which bird?")
    path = take(desk, "HTML", tmp_path)
    requests: list[str] = []
    desk.page.on("request", lambda request: requests.append(request.url))

    desk.page.goto(path.as_uri())

    expect(desk.page.locator(".words em")).to_have_text("grey")
    expect(desk.page.locator(".words button")).to_be_hidden()
    assert desk.page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth") != "none"
    assert requests == [path.as_uri()]


def test_on_paper_there_is_the_conversation_alone(desk: Desk) -> None:
    desk.open().ask_and_wait("Which bird?")

    desk.page.emulate_media(media="print")

    for selector in (".rail", ".panel", ".topbar", ".composer", ".receipt-line__actions"):
        expect(desk.page.locator(selector).first).to_be_hidden()
    expect(desk.questions.first).to_be_visible()
    assert desk.page.evaluate(
        "document.querySelector('.thread').scrollHeight"
        " === document.querySelector('.thread').clientHeight"
    )
