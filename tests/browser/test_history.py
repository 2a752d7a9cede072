"""The conversations in the rail: titles, search, rename, delete and undo."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Desks
from tests.browser.desk import Desk
from tests.browser.double import Double

pytestmark = pytest.mark.browser


def entries(desk: Desk) -> Locator:
    return desk.page.locator(".rail__item")


def open_menu(desk: Desk, title: str) -> None:
    desk.page.locator(".rail__entry", has_text=title).hover()
    desk.button(f"Rename or delete: {title}").click()


def begin(desk: Desk, *texts: str) -> Desk:
    """A conversation each."""
    for text in texts:
        desk.open().ask_and_wait(text)
    return desk


def test_a_conversation_has_its_title_and_address_at_once(desk: Desk, double: Double) -> None:
    gate = double.say_in_two("Half")

    desk.open().ask("Whales and how they sleep")

    expect(entries(desk)).to_have_text(["Whales and how they sleep"])
    expect(entries(desk).first).to_have_attribute("aria-current", "page")
    expect(desk.page).to_have_title("Whales and how they sleep · Playground")
    assert desk.conversation
    gate.open()
    expect(desk.answer).to_have_attribute("data-state", "completed")


def test_a_new_conversation_appears_in_another_tab(desk: Desk, desks: Desks) -> None:
    desk.open()
    other = desks(cookie=desk.cookie).open()

    other.ask_and_wait("From elsewhere")

    expect(entries(desk)).to_have_text(["From elsewhere"])
    expect(desk.messages).to_have_count(0)


def test_search_narrows_by_title(desk: Desk) -> None:
    begin(desk, "Red apples", "Green pears", "Red plums")
    search = desk.page.get_by_role("searchbox", name="Search titles")

    desk.page.keyboard.press("Control+k")
    expect(search).to_be_focused()
    search.fill("red")
    expect(entries(desk)).to_have_text(["Red plums", "Red apples"])
    search.fill("100%_")
    expect(desk.page.locator(".rail__empty")).to_contain_text("100%_")
    search.fill("")

    expect(entries(desk)).to_have_count(3)


def test_a_title_can_be_changed(desk: Desk) -> None:
    begin(desk, "Old title")

    open_menu(desk, "Old title")
    field = desk.page.get_by_label("Title", exact=True)
    expect(field).to_have_value("Old title")
    field.fill("<b>New</b> & title")
    desk.button("Rename").click()

    expect(entries(desk)).to_have_text(["<b>New</b> & title"])
    expect(desk.page).to_have_title("<b>New</b> & title · Playground")
    desk.reload()
    expect(entries(desk)).to_have_text(["<b>New</b> & title"])


def test_deleting_another_conversation_can_be_undone(desk: Desk) -> None:
    begin(desk, "The first", "The second")

    open_menu(desk, "The first")
    desk.button("Delete conversation").click()
    expect(entries(desk)).to_have_text(["The second"])
    expect(desk.page.locator(".toast")).to_contain_text("“The first” is deleted.")
    desk.button("Undo").click()

    expect(desk.questions).to_have_text(["The first"])
    expect(entries(desk)).to_have_count(2)


def test_deleting_the_open_conversation_leaves_it(desk: Desk) -> None:
    begin(desk, "The only one")

    open_menu(desk, "The only one")
    desk.button("Delete conversation").click()

    expect(desk.page).to_have_url(f"{desk.server.url}/")
    expect(desk.messages).to_have_count(0)
    expect(desk.page.locator(".toast")).to_contain_text("“The only one” is deleted.")
    desk.button("Undo").click()
    expect(desk.questions).to_have_text(["The only one"])


def test_what_belongs_to_somebody_else_is_not_there(desk: Desk, desks: Desks) -> None:
    begin(desk, "A secret")
    path = f"/c/{desk.conversation}/"
    source = f"/messages/{desk.answer.get_attribute('data-message')}/source/"
    receipt = f"/turns/{desk.answer.get_attribute('data-turn')}/receipt/"
    stranger = desks()
    stranger.expected = ["404"]

    response = stranger.page.goto(path)

    assert response is not None
    assert response.status == 404
    expect(stranger.page.get_by_role("heading")).to_have_text("There is nothing here")
    assert "A secret" not in stranger.page.content()
    for address in (path, source, receipt, "/c/00000000-0000-4000-8000-000000000000/"):
        assert stranger.page.request.get(address).status == 404
    stranger.page.goto("/")
    expect(entries(stranger)).to_have_count(0)


def test_a_link_to_a_message_leads_to_its_branch(desk: Desk, double: Double) -> None:
    double.say("one way")
    double.say("another way")
    begin(desk, "How?")
    first = desk.answer.get_attribute("data-message")
    desk.button("Answer again with the present settings").click()
    expect(desk.answer).to_contain_text("another way")

    desk.open(f"/c/{desk.conversation}/?message={first}")

    expect(desk.answer).to_contain_text("one way")
    expect(desk.answer).to_be_in_viewport()
