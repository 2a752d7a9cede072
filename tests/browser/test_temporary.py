"""A temporary conversation in the browser: all of it works, and nothing is anywhere after."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.axe import findings_in_both_themes
from tests.browser.conftest import Desks, double_environment, seats
from tests.browser.desk import LIVE, Desk
from tests.browser.double import Double
from tests.browser.people import People
from tests.live_server import LiveServer
from tests.script import failure
from tests.uploads import files

pytestmark = pytest.mark.browser

CANARY = "kingfisher"
STORED = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, document.title])"
PHONE = {"width": 390, "height": 844}
NOT_FOUND = "status of 404"


@pytest.fixture
def fleeting(double: Double, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server for one test, whose every byte is looked at."""
    server = LiveServer(tmp_path_factory.mktemp("fleeting"), **double_environment(double))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def guest(chromium: Browser, fleeting: LiveServer) -> Iterator[Desk]:
    for take in seats(chromium, People(fleeting)):
        yield take()


def switch(desk: Desk) -> Locator:
    return desk.page.get_by_role("switch", name="Temporary", exact=True)


def begin(desk: Desk) -> Desk:
    switch(desk.open()).click()
    expect(bar(desk)).to_be_visible()
    expect(desk.pill).to_have_text(LIVE)
    return desk


def bar(desk: Desk) -> Locator:
    return desk.page.locator(".temporary-bar")


def attach(desk: Desk, name: str) -> None:
    picture = files.picture("PNG", (640, 480))
    desk.page.locator("chat-attachments input").set_input_files(
        [{"name": name, "mimeType": "image/png", "buffer": picture}]
    )
    expect(desk.page.locator(".chip [data-note]")).to_contain_text("Not known")


def written(folder: Path) -> list[str]:
    """The names and the bytes of everything that the server wrote: database, log, files."""
    found = []
    for path in folder.rglob("*"):
        found.append(path.name)
        if path.is_file() and "static" not in path.parts:
            found.append(path.read_bytes().decode("utf-8", "replace"))
    return found


def test_nothing_of_it_is_in_the_database_the_log_the_folder_or_the_browser(
    guest: Desk, fleeting: LiveServer, double: Double
) -> None:
    begin(guest)
    attach(guest, f"{CANARY}.png")
    double.say(f"A {CANARY} dives.")
    answer = guest.ask_and_wait(f"What does a {CANARY} do?")
    expect(answer).to_contain_text("dives")
    expect(guest.questions.first.locator("img")).to_be_visible()
    double.say(f"Another {CANARY}.")
    guest.ask_and_wait(f"And the next {CANARY}?")
    double.play(*failure(400, f"No {CANARY} here"))
    guest.ask_and_wait(f"A {CANARY} fails", state="failed")
    answer.get_by_role("link", name="Receipt").click()
    expect(guest.page.get_by_role("dialog")).to_contain_text("Asked")
    guest.page.keyboard.press("Escape")
    guest.field.fill(f"A {CANARY} in a draft")
    guest.page.wait_for_timeout(500)  # the draft of a kept one would be stored after 300 ms

    assert CANARY not in guest.page.evaluate(STORED).lower()
    bar(guest).get_by_role("button", name="Close").click()
    expect(guest.page).to_have_url(f"{fleeting.url}/")

    assert CANARY not in guest.page.evaluate(STORED).lower()
    assert CANARY not in guest.page.content().lower()
    fleeting.stop()
    everything = written(fleeting.folder)
    assert "playground.sqlite3" in everything
    assert [text for text in everything if CANARY in text.lower()] == []


def test_it_begins_with_what_was_set_written_and_attached(desk: Desk, double: Double) -> None:
    desk.open().page.get_by_label("Temperature", exact=True).fill("0.7")
    desk.page.get_by_label("System message").fill("Be brief.")
    desk.field.fill("Half a question")
    attach(desk, "heron.png")

    switch(desk).click()

    expect(bar(desk)).to_be_visible()
    expect(desk.field).to_have_value("Half a question")
    expect(desk.page.locator(".chip")).to_contain_text("heron.png")
    expect(desk.page.get_by_label("Temperature", exact=True)).to_have_value("0.7")
    expect(desk.pill).to_have_text(LIVE)
    assert desk.page.evaluate("Object.keys(localStorage).length") == 0
    desk.field.press("Enter")
    expect(desk.answer).to_have_attribute("data-state", "completed")
    body = double.bodies[0]
    assert body["temperature"] == 0.7
    assert body["messages"][0]["content"] == "Be brief."
    assert body["messages"][1]["content"][0]["type"] == "image_url"


def test_it_can_be_switched_off_again_while_nothing_is_said(desk: Desk) -> None:
    begin(desk)

    switch(desk).click()

    expect(desk.page).to_have_url(f"{desk.server.url}/")
    expect(bar(desk)).to_have_count(0)


def test_where_there_is_no_room_nothing_is_lost(desk: Desk, double: Double) -> None:
    desk.expected = ["status of 409"]
    for _ in range(5):
        begin(desk).ask_and_wait("A heron?")
    desk.open().field.fill("Half a question")

    switch(desk).click()
    expect(desk.page.get_by_role("heading", name="No room for another one")).to_be_visible()
    desk.page.locator(".temporary-list").get_by_role("button", name="Close").first.click()

    expect(desk.page).to_have_url(f"{desk.server.url}/")
    expect(desk.field).to_have_value("Half a question")
    switch(desk).click()
    expect(bar(desk)).to_be_visible()
    expect(desk.field).to_have_value("Half a question")


def test_answers_stop_come_again_and_are_branches(desk: Desk, double: Double) -> None:
    begin(desk)
    double.say_in_two("The first half")
    desk.ask("Go")
    expect(desk.answer).to_contain_text("The first half")
    desk.button("Stop").click()
    expect(desk.answer).to_have_attribute("data-state", "stopped")

    double.say("Another answer")
    desk.button("Answer again with the present settings").click()
    expect(desk.answer).to_contain_text("Another answer")
    expect(desk.answer).to_have_attribute("data-state", "completed")
    expect(desk.answer.locator(".branches")).to_contain_text("2/2")
    desk.button("Earlier version").click()
    expect(desk.answer).to_contain_text("The first half")


def test_a_message_is_edited(desk: Desk, double: Double) -> None:
    begin(desk).ask_and_wait("A heron?")
    desk.questions.first.hover()
    desk.button("Edit and send again").click()
    desk.page.locator(".editor textarea").fill("An egret?")
    desk.page.locator(".editor textarea").press("Enter")

    expect(desk.questions.first).to_contain_text("An egret?")
    expect(desk.answer).to_have_attribute("data-state", "completed")
    expect(desk.questions.first.locator(".branches")).to_contain_text("2/2")


def test_a_reload_in_mid_answer_loses_nothing(desk: Desk, double: Double, desks: Desks) -> None:
    gate = double.say_in_two("Before", " and after.")
    begin(desk).ask("Go")
    expect(desk.answer).to_contain_text("Before")
    other = desks(cookie=desk.cookie).open(f"/c/{desk.conversation}/")
    desk.reload()
    expect(desk.answer).to_contain_text("Before")

    gate.open()

    for each in (desk, other):
        expect(each.answer).to_have_attribute("data-state", "completed")
        expect(each.answer).to_contain_text("Before and after.")
        expect(each.answers).to_have_count(1)


def test_the_same_answer_goes_on_after_a_break(desk: Desk, double: Double) -> None:
    gate = double.say_in_two("Before", " and after.")
    begin(desk).ask("Go")
    expect(desk.answer).to_contain_text("Before")
    desk.visitor.context.set_offline(True)
    expect(desk.pill).not_to_have_text(LIVE)
    gate.open()
    desk.visitor.context.set_offline(False)

    expect(desk.pill).to_have_text(LIVE)
    expect(desk.answer).to_contain_text("Before and after.")
    expect(desk.answers).to_have_count(1)


def test_what_leads_to_something_stored_is_not_there(desk: Desk) -> None:
    begin(desk).ask_and_wait("A heron?")

    expect(desk.page.locator("[data-conversation-menu]")).to_be_hidden()
    desk.questions.first.hover()
    expect(desk.button("Copy the link to this message")).to_have_count(0)
    desk.answer.get_by_role("button", name=re.compile("^More")).click()
    menu = desk.page.locator("#message-menu")
    expect(menu.get_by_text("Copy as plain text")).to_be_visible()
    expect(menu.get_by_text("Copy link to message")).to_be_hidden()
    expect(menu.get_by_text("Delete message…")).to_be_hidden()
    expect(desk.page.locator(".rail__entry")).to_have_count(0)


def test_saving_keeps_it_with_its_receipts(desk: Desk, double: Double) -> None:
    double.say("A grey heron.")
    begin(desk).ask_and_wait("Which bird?")
    address = desk.page.url

    desk.button("Save this conversation").click()

    expect(desk.page).not_to_have_url(address)
    expect(bar(desk)).to_have_count(0)
    expect(desk.answer).to_contain_text("A grey heron.")
    expect(desk.page.locator(".rail__entry")).to_contain_text("Which bird?")
    desk.answer.get_by_role("link", name="Receipt").click()
    expect(desk.page.get_by_role("dialog")).to_contain_text("SHA-256")
    assert desk.stored_text(desk.answer) == "A grey heron."


def test_another_tab_hears_that_it_was_closed(desk: Desk, desks: Desks) -> None:
    begin(desk).ask_and_wait("A heron?")
    other = desks(cookie=desk.cookie).open(f"/c/{desk.conversation}/")
    other.field.fill("Not sent yet")

    bar(desk).get_by_role("button", name="Close").click()

    expect(other.pill).to_have_text("Gone")
    expect(other.page.locator("[data-connection-notice]")).to_contain_text("temporary conversation")
    expect(other.field).to_have_value("Not sent yet")
    other.expected = [NOT_FOUND]
    other.page.reload()
    expect(other.page.get_by_role("heading")).to_have_text("This conversation was temporary")


def test_signing_out_ends_it(desk: Desk, desks: Desks) -> None:
    begin(desk).ask_and_wait("A heron?")
    address = f"/c/{desk.conversation}/"
    desk.page.locator(".rail__user").click()
    desk.button("Sign out").click()
    expect(desk.page).to_have_url(re.compile("/sign-in/"))

    other = desks()
    other.expected = [NOT_FOUND]
    other.page.goto(address)
    expect(other.page.get_by_role("heading")).to_have_text("This conversation was temporary")


def test_code_has_what_was_said(desk: Desk, double: Double) -> None:
    begin(desk).ask_and_wait("A heron?")

    desk.page.get_by_role("tab", name="Code").click()

    expect(desk.page.locator("chat-code pre")).to_contain_text("A heron?")


def test_it_fits_a_phone_and_reads_well(desks: Desks, double: Double) -> None:
    for desk in (desks(viewport=PHONE), desks()):
        begin(desk).ask_and_wait("A heron?")

        width = desk.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert width <= 0
        assert findings_in_both_themes(desk.page) == []
