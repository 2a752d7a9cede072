"""What was used, keys, people and budgets in a real browser: readable by everybody, on every
screen, and true to what the composer says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.axe import findings_in_both_themes
from tests.browser.conftest import Desks, double_environment, seats
from tests.browser.double import Double
from tests.browser.people import People
from tests.browser.test_layout import PHONE, SMALLEST, TABLET, is_within
from tests.live_server import LiveServer

pytestmark = pytest.mark.browser

SEED = """
from chat.models import ApiKey, User
from tests.usage.case import asked, failed, task_of
ada = User.objects.get(username="ada")
ada.promote()
for name in ("Nightly evaluation of the support bot", "w" * 80):
    key, _ = ApiKey.make(ada, name=name, environment="production")
    for dialect in ("openai", "anthropic", "google"):
        asked(ada, key, dialect=dialect, model="double/" + "m" * 60, is_streamed=True)
    failed(ada, "rate_limited", key=key)
    for status in ("queued", "running", "completed", "failed"):
        task_of(ada, key, status=status)
key.revoke()
"""
BUDGET = """
from decimal import Decimal
from chat.models import Budget, User
from chat.models.ledger import Period, holder_of
Budget.put(holder_of(User.objects.get(username="ada")), Period.DAY, Decimal("{dollars}"))
"""


@dataclass(frozen=True)
class Treasury:
    """A server whose model has a price, and Ada, who keeps its books."""

    server: LiveServer
    cookie: dict[str, str]

    def run(self, script: str) -> str:
        return self.server.manage("shell", "--no-imports", "--command", script)


@pytest.fixture(scope="module")
def treasury(provider: Double, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Treasury]:
    environment = double_environment(provider)
    (row,) = json.loads(environment["PLAYGROUND_ENDPOINTS"])
    row |= {"provider": "openai", "models": ["gpt-5.4"]}
    environment["PLAYGROUND_ENDPOINTS"] = json.dumps([row])
    server = LiveServer(tmp_path_factory.mktemp("treasury"), **environment)
    server.start()
    treasury = Treasury(server, server.cookie_of("ada", name="Ada Alder"))
    treasury.run(SEED)
    yield treasury
    server.kill()


@pytest.fixture
def desks(chromium: Browser, treasury: Treasury, double: Double) -> Iterator[Desks]:
    yield from seats(chromium, People(treasury.server))


@pytest.fixture
def pages(treasury: Treasury) -> list[str]:
    """With everything on them that can be."""
    key, call, person = treasury.run(
        "from chat.models import *;"
        "print(ApiKey.objects.filter(revoked_at=None)[0].pk, ApiCall.objects.all()[0].pk,"
        "User.objects.get(username='ada').pk)"
    ).split()
    return [
        "/usage/",
        "/usage/budget/",
        "/usage/api/",
        f"/usage/api/?key={key}&days=1",
        "/usage/api/calls/",
        "/usage/api/calls/?state=never",
        f"/usage/api/calls/{call}/",
        "/usage/api/tasks/",
        "/people/",
        "/people/usage/",
        f"/people/{person}/usage/",
        f"/people/{person}/budget/",
        "/people/usage/api/",
        f"/people/usage/api/calls/{call}/",
        "/people/usage/api/tasks/",
        "/settings/models/",
        "/settings/models/new/",
        "/account/api-keys/",
        "/account/api-keys/new/",
        f"/account/api-keys/{key}/",
    ]


def test_everybody_can_read_them(desks: Desks, treasury: Treasury, pages: list[str]) -> None:
    desk = desks(cookie=treasury.cookie)
    found = {}
    for path in pages:
        response = desk.page.goto(path)
        assert response is not None
        assert response.ok, path
        found[path] = findings_in_both_themes(desk.page)

    assert {path: findings for path, findings in found.items() if findings} == {}


@pytest.mark.parametrize("viewport", [SMALLEST, PHONE, TABLET], ids=lambda size: str(size["width"]))
def test_nothing_is_wider_than_the_window(
    desks: Desks, treasury: Treasury, pages: list[str], viewport: dict[str, int]
) -> None:
    desk = desks(cookie=treasury.cookie, viewport=viewport)
    wide = []
    for path in pages:
        desk.page.goto(path)
        if not is_within(desk.page):
            wide.append(path)

    assert wide == []


def test_a_request_is_found_and_its_receipt_read(desks: Desks, treasury: Treasury) -> None:
    desk = desks(cookie=treasury.cookie)
    desk.page.goto("/account/api-keys/")

    desk.page.get_by_role("link", name="Usage of Nightly evaluation").click()
    desk.page.get_by_role("link", name="rate_limited").click()
    expect(desk.page.locator("tbody tr")).to_have_count(1)
    desk.page.locator("tbody th a").click()

    expect(desk.page.get_by_text("Quotes the prompt.")).to_be_visible()
    expect(desk.page.get_by_text("Nightly evaluation of the support bot")).to_be_visible()


def test_a_task_is_called_off(desks: Desks, treasury: Treasury) -> None:
    desk = desks(cookie=treasury.cookie)
    desk.page.goto("/usage/api/tasks/?state=completed")
    expect(desk.page.get_by_role("button", name="Cancel task_")).to_have_count(0)
    # Its body is empty, so that a worker may have failed it by now; then a new one is made.
    treasury.run(
        "from chat.models import *; from tests.usage.case import task_of;"
        "from django.utils import timezone; from datetime import timedelta;"
        "key = ApiKey.objects.filter(revoked_at=None)[0];"
        "task_of(key.user, key, not_before=timezone.now() + timedelta(days=1))"
    )
    desk.page.goto("/usage/api/tasks/?state=queued")

    desk.page.get_by_role("button", name="Cancel task_").first.click()

    expect(desk.page.get_by_text("The task is cancelled.")).to_be_visible()


def test_the_composer_says_what_is_left_and_what_to_do_when_it_is_not_enough(
    desks: Desks, treasury: Treasury, double: Double
) -> None:
    treasury.run(BUDGET.format(dollars="100"))
    desk = desks(cookie=treasury.cookie).open()
    line = desk.page.locator("chat-estimate")
    expect(line).to_contain_text("$100.00 of your budget left")

    treasury.run(BUDGET.format(dollars="50"))
    double.say("Hello")
    desk.ask_and_wait("Hello")
    expect(line).to_contain_text("of your budget left")
    expect(line).not_to_contain_text("$100.00 of your budget")
    treasury.run(BUDGET.format(dollars="0.01"))
    desk.ask("Once more")

    expect(desk.composer_error).to_contain_text("The budget of your account is $0.01 a day")
    expect(desk.composer_error).to_contain_text("Ask for a shorter answer")
    expect(desk.field).to_have_value("Once more")


def test_an_administrator_sets_a_budget(desks: Desks, treasury: Treasury) -> None:
    desk = desks(cookie=treasury.cookie)
    desk.page.goto("/people/")
    desk.page.get_by_role("link", name="Budget of Ada Alder").click()

    desk.page.get_by_label("US dollars a month").fill("a lot")
    desk.button("Save").click()
    expect(desk.page.get_by_text("A number of dollars, such as 20 or 2.50.")).to_be_visible()
    desk.page.get_by_label("US dollars a month").fill("12.50")
    desk.button("Save").click()

    expect(desk.page.get_by_text("The budget of Ada Alder is saved.")).to_be_visible()
    expect(desk.page.get_by_text("of $12.50")).to_be_visible()
