"""Taking a conversation away, from the page; and what was taken, opened in a browser."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.double import Double
from tests.imports.samples import png

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


def test_pictures_are_in_the_page_and_beside_the_markdown(
    desk: Desk, double: Double, tmp_path: Path
) -> None:
    double.say("A heron.")
    picture = {"name": "pond.png", "mimeType": "image/png", "buffer": png()}
    desk.open().page.locator("input[type=file]").first.set_input_files([picture])
    expect(desk.page.get_by_text("pond.png is attached.")).to_be_attached()
    desk.ask_and_wait("Which bird?")

    archive, page = take(desk, "Markdown", tmp_path), take(desk, "HTML", tmp_path)

    assert archive.name == "which-bird.zip"
    with zipfile.ZipFile(archive) as found:
        text, image = sorted(found.namelist(), reverse=True)
        assert re.fullmatch(r"files/[0-9a-f]{12}-pond\.png", image)
        assert f"![pond.png]({image})" in found.read(text).decode()
    desk.page.goto(page.as_uri())
    assert desk.page.locator("img").evaluate("image => image.naturalWidth") == 6


def test_what_is_selected_in_the_history_is_taken_away(desk: Desk, tmp_path: Path) -> None:
    for text in ("First of all", "Second of all", "Third of all"):
        desk.open().ask_and_wait(text)
    desk.page.goto("/history/")
    for text in ("First of all", "Third of all"):
        desk.page.get_by_role("checkbox", name=f"Select: {text}").check()

    with desk.page.expect_download() as started:
        desk.button("JSON").click()

    started.value.save_as(tmp_path / "some.json")
    found = json.loads((tmp_path / "some.json").read_text())["conversations"]
    assert [row["title"] for row in found] == ["First of all", "Third of all"]


def test_a_page_that_is_printed_has_all_of_it(desk: Desk, double: Double, tmp_path: Path) -> None:
    lines = [f"Line {number} of a long answer.\n\n" for number in range(120)]
    double.say("".join(lines))
    desk.open().ask_and_wait("Which bird?")
    page = take(desk, "HTML", tmp_path)

    texts = {}
    for name, address in (("page", desk.page.url), ("export", page.as_uri())):
        desk.page.goto(address)
        if name == "page":
            expect(desk.answer).to_have_attribute("data-state", "completed")
        data = desk.page.pdf(format="A4")
        document = pypdfium2.PdfDocument(data)
        pages = [document[n].get_textpage().get_text_bounded() for n in range(len(document))]
        texts[name] = "\n".join(pages)
        assert len(pages) > 2

    for text in texts.values():
        assert "Which bird?" in text
        assert "Line 0 of" in text
        assert "Line 119 of" in text
    assert "Send" not in texts["page"]
