"""Whoever does not read what was asked for holds up nobody else, and no memory."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Iterator

import pytest

from tests.browser.double import Double
from tests.live_server import LiveServer
from tests.playground.test_requests import memory_mib
from tests.script import Head, Send, delta, ending

pytestmark = pytest.mark.process
READERS = 4
REVOKE = "from chat.models import ApiKey; ApiKey.objects.get(name='Revoked').revoke()"
LOOK = "from chat.models import ApiCall; print(ApiCall.objects.filter(status='running').exists())"
IS_RUNNING = ("shell", "--no-imports", "--command", LOOK)
PIECES, PIECE = 70_000, "x" * 100
"""7 MB of text, which are 16 MB of events."""


@pytest.fixture(scope="module")
def double() -> Iterator[Double]:
    double = Double().start()
    yield double
    double.stop()


@pytest.fixture(scope="module")
def server(double: Double, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    endpoint = {
        "name": "double",
        "base_url": double.base_url,
        "models": ["parrot"],
        "is_private_allowed": True,
    }
    server = LiveServer(
        tmp_path_factory.mktemp("server"),
        PLAYGROUND_LOCAL_MODEL="off",
        PLAYGROUND_ENDPOINTS=json.dumps([endpoint]),
    ).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def key(server: LiveServer) -> str:
    server.cookie_of("alice")
    return server.manage("api_key", "alice", "--name", "Test").strip().splitlines()[-1]


def ask(server: LiveServer, key: str, path: str = "/api/v1/chat/completions") -> socket.socket:
    body = {
        "model": "double/parrot",
        "stream": True,
        "messages": [{"role": "user", "content": "a"}],
    }
    raw = json.dumps(body).encode()
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.settimeout(60)
    line.connect(("127.0.0.1", server.port))
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(raw)}\r\n"
        "Connection: close\r\n\r\n"
    )
    line.sendall(head.encode() + raw)
    return line


def whole(line: socket.socket) -> bytes:
    found = bytearray()
    while piece := line.recv(2**20):
        found += piece
    return bytes(found)


def test_who_does_not_read_is_not_read_ahead_for(
    server: LiveServer, double: Double, key: str
) -> None:
    double.begin()
    pieces = [Send(delta(PIECE) * 100) for _ in range(PIECES // 100)]
    for _ in range(READERS):
        double.play(Head(), *pieces, Send(ending()))
    before = memory_mib(server)

    lines = [ask(server, key) for _ in range(READERS)]
    double.wait_for(lambda: len(double.requests) == READERS, within=20)
    written = -1
    while written != (now := sum(received.bytes_written for received in double.requests)):
        written = now
        time.sleep(1)  # until nothing moves any more

    assert not any(received.is_finished for received in double.requests)
    assert memory_mib(server) - before < 40
    for line in lines:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**22)
    heard = [whole(line) for line in lines]
    assert all(body.count(PIECE.encode()) == PIECES for body in heard)
    assert all(body.rstrip().endswith(b"0") and b"[DONE]" in body for body in heard)


def test_who_leaves_without_reading_ends_the_providers_work(
    server: LiveServer, double: Double, key: str
) -> None:
    double.begin()
    double.play(Head(), *[Send(delta(PIECE) * 100) for _ in range(PIECES // 100)], Send(ending()))
    line = ask(server, key)
    double.wait_for(lambda: len(double.requests) == 1, within=20)
    written = -1
    while written != (now := double.requests[0].bytes_written):
        written = now
        time.sleep(0.5)

    connections = double.open_connections

    line.close()

    double.wait_for(lambda: double.open_connections < connections, within=5)
    assert not double.requests[0].is_finished
    assert "Traceback" not in server.log


def test_who_waits_for_what_nobody_writes_any_more_is_hung_up_on(
    server: LiveServer, double: Double
) -> None:
    double.begin()
    double.play(Head(), *[Send(delta(PIECE) * 100) for _ in range(PIECES // 100)], Send(ending()))
    server.cookie_of("alice")
    key = server.manage("api_key", "alice", "--name", "Revoked").strip().splitlines()[-1]
    line = ask(server, key)
    double.wait_for(lambda: len(double.requests) == 1, within=20)
    time.sleep(2)  # until the server waits for the reader

    server.manage("shell", "--no-imports", "--command", REVOKE)
    double.wait_for(lambda: server.manage(*IS_RUNNING).strip().endswith("False"), within=30)

    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**22)
    with contextlib.suppress(ConnectionError):
        assert b"[DONE]" not in whole(line)  # which would wait for a minute
