"""A conversation is published, watched by people without an account, and taken back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import findings_in_both_themes
from tests.browser.conftest import Desks
from tests.browser.desk import Desk
from tests.browser.double import Double
from tests.browser.people import People
from tests.browser.test_layout import PHONE, SMALLEST, is_within
from tests.visitor import Visitor, visit

pytestmark = pytest.mark.browser

SECRET = "sk-abcdEFGH12345678xyzw"
Strangers = Callable[..., Visitor]


@pytest.fixture
def strangers(chromium: Browser, scripted: People) -> Iterator[Strangers]:
    """Browsers without an account."""
    met: list[Visitor] = []
    with ExitStack() as stack:

        def meet(**options: Any) -> Visitor:
            options = {"reduced_motion": "reduce"} | options
            met.append(stack.enter_context(visit(chromium, scripted.server.url, **options)))
            return met[-1]

        yield meet
        problems = [problem for each in met for problem in each.problems]
    # A page that is not there says so on the console as well.
    assert [problem for problem in problems if "404" not in problem] == []


def path_of(desk: Desk) -> str:
    """The address on the page, as the server under test has it."""
    address = desk.page.get_by_label("The address").input_value()
    return "/" + address.split("/", 3)[3]


def publish(desk: Desk, **fields: str) -> str:
    desk.page.goto(f"/c/{desk.conversation}/shares/new/")
    for label, value in fields.items():
        field = desk.page.locator(f"[name={label}]")
        if field.get_attribute("type") == "checkbox":
            field.check()
        elif field.evaluate("(field) => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    desk.button("See what visitors will see").click()
    desk.button("Publish").click()
    return path_of(desk)


def test_publish_after_a_look_at_what_is_taken_out(desk: Desk, strangers: Strangers) -> None:
    desk.open().ask_and_wait(f"Write to jo@example.org, my key is {SECRET}")
    desk.questions.last.hover()
    desk.questions.last.get_by_role("button", name="More").click()
    desk.button("Share up to here").click()
    desk.button("See what visitors will see").click()
    look = desk.page.get_by_role("region", name="The page as visitors will see it")
    expect(look).to_contain_text("[removed: api key]")
    desk.page.get_by_role("checkbox", name="jo@example.org").check()
    assert findings_in_both_themes(desk.page) == []
    desk.button("Publish").click()

    visitor = strangers().page
    visitor.goto(path_of(desk))

    expect(visitor.locator("main")).to_contain_text("jo@example.org")
    assert SECRET not in visitor.content()
    expect(visitor.locator(".message--assistant")).to_have_count(0)


def test_two_watch_a_third_comes_in_the_middle_and_it_is_revoked(
    desk: Desk, desks: Desks, double: Double, strangers: Strangers
) -> None:
    desk.open().ask_and_wait("First")
    conversation = desk.conversation
    path = publish(desk, mode="live")
    managing = desks(cookie=desk.cookie)
    managing.page.goto(desk.page.url)
    visitors = [strangers(), strangers(viewport=PHONE)]
    for each in visitors:
        each.page.goto(path)
        expect(each.page.locator("[data-live-state]").first).to_have_text("Live")
    # A word waits until it is over: it could be the beginning of a key.
    double.say_in_two("Half a sentence and")
    desk.page.goto(f"/c/{conversation}/")
    expect(desk.pill).to_have_text("Live · 2 watching")
    desk.ask("And that?")

    for each in visitors:
        expect(each.page.locator(".message--assistant").last).to_contain_text("Half a sentence")
    late = strangers()
    late.page.goto(path)
    expect(late.page.locator(".message--assistant").last).to_contain_text("Half a sentence")
    managing.button("Revoke").click()

    for each in (*visitors, late):
        expect(each.page.locator("[data-live-state]").first).to_have_text("Over")
    assert late.page.goto(path).status == 404  # type: ignore[union-attr]


def test_a_password_and_a_copy_go_through_forms_that_browsers_send(
    desk: Desk, desks: Desks, strangers: Strangers
) -> None:
    desk.open().ask_and_wait("What is a heron?")
    conversation = desk.conversation
    path = publish(desk, password="heron in reeds", allows_copy="on")
    stranger, other = strangers(), desks()
    for page in (stranger.page, other.page):
        page.goto(path)
        assert findings_in_both_themes(page) == []
        page.get_by_label("Password").fill("wrong words")
        page.get_by_role("button", name="Open").click()
        expect(page.get_by_role("alert")).to_contain_text("not the password")
        page.get_by_label("Password").fill("heron in reeds")
        page.get_by_role("button", name="Open").click()
        expect(page.locator(".message--user")).to_contain_text("heron")
    other.button("Continue as a copy").click()

    expect(other.page).to_have_url(re.compile("/c/"))
    expect(other.questions.first).to_contain_text("What is a heron?")
    assert other.conversation != conversation


@pytest.mark.parametrize("viewport", [PHONE, SMALLEST], ids=lambda size: str(size["width"]))
def test_it_is_read_on_a_phone(
    desk: Desk, double: Double, strangers: Strangers, viewport: dict[str, int]
) -> None:
    double.say("`" + "x" * 300 + "`\n\n" + "y" * 400)
    desk.open().ask_and_wait("w" * 200)
    path = publish(desk, shows_receipts="on", allows_data="on")
    page: Page = strangers(viewport=viewport).page
    page.goto(path)

    assert is_within(page)
    assert findings_in_both_themes(page) == []
    assert page.pdf().startswith(b"%PDF")


class Elsewhere(BaseHTTPRequestHandler):
    """A site of somebody else's: another port is another origin."""

    address = ""

    def do_GET(self) -> None:
        page = f'<!doctype html><title>Elsewhere</title><iframe src="{self.address}"></iframe>'
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *arguments: Any) -> None:
        """Nothing to say."""


@pytest.mark.parametrize(("fields", "is_framed"), [({"allows_embed": "on"}, True), ({}, False)])
def test_another_site_shows_it_only_where_it_may(
    desk: Desk, chromium: Browser, fields: dict[str, str], is_framed: bool
) -> None:
    desk.open().ask_and_wait("What is a heron?")
    path = publish(desk, **fields)
    page = chromium.new_page()
    inner = "embed/" if is_framed else ""
    site = type("Site", (Elsewhere,), {"address": f"{base_of(desk)}{path}{inner}"})
    with HTTPServer(("127.0.0.1", 0), site) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        frame = page.frame_locator("iframe")
        if is_framed:
            expect(frame.locator(".message--assistant")).to_be_visible()
            expect(frame.locator("form")).to_have_count(0)
        else:
            expect(frame.locator(".message--assistant")).to_have_count(0)
        server.shutdown()
    page.close()


def base_of(desk: Desk) -> str:
    return "/".join(desk.page.url.split("/", 3)[:3])
