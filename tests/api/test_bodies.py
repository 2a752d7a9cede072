"""How large a body the server reads before it knows who sends it."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from typing import Any

import pytest

from playground.limits import MIB
from tests.live_server import LiveServer

pytestmark = pytest.mark.process
Told = tuple[int, str, dict[str, Any]]


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


def told(server: LiveServer, path: str, *, host: str = "127.0.0.1", **headers: str) -> Told:
    """What comes back for a body that announces too much, or for a host twice."""
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}", *(f"{k}: {v}" for k, v in headers.items())]
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        head, _, body = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")
    return int(head.split()[1]), head.decode().lower(), json.loads(body)["error"]


@pytest.mark.parametrize(
    ("path", "field", "kind"),
    [
        ("/api/v1/chat/completions", "code", "request_too_large"),
        ("/api/v1/messages", "type", "request_too_large"),
        ("/api/v1beta/models/m:generateContent", "status", "INVALID_ARGUMENT"),
    ],
)
def test_the_refusal_has_the_callers_format(
    server: LiveServer, path: str, field: str, kind: str
) -> None:
    status, head, error = told(server, path, **{"Content-Length": "300000000"})

    assert status == 413
    assert error[field] == kind
    assert "bytes" in error["message"]
    assert "content-type: application/json" in head
    assert "x-request-id: req_" in head


@pytest.mark.parametrize("path", ["/api/v1/chat/completions", "/api/v1/messages"])
def test_so_has_that_of_a_request_that_is_for_nobody(server: LiveServer, path: str) -> None:
    status, _, error = told(server, path, host="127.0.0.1\r\nHost: 127.0.0.1")

    assert status == 400
    assert error["type"] == "invalid_request_error"
