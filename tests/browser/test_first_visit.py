"""The first visit, with the model that came along: from the printed link to an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PATIENCE_MS, WIDE, Desks
from tests.browser.desk import LIVE, UNFINISHED, Desk
from tests.live_server import LiveServer
from tests.visitor import visit

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.process]

ANSWER_MS = 60_000


@pytest.fixture
def unvisited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server that nobody has been to."""
    server = LiveServer(tmp_path_factory.mktemp("unvisited"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def newcomer(chromium: Browser, unvisited: LiveServer) -> Iterator[Desk]:
    with visit(chromium, unvisited.url, viewport=WIDE) as visitor:
        visitor.context.set_default_timeout(PATIENCE_MS)
        desk = Desk(visitor, unvisited, {})
        yield desk
        assert desk.problems == []


def test_from_the_printed_link_to_an_answer_and_back_tomorrow(newcomer: Desk) -> None:
    server, page = newcomer.server, newcomer.page
    newcomer.expected = ["410", "404"]

    page.goto(server.welcome_url)
    page.get_by_label("Name", exact=True).fill("Ada Lovelace")
    page.get_by_label("User name").fill("ada")
    page.locator("input[type=password]").fill("a long enough passphrase")
    newcomer.button("Make the account").click()

    expect(newcomer.pill).to_have_text(LIVE)
    expect(page.locator(".model-button__name")).to_contain_text("SmolLM2")
    expect(page.locator(".model-button__facts")).to_contain_text("Runs on this server, free")
    expect(page.locator(".empty__lead")).to_contain_text(re.compile("tiny|small", re.IGNORECASE))
    page.locator(".rail__user").click()
    expect(page.get_by_role("link", name="People")).to_be_visible()
    page.keyboard.press("Escape")

    page.locator(".starter").nth(1).click()
    expect(newcomer.field).to_have_value("Write three short sentences about the sea at night.")
    expect(newcomer.answers).to_have_count(0)
    page.get_by_label("Max output tokens", exact=True).fill("40")
    newcomer.field.press("Enter")
    expect(newcomer.answer).to_have_attribute("data-state", "completed", timeout=ANSWER_MS)
    text = newcomer.stored_text(newcomer.answer)
    assert len(text.split()) > 5
    expect(newcomer.answer.locator(".receipt-line")).to_contain_text("to first token")
    expect(newcomer.answer.locator(".receipt-line")).to_contain_text("tok/s")

    path = f"/c/{newcomer.conversation}/"
    page.locator(".rail__user").click()
    newcomer.button("Sign out").click()
    page.goto(path)
    expect(page).to_have_url(re.compile("/sign-in/"))
    page.get_by_label("User name").fill("ada")
    page.locator("input[type=password]").fill("a long enough passphrase")
    newcomer.button("Sign in").click()
    expect(page).to_have_url(f"{server.url}{path}")
    assert newcomer.source(newcomer.answer) == text

    # The link was good for one.
    newcomer.visitor.context.clear_cookies()
    page.goto(server.welcome_url)
    expect(page.get_by_role("heading")).to_have_text("This link does not work")


def test_a_starter_prompt_streams_at_once_with_shift(local_desk: Desk) -> None:
    desk = local_desk.open()

    desk.page.locator(".starter").first.click(modifiers=["Shift"])
    expect(desk.answer.locator(".part--text")).not_to_be_empty(timeout=ANSWER_MS)
    expect(desk.answer).to_have_attribute("data-state", UNFINISHED)
    desk.button("Stop").click()

    expect(desk.answer).to_have_attribute("data-state", "stopped")
    kept = desk.stored_text(desk.answer)
    assert kept
    desk.reload()
    assert desk.source(desk.answer) == kept


def test_a_reload_in_the_middle_and_a_second_tab(local_desk: Desk, local_desks: Desks) -> None:
    desk = local_desk.open()
    desk.page.get_by_label("Max output tokens", exact=True).fill("120")
    desk.ask("Write a Python function that adds two numbers, with an example.")
    expect(desk.answer.locator(".part--text")).not_to_be_empty(timeout=ANSWER_MS)

    desk.reload()
    other = local_desks(cookie=desk.cookie).open(f"/c/{desk.conversation}/")

    for each in (desk, other):
        expect(each.answer).to_have_attribute("data-state", "completed", timeout=ANSWER_MS)
    shown = [each.answer.locator(".message__body").inner_text() for each in (desk, other)]
    assert shown[0] == shown[1]
    assert desk.source(desk.answer) == desk.stored_text(desk.answer)
    timeline = desk.page.request.get(
        f"/turns/{desk.answer.get_attribute('data-turn')}/receipt.json"
    ).json()["timeline"]
    assert sum(characters for _, characters in timeline) == len(desk.stored_text(desk.answer))
