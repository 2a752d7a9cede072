"""An administrator adds an endpoint by hand and picks a model of it, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.endpoints.case import provider
from tests.live_server import LiveServer
from tests.provider import Provider
from tests.script import answer
from tests.visitor import visit

pytestmark = [pytest.mark.browser, pytest.mark.process]

PROMOTE = "from chat.models import User; User.objects.get(username='ada').promote()"
REFUSE = (
    "from chat.models import RefusedParameter as R; R.remember('{endpoint}', 'parrot', 'top_p')"
)


@dataclass(frozen=True)
class Office:
    server: LiveServer
    double: Provider
    cookie: dict[str, str]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    server = LiveServer(folder, PLAYGROUND_LOCAL_MODEL="off", PLAYGROUND_OWN_KEYS="on")
    with provider() as double:
        double.always(*answer({"data": [{"id": "parrot"}, {"id": "heron"}]}))
        server.start()
        cookie = server.cookie_of("ada")
        server.manage("shell", "--no-imports", "--command", PROMOTE)
        yield Office(server, double, cookie)
        server.stop()


def add(page: Page, office: Office, name: str) -> None:
    page.goto("/settings/endpoints/")
    page.get_by_role("link", name="Add an endpoint").click()
    page.get_by_role("link", name="Another address").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Address", exact=True).fill(office.double.base_url)
    page.get_by_label("allow a private address").check()
    page.get_by_label("Key", exact=True).fill("sk-canary-0123456789-wxyz")
    page.get_by_role("button", name="Save and test").click()


@pytest.mark.parametrize(
    "look",
    [
        {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
        {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
    ],
    ids=["desktop", "phone"],
)
def test_from_the_settings_to_the_picker(
    chromium: Browser, office: Office, look: dict[str, Any]
) -> None:
    name = f"Aviary {look['viewport']['width']}"
    with visit(chromium, office.server.url, **look) as visitor:
        visitor.sign_in(office.cookie)
        page = visitor.page

        add(page, office, name)

        line = page.get_by_role("listitem").filter(has_text=name)
        expect(line).to_contain_text("2 models")
        expect(line).to_contain_text("••••wxyz")
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert width <= 0, "the page is wider than the window"

        slug = name.lower().replace(" ", "-")
        page.goto(f"/?model={slug}/parrot")
        assert page.locator(f"[role=option][data-key='{slug}/heron']").count() == 1
        assert visitor.problems == []


def test_what_a_provider_refused_can_be_forgotten(chromium: Browser, office: Office) -> None:
    look = {"viewport": {"width": 1440, "height": 900}}
    with visit(chromium, office.server.url, **look) as visitor:
        visitor.sign_in(office.cookie)
        page = visitor.page
        add(page, office, "Fussy")
        script = REFUSE.format(endpoint="fussy")
        office.server.manage("shell", "--no-imports", "--command", script)
        page.goto("/?model=fussy/parrot")
        note = page.get_by_text("Not accepted by this model: the provider refused it on")
        expect(note).to_be_visible()

        page.get_by_role("button", name="Forget that Top P was refused").click()

        expect(note).to_have_count(0)
        page.reload()
        expect(page.get_by_label("Send Top P")).to_be_visible()
        expect(note).to_have_count(0)
        assert visitor.problems == []


def test_deleting_asks_first(chromium: Browser, office: Office) -> None:
    with visit(chromium, office.server.url) as visitor:
        visitor.sign_in(office.cookie)
        page = visitor.page
        add(page, office, "Doomed")
        page.get_by_role("link", name="Edit Doomed").click()
        page.get_by_role("link", name="Delete").click()

        page.get_by_role("link", name="Keep").click()
        page.get_by_role("link", name="Delete").click()
        page.get_by_role("button", name="Delete").click()

        expect(page.get_by_role("status")).to_contain_text("Doomed and its key are deleted.")
        expect(page.get_by_role("listitem").filter(has_text="Doomed")).to_have_count(0)
        assert visitor.problems == []
