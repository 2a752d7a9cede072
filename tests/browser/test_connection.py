"""The connection: what the pill says, and what a restart of the server does to a page."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Desks, double_environment, seats
from tests.browser.desk import LIVE, Desk
from tests.browser.double import Double
from tests.browser.people import People
from tests.live_server import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.process]

GONE = ["WebSocket connection", "ERR_CONNECTION_REFUSED"]
NOTE_PILLS = """
const pill = document.querySelector("chat-connection");
window.pills = [];
new MutationObserver(() => window.pills.push(pill.textContent))
  .observe(pill, {childList: true, characterData: true, subtree: true});
"""


@pytest.fixture
def fleeting(double: Double, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server for one test, which may end and start again."""
    server = LiveServer(tmp_path_factory.mktemp("fleeting"), **double_environment(double))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def guest(chromium: Browser, fleeting: LiveServer) -> Iterator[Desk]:
    for take in seats(chromium, People(fleeting)):
        desk = take()
        desk.expected = GONE
        yield desk


def test_a_restart_lets_an_answer_end_and_the_page_comes_back(
    guest: Desk, fleeting: LiveServer, double: Double
) -> None:
    gate = double.say_in_two("Before", " and after.")
    guest.open().ask("Hold on")
    expect(guest.answer).to_contain_text("Before")
    guest.page.evaluate(NOTE_PILLS)

    fleeting.process.send_signal(signal.SIGTERM)
    gate.open()
    fleeting.process.wait(20)
    expect(guest.pill).to_have_text(re.compile(r"Reconnecting( \(\d+ s\))?"))
    guest.field.fill("kept")
    fleeting.start()

    expect(guest.pill).to_have_text(LIVE, timeout=30_000)
    expect(guest.answer).to_have_attribute("data-state", "completed")
    expect(guest.answer.locator(".part--text")).to_have_text("Before and after.")
    expect(guest.field).to_have_value("kept")
    assert "Catching up" in guest.page.evaluate("window.pills")
    guest.field.press("Enter")
    expect(guest.answers).to_have_count(2)
    expect(guest.answer).to_have_attribute("data-state", "completed")


def test_an_answer_that_outlasts_a_restart_says_that_it_was_cut_off(
    guest: Desk, fleeting: LiveServer, double: Double
) -> None:
    double.say_in_two("This much came")
    guest.open().ask("Hold on")
    expect(guest.answer).to_contain_text("This much came")

    fleeting.stop()
    fleeting.start()

    expect(guest.pill).to_have_text(LIVE, timeout=30_000)
    expect(guest.answer).to_have_attribute("data-state", "interrupted")
    expect(guest.answer.locator(".message__failure")).to_contain_text("The server was restarted")
    expect(guest.answer.locator(".part--text")).to_have_text("This much came")
    guest.button("Answer again").click()
    expect(guest.answer).to_contain_text("Hello")
    expect(guest.answer).to_have_attribute("data-state", "completed")


def test_a_killed_server_leaves_no_answer_running_for_ever(
    guest: Desk, fleeting: LiveServer, double: Double
) -> None:
    double.say_in_two("This much came")
    guest.open().ask("Hold on")
    expect(guest.answer).to_contain_text("This much came")
    guest.page.wait_for_timeout(1_500)  # within a second it is kept

    fleeting.kill()
    fleeting.start()

    expect(guest.pill).to_have_text(LIVE, timeout=30_000)
    expect(guest.answer).to_have_attribute("data-state", "interrupted", timeout=30_000)
    expect(guest.answer.locator(".part--text")).to_have_text("This much came")
    expect(guest.button("Answer again")).to_be_visible()


def test_what_is_sent_without_a_connection_is_sent_once_it_is_back(
    guest: Desk, fleeting: LiveServer, double: Double
) -> None:
    guest.open()
    fleeting.stop()
    expect(guest.pill).to_have_text(re.compile("Reconnecting"))

    guest.ask("Into the void")
    expect(guest.page.locator(".message--user")).to_have_text(["Into the void"])
    fleeting.start()

    expect(guest.answer).to_have_attribute("data-state", "completed", timeout=30_000)
    expect(guest.questions).to_have_text(["Into the void"])
    assert len(double.requests) == 1


def test_offline_and_back(desk: Desk, double: Double) -> None:
    gate = double.say_in_two("Before", " and after.")
    desk.open().ask("Hold on")
    expect(desk.answer).to_contain_text("Before")

    desk.visitor.context.set_offline(True)
    expect(desk.pill).to_have_text("Offline")
    gate.open()
    double.wait_for(lambda: double.requests[0].is_finished)
    desk.visitor.context.set_offline(False)

    expect(desk.pill).to_have_text(LIVE)
    expect(desk.answer).to_have_attribute("data-state", "completed")
    expect(desk.answer.locator(".part--text")).to_have_text("Before and after.")


def test_signing_out_elsewhere_closes_the_socket(desk: Desk, desks: Desks) -> None:
    desk.open().ask_and_wait("Hello")
    other = desks(cookie=desk.cookie).open()

    other.page.locator(".rail__user").click()
    other.button("Sign out").click()
    expect(other.page).to_have_url(re.compile("/sign-in/"))

    expect(desk.pill).to_have_text("Offline")
    expect(desk.page.locator("#announcer")).to_contain_text("You are signed out.")
    expect(desk.page.locator("[data-connection-notice]")).to_contain_text("You are signed out.")
    desk.ask("Do not lose this")
    desk.page.locator("[data-connection-notice]").get_by_role("link", name="Sign in").click()
    expect(desk.page).to_have_url(re.compile(r"/sign-in/\?next="))
    drafts = desk.page.evaluate("Object.values(localStorage)")
    assert "Do not lose this" in drafts
    desk.page.reload()
    expect(desk.page).to_have_url(re.compile("/sign-in/"))
