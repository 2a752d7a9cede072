"""Files picked, dropped, pasted, sent, shown; and what is said when one cannot be."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.desk import Desk
from tests.browser.double import Double
from tests.uploads import files

pytestmark = pytest.mark.browser

UNPROCESSABLE = "status of 422"
DROP = """([type, name, mime, data]) => {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name, { type: mime }));
  const target = document.activeElement;
  const options = { bubbles: true, cancelable: true };
  const event = type === "paste"
    ? new ClipboardEvent("paste", { ...options, clipboardData: carried })
    : new DragEvent(type, { ...options, dataTransfer: carried });
  target.dispatchEvent(event);
}"""


def pick(desk: Desk, *chosen: tuple[str, str, bytes]) -> None:
    payloads: list[Any] = [
        {"name": name, "mimeType": mime, "buffer": data} for name, mime, data in chosen
    ]
    desk.page.locator("chat-attachments input").set_input_files(payloads)


def carry(desk: Desk, event: str, name: str, mime: str, data: bytes) -> None:
    encoded = base64.b64encode(data).decode()
    desk.field.focus()
    desk.page.evaluate(DROP, [event, name, mime, encoded])


def chips(desk: Desk) -> Locator:
    return desk.page.locator(".chip")


def heron(desk: Desk) -> None:
    pick(desk, ("heron.png", "image/png", files.picture("PNG", (640, 480))))
    expect(chips(desk).locator("[data-note]")).to_contain_text("Not known whether parrot")


def is_drawn(picture: Locator) -> bool:
    return bool(picture.evaluate("image => image.decode().then(() => image.naturalWidth > 0)"))


def test_an_image_is_sent_and_shown(desk: Desk, double: Double) -> None:
    desk.open()

    heron(desk)
    answer = desk.ask_and_wait("What bird is this?")

    expect(answer).to_be_visible()
    expect(chips(desk)).to_have_count(0)
    picture = desk.questions.first.get_by_role("img", name="heron.png")
    assert is_drawn(picture)
    link = desk.questions.first.get_by_role("link", name="heron.png")
    assert (
        desk.page.request.get(link.get_attribute("href") or "").headers["content-disposition"]
        == 'inline; filename="heron.png"'
    )
    image, words = double.bodies[0]["messages"][0]["content"]
    assert image["image_url"]["url"].startswith("data:image/png;base64,")
    assert words["text"] == "What bird is this?"
    desk.reload()
    assert is_drawn(desk.questions.first.get_by_role("img", name="heron.png"))


def test_several_kinds_are_drawn_each_in_its_way(desk: Desk, double: Double) -> None:
    desk.open()

    pick(
        desk,
        ("song.wav", "audio/wav", files.wav(1)),
        ("paper.pdf", "application/pdf", files.pdf("one", "two")),
        ("notes.md", "text/markdown", b"# Notes"),
    )
    expect(chips(desk)).to_have_count(3)
    expect(desk.button("Send")).to_be_enabled()
    desk.ask_and_wait("")

    question = desk.questions.first
    player = question.locator("audio")
    assert player.evaluate(
        "a => new Promise((done) => {"
        " if (a.readyState) done(a.duration); a.onloadedmetadata = () => done(a.duration); })"
    ) == pytest.approx(1, abs=0.1)
    expect(question.locator(".media__file").first).to_contain_text("paper.pdf PDF · 2 pages")
    with desk.page.expect_download() as saved:
        question.get_by_role("link", name="notes.md").click()
    assert saved.value.suggested_filename == "notes.md"
    kinds = [part["type"] for part in double.bodies[0]["messages"][0]["content"]]
    assert kinds == ["input_audio", "file", "text"]


def test_files_can_be_dropped_and_pasted(desk: Desk) -> None:
    desk.open()
    carry(desk, "dragover", "a.png", "image/png", files.picture())
    expect(desk.page.locator("chat-composer")).to_have_attribute("data-dropping", "")

    carry(desk, "drop", "dropped.png", "image/png", files.picture())
    carry(desk, "paste", "pasted.png", "image/png", files.picture(colour="red"))

    names = chips(desk).locator("[data-name]")
    expect(names).to_have_text(["dropped.png", "pasted.png"])
    expect(desk.page.locator("chat-composer")).not_to_have_attribute("data-dropping", "")
    assert all(is_drawn(chips(desk).nth(i).locator("img")) for i in range(2))


def test_a_refused_file_says_why_and_holds_the_message_back(desk: Desk, double: Double) -> None:
    desk.expected.append(UNPROCESSABLE)
    desk.open()

    pick(desk, ("photo.png", "image/png", b"<html>" + files.SCRIPT))
    expect(chips(desk)).to_contain_text("“photo.png” is not what its name says")
    desk.ask("Look")
    expect(desk.composer_error).to_have_text("Remove the file that could not be attached.")
    desk.button("Remove photo.png").click()
    desk.field.press("Enter")

    expect(desk.answer).to_have_attribute("data-state", "completed")
    assert double.bodies[0]["messages"][0]["content"] == "Look"


def test_a_name_is_text(desk: Desk) -> None:
    desk.open()
    name = "<img src=x onerror=alert(1)>.png"

    pick(desk, (name, "image/png", files.picture()))
    expect(chips(desk).locator("[data-name]")).to_have_text(name)
    expect(desk.button("Send")).to_be_enabled()
    desk.ask_and_wait("Look")

    expect(desk.questions.first.get_by_role("img", name=name)).to_be_visible()


def test_they_stay_with_the_draft_and_can_be_removed(desk: Desk) -> None:
    desk.open()
    heron(desk)
    desk.field.fill("What bird")

    desk.reload()

    expect(chips(desk)).to_contain_text("heron.png")
    assert is_drawn(chips(desk).locator("img"))
    desk.button("Remove heron.png").click()
    expect(desk.field).to_be_focused()
    desk.reload()
    expect(desk.field).to_have_value("What bird")
    expect(chips(desk)).to_have_count(0)


def test_an_edit_keeps_them(desk: Desk, double: Double) -> None:
    desk.open()
    heron(desk)
    desk.ask_and_wait("What bird?")

    desk.questions.first.hover()
    desk.button("Edit and send again").click()
    desk.page.get_by_label("Edit your message").fill("Which bird?")
    desk.button("Save and send").click()

    expect(desk.questions.first.locator(".branches")).to_contain_text("2/2")
    expect(desk.answer).to_have_attribute("data-state", "completed")
    assert is_drawn(desk.questions.first.get_by_role("img", name="heron.png"))
    first, second = (body["messages"][0]["content"] for body in double.bodies)
    assert first[0] == second[0]


def test_what_waits_keeps_its_files(desk: Desk, double: Double) -> None:
    gate = double.say_in_two("begin")
    desk.open().ask("First")
    expect(desk.answer).to_contain_text("begin")

    heron(desk)
    desk.ask("Second")
    expect(chips(desk)).to_have_count(0)
    gate.open()

    expect(desk.questions).to_have_count(2)
    assert is_drawn(desk.questions.last.get_by_role("img", name="heron.png"))


@pytest.mark.model
def test_a_model_that_only_reads_offers_a_way_out(local_desk: Desk) -> None:
    desk = local_desk.open()

    pick(desk, ("heron.png", "image/png", files.picture()))
    expect(chips(desk)).to_contain_text("takes no images")
    desk.ask("What bird?")
    expect(desk.composer_error).to_contain_text("Pick another model, or remove the file.")
    desk.button("Pick a model").click()
    expect(desk.page.get_by_role("dialog")).to_be_visible()
    desk.page.keyboard.press("Escape")
    desk.button("Remove heron.png").click()
    pick(desk, ("paper.pdf", "application/pdf", files.pdf("The heron waits.")))
    expect(chips(desk)).to_contain_text("takes no PDFs")
    desk.button("Send its text").click()

    expect(chips(desk).locator("[data-name]")).to_have_text("paper.pdf.txt")
    desk.field.press("Enter")
    expect(desk.questions.first).to_contain_text("paper.pdf.txt")
    expect(desk.answer).to_have_attribute("data-state", "completed", timeout=60_000)


def test_on_a_telephone_nothing_stands_out(desks: Any) -> None:
    desk = desks(viewport={"width": 390, "height": 780}).open()
    name = "a rather long name of a photograph of a heron by the river.png"
    pick(desk, *((name, "image/png", files.picture()) for _ in range(3)))
    expect(chips(desk)).to_have_count(3)
    expect(desk.button("Send")).to_be_enabled()

    desk.ask_and_wait("Look")

    width = desk.page.evaluate("document.documentElement.scrollWidth")
    assert width == 390
    assert desk.page.locator(".media__image img").first.bounding_box()["width"] <= 370
