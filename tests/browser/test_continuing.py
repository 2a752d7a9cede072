"""Continue: a cut answer goes on where it stopped, or a message asks for the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Desks, double_environment, seats
from tests.browser.desk import Desk
from tests.browser.double import Double
from tests.browser.people import People
from tests.live_server import LiveServer

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def llama(provider: Double, tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    """A server whose endpoint goes on with the beginning of an answer."""
    environment = double_environment(provider)
    [endpoint] = json.loads(environment["PLAYGROUND_ENDPOINTS"])
    environment["PLAYGROUND_ENDPOINTS"] = json.dumps([endpoint | {"provider": "llamacpp"}])
    server = LiveServer(tmp_path_factory.mktemp("llama"), **environment)
    server.start()
    yield People(server)
    server.kill()


@pytest.fixture
def llama_desks(chromium: Browser, llama: People, double: Double) -> Iterator[Desks]:
    yield from seats(chromium, llama)


def cut(desk: Desk, double: Double, text: str) -> None:
    double.say_in_two(text)
    desk.open().ask("Count")
    expect(desk.answer).to_contain_text(text[:4])
    desk.button("Stop").click()
    expect(desk.answer).to_have_attribute("data-state", "stopped")


def test_the_same_answer_goes_on(llama_desks: Desks, double: Double) -> None:
    desk = llama_desks()
    cut(desk, double, "One, **two**,")
    gate = double.say_in_two(" three", ", four.")

    desk.button("Continue").click()

    expect(desk.answer.locator(".part--text")).to_have_text("One, two, three")
    expect(desk.questions).to_have_count(1)
    gate.open()
    expect(desk.answer).to_have_attribute("data-state", "completed")
    expect(desk.answer.locator(".part--text")).to_have_text("One, two, three, four.")
    expect(desk.answer.locator(".branches")).to_contain_text("2/2")
    assert desk.stored_text(desk.answer) == "One, **two**, three, four."
    desk.reload()
    expect(desk.answer.locator(".part--text")).to_have_text("One, two, three, four.")
    desk.answer.get_by_role("link", name="Receipt").click()
    dialog = desk.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Prefilled with its 13 characters.")


def test_the_words_stand_there_before_the_first_new_one(llama_desks: Desks, double: Double) -> None:
    desk = llama_desks()
    cut(desk, double, "One, two,")
    gate = double.gate()
    double.play(gate.step)

    desk.button("Continue").click()

    expect(desk.answer.locator(".branches")).to_contain_text("2/2")
    expect(desk.answer.locator(".part--text")).to_have_text("One, two,")
    gate.open()


def test_elsewhere_a_message_asks_for_the_rest(desk: Desk, double: Double) -> None:
    cut(desk, double, "One, two,")
    double.say("three")

    desk.button("Continue").click()

    expect(desk.questions.last).to_contain_text("Go on exactly where you stopped.")
    expect(desk.answer).to_have_attribute("data-state", "completed")
    expect(desk.answer.locator(".part--text")).to_have_text("three")
