"""Picking a model, by hand and by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.desk import Desk
from tests.browser.double import Double

pytestmark = pytest.mark.browser


def picker(desk: Desk) -> Locator:
    return desk.page.locator("#model-picker")


def options(desk: Desk) -> Locator:
    return picker(desk).locator(".option:visible .option__name")


def test_a_model_is_picked_by_keyboard_alone(desk: Desk, double: Double) -> None:
    desk.open().page.keyboard.press("Control+Shift+M")
    search = picker(desk).get_by_role("combobox", name="Search models")
    expect(search).to_be_focused()
    expect(options(desk)).to_have_text(["parrot", "starling", "thrush"])

    desk.page.keyboard.type("double thr")
    expect(options(desk)).to_have_text(["thrush"])
    desk.page.keyboard.press("Control+a")
    desk.page.keyboard.press("Delete")
    desk.page.keyboard.press("ArrowDown")
    active = search.get_attribute("aria-activedescendant")
    assert desk.page.locator(f"#{active} .option__name").inner_text() == "starling"
    desk.page.keyboard.press("Enter")

    expect(picker(desk)).to_be_hidden()
    expect(desk.field).to_be_focused()
    expect(desk.page.locator(".model-button__name")).to_have_text("starling")
    desk.page.keyboard.type("Hello")
    desk.page.keyboard.press("Enter")
    expect(desk.answer).to_have_attribute("data-state", "completed")
    assert double.bodies[0]["model"] == "starling"


def test_the_arrows_go_round(desk: Desk) -> None:
    desk.open().page.keyboard.press("Control+Shift+M")

    desk.page.keyboard.press("ArrowUp")
    expect(picker(desk).locator(".is-active .option__name")).to_have_text("thrush")
    desk.page.keyboard.press("ArrowDown")

    expect(picker(desk).locator(".is-active .option__name")).to_have_text("parrot")


def test_escape_changes_nothing(desk: Desk) -> None:
    desk.open().page.locator(".model-button").click()
    desk.page.keyboard.press("ArrowDown")
    desk.page.keyboard.press("Escape")

    expect(picker(desk)).to_be_hidden()
    expect(desk.page.locator(".model-button__name")).to_have_text("parrot")
    expect(desk.page.locator(".model-button")).to_be_focused()


def test_a_search_without_a_hit_says_so(desk: Desk) -> None:
    desk.open().page.locator(".model-button").click()
    desk.page.keyboard.type("nightingale")

    expect(picker(desk).locator(".picker__none")).to_be_visible()
    desk.page.keyboard.press("Enter")
    expect(picker(desk)).to_be_visible()


def test_settings_stay_when_the_model_changes(desk: Desk, double: Double) -> None:
    desk.open().page.get_by_label("Temperature", exact=True).fill("0.4")
    desk.page.get_by_label("System message").fill("Be brief")
    desk.page.locator(".model-button").click()

    picker(desk).get_by_role("option", name="thrush").click()

    expect(desk.page.locator(".model-button__name")).to_have_text("thrush")
    expect(desk.page.get_by_role("switch", name="Send Temperature")).to_be_checked()
    desk.ask_and_wait("Go")
    assert double.bodies[0]["model"] == "thrush"
    assert double.bodies[0]["temperature"] == 0.4
    assert double.bodies[0]["messages"][0]["content"] == "Be brief"


def test_the_model_of_a_conversation_is_found_again(desk: Desk) -> None:
    desk.open().page.locator(".model-button").click()
    picker(desk).get_by_role("option", name="starling").click()
    desk.ask_and_wait("Go")

    desk.reload()
    expect(desk.page.locator(".model-button__name")).to_have_text("starling")
    desk.open("/")

    expect(desk.page.locator(".model-button__name")).to_have_text("starling")


def test_the_empty_page_greets_with_the_model_that_is_picked(desk: Desk) -> None:
    desk.open("/?model=double/parrot")
    expect(desk.page.locator(".empty__title")).to_have_text("parrot")

    desk.page.locator("[data-action=pick-model]").click()
    desk.page.get_by_role("option", name="thrush").click()

    expect(desk.page.locator(".empty__title")).to_have_text("thrush")
