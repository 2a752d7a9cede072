"""Folders and tags in the rail and in the menu of a conversation: by mouse, keys and dragging."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.test_history import begin, entries, open_menu

pytestmark = pytest.mark.browser


def file(desk: Desk, title: str, *, folder: str = "", tags: str = "") -> None:
    """In the dialog, with new names."""
    open_menu(desk, title)
    desk.page.locator("[data-filing]").click()
    dialog = desk.page.get_by_role("dialog", name="Folder and tags")
    dialog.get_by_label("New folder").fill(folder)
    dialog.get_by_label("New tags").fill(tags)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()


def test_a_conversation_is_filed_and_found_by_its_folder_and_its_tag(desk: Desk) -> None:
    begin(desk, "The first", "The second")

    file(desk, "The first", folder="Work <b>", tags="draft, idea")
    desk.page.locator(".shelf > summary").click()
    desk.page.locator(".shelf__item", has_text="Work <b>").click()
    expect(entries(desk)).to_have_text(["The first"])
    expect(desk.page.locator(".shelf > summary")).to_have_text("Work <b>")
    desk.page.locator(".shelf__item", has_text="All conversations").click()
    expect(entries(desk)).to_have_count(2)
    desk.page.locator(".shelf .label", has_text="idea").click()

    expect(entries(desk)).to_have_text(["The first"])


def test_a_name_that_is_refused_stays_in_the_dialog(desk: Desk) -> None:
    begin(desk, "The first")
    open_menu(desk, "The first")
    desk.page.locator("[data-filing]").click()
    dialog = desk.page.get_by_role("dialog", name="Folder and tags")

    dialog.get_by_label("New folder").fill("x" * 41)
    dialog.get_by_role("button", name="Save").click()

    expect(dialog.get_by_role("alert")).to_contain_text("41 characters")
    expect(dialog.get_by_label("New folder")).to_have_value("x" * 41)
    dialog.get_by_text("Cancel").click()
    expect(dialog).to_be_hidden()


def test_the_open_conversation_is_filed_from_the_top_bar_by_keys(desk: Desk) -> None:
    begin(desk, "The first")
    press = desk.page.keyboard.press

    desk.button("Rename or delete this conversation").focus()
    press("Enter")
    desk.page.locator("[data-filing]").focus()
    press("Enter")
    expect(desk.page.get_by_label("New folder")).to_be_focused()
    desk.page.keyboard.type("Work")
    press("Enter")

    expect(desk.page.locator(".toast")).to_contain_text("Folder and tags are saved.")
    expect(desk.page.locator(".shelf__item", has_text="Work")).to_have_count(1)


def test_a_conversation_is_dragged_onto_a_folder_and_back_with_undo(desk: Desk) -> None:
    begin(desk, "The first", "The second")
    file(desk, "The first", folder="Work")
    work = desk.page.locator("[data-folder]")
    desk.page.locator(".shelf > summary").click()

    desk.page.locator(".rail__item", has_text="The second").drag_to(work)
    expect(desk.page.locator(".toast")).to_contain_text("The conversation is in “Work”.")
    work.click()
    expect(entries(desk)).to_have_count(2)
    desk.page.locator(".toast").get_by_role("button", name="Undo").click()

    expect(entries(desk)).to_have_text(["The first"])


def test_the_order_stays_as_it_was_picked(desk: Desk) -> None:
    begin(desk, "Bees", "Ants", "Cats")

    desk.page.locator(".shelf > summary").click()
    desk.page.locator(".shelf__sorts a", has_text="Title").click()
    expect(entries(desk)).to_have_text(["Ants", "Bees", "Cats"])
    desk.reload()

    expect(entries(desk)).to_have_text(["Ants", "Bees", "Cats"])
    desk.ask_and_wait("Another question")
    expect(entries(desk)).to_have_text(["Ants", "Bees", "Cats"])


def test_keys_go_to_the_ends_and_to_what_begins_as_typed(desk: Desk) -> None:
    begin(desk, "Whales", "Herons", "Hedgehogs")
    press = desk.page.keyboard.press

    press("Control+k")
    press("ArrowDown")
    expect(entries(desk).first).to_be_focused()
    press("End")
    expect(entries(desk).last).to_be_focused()
    press("Home")
    expect(entries(desk).first).to_be_focused()
    desk.page.keyboard.type("her")

    expect(desk.page.locator(".rail__item", has_text="Herons")).to_be_focused()


def test_many_are_moved_tagged_and_brought_back_on_the_page(desk: Desk) -> None:
    begin(desk, "The first", "The second", "The third")
    file(desk, "The third", folder="Work", tags="draft")

    desk.page.goto("/history/")
    boxes = desk.page.locator("[name=conversation]")
    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(desk.page.locator("[data-count]")).to_have_text("3 selected:")
    desk.page.get_by_label("Folder to move to").select_option("Work")
    desk.button("Move").click()
    expect(desk.page.get_by_role("status")).to_contain_text("2 conversations are in “Work”.")
    expect(desk.page.locator(".label--folder")).to_have_count(3)
    desk.button("Undo").click()
    expect(desk.page.locator(".label--folder")).to_have_count(1)
    desk.page.get_by_label("Select all that are shown").check()
    desk.button("Tag").click()

    expect(desk.page.get_by_role("status")).to_contain_text("2 conversations are tagged “draft”.")


def test_another_spelling_is_offered_and_searched(desk: Desk) -> None:
    desk.open().ask_and_wait("Stripes of the okapi")

    desk.page.keyboard.press("Control+k")
    desk.page.keyboard.type("okpai ")
    desk.page.get_by_role("link", name="okapi", exact=True).click()

    expect(desk.page.get_by_role("searchbox", name="Search")).to_have_value("okapi ")
    expect(desk.page.locator(".found mark").first).to_have_text("okapi")
