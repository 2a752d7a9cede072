"""Stop: what arrived is kept, and the provider is not paid for the rest."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Desks
from tests.browser.desk import Desk
from tests.browser.double import Double
from tests.script import Hang

pytestmark = pytest.mark.browser


def test_stop_keeps_the_text_and_ends_the_call(desk: Desk, double: Double) -> None:
    double.say_in_two("What arrived")
    desk.open().ask("Talk")
    expect(desk.answer).to_contain_text("What arrived")

    desk.button("Stop").click()

    double.wait_for_leaving(double.requests[0], within=1.0)
    expect(desk.answer).to_have_attribute("data-state", "stopped")
    expect(desk.answer.locator(".tag")).to_have_text("Stopped")
    expect(desk.button("Stop")).to_be_hidden()
    assert desk.stored_text(desk.answer) == "What arrived"
    desk.reload()
    expect(desk.answer.locator(".part--text")).to_have_text("What arrived")


def test_stop_before_the_first_token(desk: Desk, double: Double) -> None:
    double.play(Hang())
    desk.open().ask("Talk")
    double.wait_for(lambda: len(double.requests) == 1)
    expect(desk.button("Stop")).to_be_visible()

    desk.page.keyboard.press("Control+.")

    double.wait_for_leaving(double.requests[0], within=1.0)
    expect(desk.answer).to_have_attribute("data-state", "stopped")
    assert desk.stored(desk.answer) == []


def test_another_tab_may_stop_it(desk: Desk, desks: Desks, double: Double) -> None:
    double.say_in_two("What arrived")
    desk.open().ask("Talk")
    expect(desk.answer).to_contain_text("What arrived")
    other = desks(cookie=desk.cookie).open(f"/c/{desk.conversation}/")

    other.button("Stop").click()

    double.wait_for_leaving(double.requests[0], within=1.0)
    for each in (desk, other):
        expect(each.answer).to_have_attribute("data-state", "stopped")
        expect(each.button("Stop")).to_be_hidden()


def test_a_stopped_answer_can_be_given_again(desk: Desk, double: Double) -> None:
    double.say_in_two("Not what I meant")
    desk.open().ask("Talk")
    expect(desk.answer).to_contain_text("Not what I meant")
    desk.button("Stop").click()
    expect(desk.answer).to_have_attribute("data-state", "stopped")
    double.say("That is better")

    desk.button("Answer again with the present settings").click()

    expect(desk.answer).to_contain_text("That is better")
    expect(desk.answer).to_have_attribute("data-state", "completed")
    expect(desk.answer.locator(".branches")).to_contain_text("2/2")


def test_what_waits_is_sent_after_a_stop(desk: Desk, double: Double) -> None:
    double.say_in_two("Too long")
    desk.open().ask("first")
    expect(desk.answer).to_contain_text("Too long")
    desk.ask("second")
    double.say("Second answer")

    desk.button("Stop").click()

    expect(desk.questions).to_have_text(["first", "second"])
    expect(desk.answer).to_contain_text("Second answer")
    expect(desk.answer).to_have_attribute("data-state", "completed")
