"""Two pages of one conversation: what one does, the other shows, also after it was away."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Desks
from tests.browser.desk import LIVE, Desk
from tests.browser.double import Double

pytestmark = pytest.mark.browser

AWAY = ["ERR_INTERNET_DISCONNECTED", "WebSocket connection"]
IDS = "[...document.querySelectorAll('.message')].map((one) => one.dataset.message).join()"


def two(desks: Desks, double: Double) -> tuple[Desk, Desk]:
    """Both at a conversation of two exchanges."""
    double.say("A heron.")
    double.say("Because.")
    here = desks()
    here.open().ask_and_wait("Which?")
    here.ask_and_wait("Why?")
    there = desks(cookie=here.cookie)
    there.open(f"/c/{here.conversation}/")
    there.expected = AWAY
    return here, there


def leave(desk: Desk) -> None:
    desk.visitor.context.set_offline(True)
    expect(desk.pill).to_have_text("Offline")


def come_back(desk: Desk) -> None:
    desk.visitor.context.set_offline(False)
    expect(desk.pill).to_have_text(LIVE)


def assert_alike(here: Desk, there: Desk) -> None:
    """The same messages in the same states under the same title; and so after a reload."""
    expect(there.messages).to_have_count(here.messages.count())
    assert there.page.evaluate(IDS) == here.page.evaluate(IDS)
    expect(there.page).to_have_title(here.page.title())
    texts = here.page.locator(".message .part").all_inner_texts()
    expect(there.page.locator(".message .part")).to_have_text(texts)
    there.reload()
    assert there.page.evaluate(IDS) == here.page.evaluate(IDS)


def edit(desk: Desk, number: int, text: str) -> None:
    desk.questions.nth(number).hover()
    desk.questions.nth(number).get_by_role("button", name="Edit and send again").click()
    desk.page.get_by_label("Edit your message").fill(text)
    desk.button("Save and send").click()


def rename(desk: Desk, title: str) -> None:
    desk.page.locator("[data-conversation-menu]").click()
    field = desk.page.get_by_label("Title", exact=True)
    expect(field).not_to_have_value("")  # the menu is fetched when it is first wanted
    field.fill(title)
    desk.button("Rename").click()
    expect(desk.page).to_have_title(f"{title} · Playground")


def delete(desk: Desk, number: int) -> None:
    count = desk.messages.count()
    desk.questions.nth(number).hover()
    more = desk.questions.nth(number).locator("[data-action=message-menu]")
    more.click()
    desk.button("Delete message…").click()
    dialog = desk.page.get_by_role("dialog", name="Delete this message?")
    dialog.locator(".button--danger").click()
    expect(desk.messages).not_to_have_count(count)


def test_what_was_sent_meanwhile_is_there(desks: Desks, double: Double) -> None:
    here, there = two(desks, double)
    double.say("And so on.")
    leave(there)
    there.field.fill("half a thought")

    here.ask_and_wait("Go on")
    come_back(there)

    expect(there.answer).to_contain_text("And so on.")
    expect(there.field).to_have_value("half a thought")
    assert_alike(here, there)
    expect(there.field).to_have_value("half a thought")


def test_an_edit_a_title_and_a_switch_are_there(desks: Desks, double: Double) -> None:
    here, there = two(desks, double)
    double.say("A duck.")
    leave(there)

    edit(here, 0, "Which other?")
    expect(here.answer).to_contain_text("A duck.")
    expect(here.answer).to_have_attribute("data-state", "completed")
    rename(here, "Birds")
    come_back(there)

    expect(there.answer).to_contain_text("A duck.")
    assert_alike(here, there)
    leave(there)
    here.button("Earlier version").first.click()
    expect(here.answer).to_contain_text("Because.")
    come_back(there)
    expect(there.answer).to_contain_text("Because.")
    assert_alike(here, there)


def test_a_deletion_is_there_and_what_was_being_edited_is_kept(
    desks: Desks, double: Double
) -> None:
    here, there = two(desks, double)
    there.questions.nth(1).hover()
    there.questions.nth(1).get_by_role("button", name="Edit and send again").click()
    there.page.get_by_label("Edit your message").fill("Why, in long words?")
    there.field.fill("and more")
    leave(there)

    delete(here, 1)
    come_back(there)

    expect(there.messages).to_have_count(2)
    expect(there.field).to_have_value("Why, in long words?\n\nand more")
    expect(there.page.locator(".toasts")).to_contain_text("Your words are in the field below")
    there.field.fill("")
    assert_alike(here, there)


def test_an_editor_stays_open_where_its_message_stays(desks: Desks, double: Double) -> None:
    here, there = two(desks, double)
    double.say("Because of that.")
    there.questions.nth(0).hover()
    there.questions.nth(0).get_by_role("button", name="Edit and send again").click()
    there.page.get_by_label("Edit your message").fill("Which, I wonder?")
    leave(there)

    here.button("Answer again with the present settings").last.click()
    expect(here.answer).to_contain_text("Because of that.")
    expect(here.answer).to_have_attribute("data-state", "completed")
    come_back(there)

    expect(there.answer).to_contain_text("Because of that.")
    expect(there.page.get_by_label("Edit your message")).to_have_value("Which, I wonder?")


def test_both_send_while_one_is_away(desks: Desks, double: Double) -> None:
    here, there = two(desks, double)
    double.say("From here.")
    double.say("From there.")
    leave(there)
    there.ask("Sent while away")
    expect(there.page.locator(".is-expected")).to_contain_text("Sent while away")

    here.ask_and_wait("Sent meanwhile")
    come_back(there)

    expect(there.answer).to_contain_text("From there.")
    expect(there.answer).to_have_attribute("data-state", "completed")
    expect(here.answer).to_contain_text("From there.")
    expect(here.answer).to_have_attribute("data-state", "completed")
    assert len(double.requests) == 4
    expect(there.questions.last.locator(".branches")).to_contain_text("2/2")
    assert_alike(here, there)


def test_what_follows_a_deleted_message_comes_back_into_the_field(
    desks: Desks, double: Double
) -> None:
    here, there = two(desks, double)
    leave(there)
    there.ask("Do not lose this")

    delete(here, 1)
    come_back(there)

    expect(there.field).to_have_value("Do not lose this")
    expect(there.composer_error).to_contain_text("not there any more")
    expect(there.messages).to_have_count(2)


def test_what_is_done_in_one_page_shows_in_the_other(desks: Desks, double: Double) -> None:
    here, there = two(desks, double)
    double.say("A duck.")
    there.field.fill("half a thought")

    edit(here, 0, "Which other?")
    expect(there.answer).to_contain_text("A duck.")
    expect(there.answer).to_have_attribute("data-state", "completed")
    here.button("Earlier version").click()
    expect(there.answer).to_contain_text("Because.")
    rename(here, "Birds")
    expect(there.page).to_have_title("Birds · Playground")
    delete(here, 1)

    expect(there.messages).to_have_count(2)
    expect(there.field).to_have_value("half a thought")
    assert_alike(here, there)


def test_a_conversation_that_was_deleted_meanwhile_says_so(desks: Desks, double: Double) -> None:
    here, there = two(desks, double)
    there.field.fill("half a thought")
    leave(there)

    here.page.locator("[data-conversation-menu]").click()
    here.button("Delete conversation").click()
    expect(here.page.locator(".toasts")).to_contain_text("is deleted")
    come_back(there)

    expect(there.page.locator(".toasts")).to_contain_text("not there any more")
    expect(there.field).to_have_value("half a thought")
