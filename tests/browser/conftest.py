"""Desks at two servers: one whose provider follows scripts, one with the embedded model.

Whatever a test is about, at its end no desk may have had an error on the console, a violation of
the policy, or a request to another host.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desk import Desk
from tests.browser.double import Double
from tests.browser.people import People
from tests.live_server import LiveServer
from tests.visitor import visit

Desks = Callable[..., Desk]
PATIENCE_MS = 20_000
WIDE = {"width": 1440, "height": 900}


@pytest.fixture(scope="session")
def provider() -> Iterator[Double]:
    double = Double().start()
    yield double
    double.stop()


@pytest.fixture(scope="session")
def scripted(provider: Double, tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    """The people of a server whose models are those of the double."""
    server = LiveServer(tmp_path_factory.mktemp("scripted"), **double_environment(provider))
    server.start()
    yield People(server)
    server.kill()  # its scripts may hang, and how it ends is not the subject here


@pytest.fixture
def double(provider: Double) -> Iterator[Double]:
    provider.begin()
    yield provider
    provider.begin()


@pytest.fixture
def desks(chromium: Browser, scripted: People, double: Double) -> Iterator[Desks]:
    """`desks(color_scheme="dark")`, `desks(cookie=other.cookie)`: as many as a test needs."""
    yield from seats(chromium, scripted)


@pytest.fixture
def desk(desks: Desks) -> Desk:
    return desks()


@pytest.fixture(scope="session")
def local_people(server: LiveServer) -> People:
    return People(server)


@pytest.fixture
def local_desks(chromium: Browser, local_people: People) -> Iterator[Desks]:
    """At the server with the embedded model."""
    yield from seats(chromium, local_people)


@pytest.fixture
def local_desk(local_desks: Desks) -> Desk:
    return local_desks()


def double_environment(double: Double) -> dict[str, str]:
    endpoint = {
        "name": "double",
        "label": "The double",
        "base_url": double.base_url,
        "api_key": "sk-canary-0123456789",
        "is_private_allowed": True,
    }
    return {"PLAYGROUND_LOCAL_MODEL": "off", "PLAYGROUND_ENDPOINTS": json.dumps([endpoint])}


def seats(browser: Browser, people: People) -> Iterator[Desks]:
    expect.set_options(timeout=PATIENCE_MS)
    taken: list[Desk] = []
    with ExitStack() as stack:

        def take(*, cookie: dict[str, str] | None = None, **options: Any) -> Desk:
            options = {"viewport": WIDE, "reduced_motion": "reduce"} | options
            visitor = stack.enter_context(visit(browser, people.server.url, **options))
            desk = Desk(visitor, people.server, cookie or people.next())
            visitor.context.set_default_timeout(PATIENCE_MS)
            visitor.sign_in(desk.cookie)
            taken.append(desk)
            return desk

        yield take
        problems = [problem for desk in taken for problem in desk.problems]
    assert problems == []
