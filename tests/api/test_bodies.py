"""How large a body the server reads before it knows who sends it."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest

from playground.limits import MIB
from tests.live_server import LiveServer

pytestmark = pytest.mark.process


def post(server: LiveServer, path: str, size: int, **headers: str) -> int:
    request = urllib.request.Request(
        server.url + path, b" " * size, {"Content-Type": "application/json", **headers}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_program_with_a_key_may_send_more_than_a_page(server: LiveServer) -> None:
    key = {"Authorization": "Bearer pg-" + "a" * 43}

    assert post(server, "/api/v1/chat/completions", 3 * MIB, **key) == 401
    assert post(server, "/api/v1/chat/completions", 21 * MIB, **key) == 413


def test_without_one_it_may_not(server: LiveServer) -> None:
    assert post(server, "/api/v1/chat/completions", 3 * MIB) == 413
    assert post(server, "/sign-in/", 3 * MIB, Authorization="Bearer pg-a") == 413
