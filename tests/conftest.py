"""What tests are given: the real server, a real browser, and a plain word where one is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper

from tests import recordings, requirements
from tests.live_server import LiveServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.visitor import Visitor


def pytest_configure() -> None:
    requirements.required()  # a misspelt name stops the run


def pytest_runtest_setup(item: pytest.Item) -> None:
    for name in requirements.NAMES:
        if item.get_closest_marker(name) and (reason := requirements.obstacle(name)):
            requirements.missing(name, reason)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if recordings.tallies:
        terminalreporter.section("recorded exchanges")
        for row in recordings.table():
            terminalreporter.write_line(row)


@pytest.fixture(autouse=True, scope="session")
def requests_share_the_transaction() -> Iterator[None]:
    """Django closes connections between two requests, Channels between two messages of a socket.
    In a test they are the one that holds the test's transaction, which has to stay."""
    close = BaseDatabaseWrapper.close_if_unusable_or_obsolete

    def close_idle(connection: BaseDatabaseWrapper) -> None:
        if not connection.in_atomic_block:
            close(connection)

    with mock.patch.object(BaseDatabaseWrapper, "close_if_unusable_or_obsolete", close_idle):
        yield


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """`manage.py serve` with the embedded model, for the whole run."""
    server = LiveServer(tmp_path_factory.mktemp("server"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """For one module, because Playwright leaves an event loop running in this thread until it is
    stopped, which Django and asyncio rightly refuse to work under."""
    if reason := requirements.obstacle("browser"):
        requirements.missing("browser", reason)
    from playwright.sync_api import sync_playwright

    from tests.visitor import FLAGS

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=requirements.chromium_path(), args=FLAGS
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, server: LiveServer) -> Iterator[Callable[..., Visitor]]:
    """`visit(color_scheme="dark", viewport={…})`: as many visitors as a test needs."""
    from tests.visitor import visit

    with ExitStack() as stack:

        def enter(**options: Any) -> Visitor:
            return stack.enter_context(visit(chromium, server.url, **options))

        yield enter


@pytest.fixture
def browser(visit: Callable[..., Visitor]) -> Visitor:
    """One visitor at a desktop's width: `browser.page`, `browser.problems`."""
    return visit(viewport={"width": 1440, "height": 900})
