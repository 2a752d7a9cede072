"""Titles by the model: they arrive where they are shown, and move nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Desks
from tests.browser.desk import Desk
from tests.browser.double import Double
from tests.script import Head, Send, delta, ending

pytestmark = pytest.mark.browser


def consent(desk: Desk) -> Desk:
    """The double has no price, so that it has to be allowed."""
    desk.page.goto("/account/")
    choice = desk.page.get_by_label("Titles written by the model in use")
    expect(choice).to_have_value("free")
    choice.select_option("always")
    desk.button("Save").click()
    expect(desk.page.get_by_role("status")).to_have_text("Saved.")
    expect(choice).to_have_value("always")
    return desk.open()


def entries(desk: Desk) -> Locator:
    return desk.page.locator(".rail__item")


def test_it_arrives_in_the_rail_and_the_tab_of_every_open_page(
    desk: Desk, desks: Desks, double: Double
) -> None:
    gate = double.gate()
    double.say("Air scatters light.")
    double.play(Head(), gate.step, Send(delta("**Blue sky**")), Send(ending()))
    consent(desk).ask_and_wait("Why is the sky blue?")
    expect(entries(desk)).to_have_text(["Why is the sky blue?"])
    other = desks(cookie=desk.cookie).open(f"/c/{desk.conversation}/")

    gate.open()

    for each in (desk, other):
        expect(entries(each)).to_have_text(["Blue sky"])
        expect(each.page).to_have_title("Blue sky · Playground")
        expect(each.page.locator("[data-title]")).to_have_text("Blue sky")
    desk.reload()
    expect(entries(desk)).to_have_text(["Blue sky"])


def test_it_leaves_the_order_of_the_list(desk: Desk, double: Double) -> None:
    gate = double.gate()
    double.say("Air scatters light.")
    double.play(Head(), gate.step, Send(delta("Blue sky")), Send(ending()))
    consent(desk).ask_and_wait("Why is the sky blue?")
    double.say("Salt dissolves.")
    double.say("Salty sea")
    desk.open().ask_and_wait("Why is the sea salty?")
    expect(entries(desk)).to_have_text(["Salty sea", "Why is the sky blue?"])

    gate.open()

    expect(entries(desk)).to_have_text(["Salty sea", "Blue sky"])
    expect(desk.page).to_have_title("Salty sea · Playground")
    desk.reload()
    expect(entries(desk)).to_have_text(["Salty sea", "Blue sky"])


def test_a_title_that_was_written_meanwhile_stays(desk: Desk, double: Double) -> None:
    gate = double.gate()
    double.say("Air scatters light.")
    double.play(Head(), gate.step, Send(delta("Blue sky")), Send(ending()))
    consent(desk).ask_and_wait("Why is the sky blue?")
    desk.page.locator("[data-conversation-menu]").click()
    desk.page.locator("#conversation-title").fill("Mine")
    desk.page.locator("#conversation-title").press("Enter")
    expect(entries(desk)).to_have_text(["Mine"])

    gate.open()
    desk.page.goto("/usage/")  # where the title that was not taken is counted

    expect(desk.page.get_by_text("Titles of conversations").first).to_be_visible()
    desk.open()
    expect(entries(desk)).to_have_text(["Mine"])


def test_without_consent_nobody_is_asked(desk: Desk, double: Double) -> None:
    desk.open().ask_and_wait("Why is the sky blue?")
    desk.ask_and_wait("And red?")

    assert len(double.bodies) == 2
    expect(entries(desk)).to_have_text(["Why is the sky blue?"])
