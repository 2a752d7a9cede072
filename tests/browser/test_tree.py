"""The tree of all versions: by keyboard and pointer; names and stars."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.axe import findings
from tests.browser.desk import Desk
from tests.browser.seeds import seed

pytestmark = pytest.mark.browser


def open_tree(desk: Desk) -> Locator:
    desk.page.locator("[data-conversation-menu]").click()
    desk.page.get_by_role("link", name="All versions").click()
    tree = desk.page.get_by_role("tree", name="All versions")
    expect(tree).to_be_visible()
    return tree


def test_the_keyboard_walks_the_tree(desk: Desk) -> None:
    path, first = seed(desk, 50, fork=20)
    desk.open(path)
    tree = open_tree(desk)
    focused = desk.page.locator(":focus")
    expect(focused).to_have_attribute("data-message", str(first + 49))
    expect(focused).to_have_attribute("aria-current", "true")

    desk.page.keyboard.press("Home")
    expect(focused).to_have_attribute("data-message", str(first))
    desk.page.keyboard.press("ArrowDown")
    expect(focused).to_have_attribute("aria-label", "… 19 messages")
    desk.page.keyboard.press("ArrowRight")
    expect(tree.get_by_role("treeitem")).to_have_count(24)
    expect(focused).to_have_attribute("data-message", str(first + 1))
    desk.page.keyboard.press("End")
    desk.page.keyboard.type("ano")
    expect(focused).to_have_attribute("aria-label", re.compile("Another way"))
    desk.page.keyboard.press("ArrowLeft")
    desk.page.keyboard.press("ArrowLeft")
    expect(focused).to_have_attribute("data-message", str(first + 20))
    desk.page.keyboard.press("ArrowLeft")
    expect(focused).to_have_attribute("aria-expanded", "false")
    expect(tree.get_by_role("treeitem", name=re.compile("Another way"))).to_be_hidden()
    desk.page.keyboard.press("ArrowRight")
    desk.page.keyboard.press("ArrowRight")
    desk.page.keyboard.press("Enter")

    expect(tree).to_be_hidden()
    expect(desk.messages.last).to_contain_text("The other end")
    desk.reload()
    expect(desk.messages.last).to_contain_text("The other end")


def test_a_message_of_the_path_is_jumped_to(desk: Desk) -> None:
    path, first = seed(desk, 120, fork=30)
    desk.open(path)
    tree = open_tree(desk)

    tree.locator(f"[data-message='{first + 30}'] > .tree__line").click()

    expect(desk.page.locator(f"#message-{first + 30}")).to_be_in_viewport()
    expect(desk.page.locator("[data-more=after]")).to_have_count(1)


def test_a_branch_is_named_starred_and_pruned_from_the_tree(desk: Desk) -> None:
    path, first = seed(desk, 10, fork=4)
    desk.open(path)
    tree = open_tree(desk)
    desk.page.keyboard.press("Home")
    desk.page.keyboard.type("another")

    desk.page.keyboard.press("F2")
    dialog = desk.page.get_by_role("dialog", name="Name and star")
    dialog.get_by_label("Name of the branch").fill("The bold one")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(tree.get_by_text("The bold one")).to_be_visible()
    desk.page.keyboard.press("s")
    expect(tree.get_by_role("img", name="Starred")).to_be_visible()
    expect(desk.page.locator(":focus")).to_have_attribute("aria-label", re.compile("Starred"))
    assert findings(desk.page) == []
    desk.page.keyboard.press("Delete")
    question = desk.page.get_by_role("dialog", name="Delete this message?")
    expect(question).to_contain_text("1 of them in branches that are not shown")
    question.get_by_role("button", name="Delete all 2").click()

    expect(tree.get_by_text("The bold one")).to_have_count(0)
    expect(tree.locator("[data-message]")).to_have_count(2)  # and a run of eight
    desk.page.keyboard.press("Escape")
    expect(desk.messages).to_have_count(10)
    expect(desk.page.locator(".branches")).to_have_count(0)
    assert first


def test_a_message_is_starred_and_named_in_its_menu(desk: Desk) -> None:
    desk.open().ask_and_wait("Which?")
    more = desk.answer.get_by_role("button", name="More: copy as plain text, copy link, delete")

    more.click()
    desk.button("Star").click()
    expect(desk.answer.get_by_role("img", name="Starred")).to_be_visible()
    more.click()
    desk.button("Name this branch…").click()
    desk.page.get_by_label("Name of the branch").fill("Good")
    desk.button("Save").click()

    expect(desk.answer.locator(".message__mark")).to_have_text("Good")
    desk.reload()
    expect(desk.answer.get_by_role("img", name="Starred")).to_be_visible()
    more.click()
    desk.button("Remove the star").click()
    expect(desk.answer.get_by_role("img", name="Starred")).to_have_count(0)


def test_the_tree_fits_a_telephone_in_the_dark(desk: Desk) -> None:
    desk.page.set_viewport_size({"width": 390, "height": 844})
    desk.page.emulate_media(color_scheme="dark")
    path, _ = seed(desk, 60, fork=20)
    desk.open(path)

    tree = open_tree(desk)

    box = tree.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert findings(desk.page) == []
