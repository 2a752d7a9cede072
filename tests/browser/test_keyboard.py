"""The whole way without a mouse: every step by keys, and the focus always to be seen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Desks
from tests.browser.desk import Desk
from tests.browser.double import Double

pytestmark = pytest.mark.browser

FOCUSED = """
() => {
  const element = document.activeElement;
  const labelled = element.labels?.[0]?.textContent;
  return (element.ariaLabel ?? labelled ?? element.textContent).trim();
}
"""
MARKED = """
() => {
  const style = getComputedStyle(document.activeElement);
  const around = getComputedStyle(document.activeElement.closest("form") ?? document.body);
  const isMarked = ({outlineStyle, boxShadow}) => outlineStyle !== "none" || boxShadow !== "none";
  return document.activeElement.matches(":focus-visible") && (isMarked(style) || isMarked(around));
}
"""
MOST_STEPS = 80


def go_to(desk: Desk, name: str, *, key: str = "Tab") -> None:
    """Press the key until the focus is there; wherever it stops, it can be seen."""
    passed = []
    for _ in range(MOST_STEPS):
        desk.page.keyboard.press(key)
        passed.append(desk.page.evaluate(FOCUSED))
        assert desk.page.evaluate(MARKED), f"the focus on {passed[-1]!r} cannot be seen"
        if passed[-1].startswith(name):
            return
    raise AssertionError(f"{name!r} was not among {passed}")


def test_from_a_model_to_a_receipt(desk: Desk, double: Double) -> None:
    press = desk.page.keyboard.press
    type_in = desk.page.keyboard.type
    gate = double.say_in_two("Half of an answer")
    desk.open()
    expect(desk.field).to_be_focused()

    press("Control+Shift+M")
    type_in("star")
    press("Enter")
    expect(desk.field).to_be_focused()
    go_to(desk, "Send Temperature")
    press("Space")
    expect(desk.page.get_by_role("switch", name="Send Temperature")).to_be_checked()
    go_to(desk, "Temperature")
    press("Control+a")
    type_in("0.5")
    go_to(desk, "Message", key="Shift+Tab")
    type_in("A question")
    press("Enter")
    expect(desk.answer).to_contain_text("Half")
    press("Control+.")
    expect(desk.answer).to_have_attribute("data-state", "stopped")
    gate.open()

    go_to(desk, "Answer again", key="Shift+Tab")
    press("Enter")
    expect(desk.answer.locator(".branches")).to_contain_text("2/2")
    expect(desk.answer).to_have_attribute("data-state", "completed")
    press("/")
    expect(desk.field).to_be_focused()
    go_to(desk, "Receipt", key="Shift+Tab")
    press("Enter")
    dialog = desk.page.get_by_role("dialog", name="Receipt")
    expect(dialog).to_be_visible()
    press("Escape")
    expect(dialog).to_be_hidden()
    go_to(desk, "Earlier version", key="Shift+Tab")
    press("Enter")
    expect(desk.answer.locator(".branches")).to_contain_text("1/2")
    assert [body["temperature"] for body in double.bodies] == [0.5, 0.5]
    assert double.bodies[0]["model"] == "starling"


def test_editing_a_message(desk: Desk, double: Double) -> None:
    press = desk.page.keyboard.press
    desk.open().ask_and_wait("First words")

    go_to(desk, "Edit and send again", key="Shift+Tab")
    press("Enter")
    expect(desk.page.get_by_label("Edit your message")).to_be_focused()
    press("Control+a")
    desk.page.keyboard.type("Second words")
    press("Enter")

    expect(desk.questions.locator(".part--text")).to_have_text(["Second words"])
    expect(desk.answer).to_have_attribute("data-state", "completed")
    assert double.bodies[1]["messages"][0]["content"] == "Second words"


def test_renaming_and_deleting_a_conversation(desk: Desk) -> None:
    press = desk.page.keyboard.press
    desk.open().ask_and_wait("Old title")

    press("Control+k")
    go_to(desk, "Rename or delete: Old title")
    press("Enter")
    go_to(desk, "Title")
    press("Control+a")
    desk.page.keyboard.type("New title")
    press("Enter")
    expect(desk.page.locator(".rail__item")).to_have_text(["New title"])
    press("Control+k")
    go_to(desk, "Rename or delete: New title")
    press("Enter")
    go_to(desk, "Delete conversation")
    press("Enter")

    expect(desk.page.locator(".rail__item")).to_have_count(0)
    expect(desk.page).to_have_url(f"{desk.server.url}/")


def test_the_first_step_leads_past_the_rail(desks: Desks) -> None:
    desk = desks(has_touch=True, is_mobile=True).open()  # where the field does not take the focus

    desk.page.keyboard.press("Tab")
    assert desk.page.evaluate(FOCUSED) == "Skip to the message field"
    desk.page.keyboard.press("Enter")

    expect(desk.field).to_be_focused()


def test_the_tabs_of_the_panel_take_arrows(desk: Desk) -> None:
    desk.open()
    desk.page.get_by_role("tab", name="Settings").focus()

    desk.page.keyboard.press("ArrowRight")

    expect(desk.page.get_by_role("tab", name="Model")).to_be_focused()
    expect(desk.page.get_by_role("tabpanel", name="Model")).to_be_visible()
    expect(desk.page.get_by_role("tabpanel", name="Settings")).to_be_hidden()


def test_the_list_of_keys(desk: Desk) -> None:
    desk.open().field.press("?")
    expect(desk.field).to_have_value("?")
    desk.field.blur()

    desk.page.keyboard.press("?")
    dialog = desk.page.get_by_role("dialog", name="Keyboard")
    expect(dialog).to_be_visible()
    desk.page.keyboard.press("Escape")

    expect(dialog).to_be_hidden()
