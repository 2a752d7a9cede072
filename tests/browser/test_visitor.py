"""The visitor of these tests notices what goes wrong, or the tests would prove nothing."""

from __future__ import annotations

import pytest

from tests.live_server import LiveServer
from tests.visitor import Visitor

pytestmark = pytest.mark.browser


def test_a_good_visit_has_no_problems(browser: Visitor) -> None:
    browser.page.goto("/sign-in/")

    assert browser.page.title()
    assert browser.problems == []


def test_it_notices_an_inline_script(browser: Visitor) -> None:
    browser.page.goto("/sign-in/")

    browser.page.evaluate(
        "() => { const script = document.createElement('script');"
        " const policy = { text: 'window.pwned = 1' };"
        " try { script.text = policy.text } catch {} document.body.append(script) }"
    )
    browser.page.wait_for_timeout(200)

    assert browser.violations
    assert browser.page.evaluate("window.pwned") is None


def test_it_notices_a_request_to_another_host(browser: Visitor) -> None:
    browser.page.goto("/sign-in/")

    browser.page.evaluate("fetch('http://127.0.0.1:1/').catch(() => {})")
    browser.page.wait_for_timeout(200)

    assert browser.violations or browser.foreign


def test_it_notices_what_is_said_on_the_console(browser: Visitor) -> None:
    browser.page.goto("/sign-in/")

    browser.page.evaluate("console.error('oh')")
    browser.page.evaluate("setTimeout(() => { throw new Error('no') })")
    browser.page.wait_for_timeout(200)

    assert "error: oh" in browser.console
    assert any("no" in error for error in browser.errors)


def test_it_can_be_anybody(browser: Visitor, server: LiveServer) -> None:
    browser.sign_in(server.cookie_of("alice"))

    browser.page.goto("/account/")

    assert browser.page.url == f"{server.url}/account/"
