"""A running server for the SDKs: the embedded model, and a double that plays scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests import requirements
from tests.browser.double import Double
from tests.live_server import LiveServer
from tests.sdk.live import Sdks
from tests.sdk.obedient import Obedient


@pytest.fixture(scope="package")
def api_double() -> Iterator[Double]:
    double = Double(Obedient()).start()
    yield double
    double.stop()


@pytest.fixture(scope="package")
def sdks(tmp_path_factory: pytest.TempPathFactory, api_double: Double) -> Iterator[Sdks]:
    if reason := requirements.obstacle("model"):
        requirements.missing("model", reason)
    row = {
        "name": "double",
        "base_url": api_double.base_url,
        "is_private_allowed": True,
        "models": ["parrot"],
    }
    server = LiveServer(tmp_path_factory.mktemp("api"), PLAYGROUND_ENDPOINTS=json.dumps([row]))
    server.start()
    cookie = server.cookie_of("alice")
    key = server.manage("api_key", "alice").strip().splitlines()[-1]
    yield Sdks(server.url, key, cookie)
    server.stop()
    assert "Traceback" not in server.log, server.log


@pytest.fixture
def double(api_double: Double) -> Double:
    api_double.begin()
    return api_double
