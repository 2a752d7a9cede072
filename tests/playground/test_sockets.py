"""Who may open a socket: pages of ours, and nobody else's with a visitor's cookie."""

from __future__ import annotations

import os
import socket

import pytest
from django.test import SimpleTestCase, override_settings

from playground.origins import from_our_pages
from tests.live_server import LiveServer

FOREIGN = [
    None,
    "null",
    "http://127.0.0.1:{other}",
    "https://127.0.0.1:{port}",
    "http://sub.127.0.0.1:{port}",
    "http://127.0.0.1.evil.example:{port}",
    "https://site.evil.example",
    "http://127.0.0.1:{port}@evil.example",
    "http://user@127.0.0.1:{port}",
    "http://127.0.0.1:99999999",
    "http://127.0.0.1:{port}/",
    "HTTP://127.0.0.1:{port}",
    "http://127.0.0.1:{port} http://evil.example",
    "http://[::1",
    "*",
    "",
]


def handshake(server: LiveServer, origin: str | None, *, times: int = 1) -> int:
    """The status of the answer to an attempt to open a socket."""
    key = "dGhlIHNhbXBsZSBub25jZQ=="
    lines = [
        "GET /ws/ HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
    ]
    if origin is not None:
        lines += [f"Origin: {origin.format(port=server.port, other=server.port + 1)}"] * times
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1"))
        answer = connection.recv(65536)
    return int(answer.split(b" ", 2)[1])


@pytest.mark.process
@pytest.mark.parametrize("origin", FOREIGN)
def test_a_foreign_page_is_refused(server: LiveServer, origin: str | None) -> None:
    assert handshake(server, origin) == 403
    assert "Traceback" not in server.log


@pytest.mark.process
def test_two_origins_are_refused(server: LiveServer) -> None:
    assert handshake(server, "http://127.0.0.1:{port}", times=2) in (400, 403)
    assert "Traceback" not in server.log


@pytest.mark.process
def test_an_unknown_socket_address_is_refused(server: LiveServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(
            f"GET /nowhere/ HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            f"Sec-WebSocket-Version: 13\r\nOrigin: {server.url}\r\n\r\n".encode()
        )
        answer = connection.recv(65536)

    assert answer.startswith(b"HTTP/1.1 403")
    assert "Traceback" not in server.log


@override_settings(ALLOWED_ORIGINS=["https://chat.example.org"])
class GuardTests(SimpleTestCase):
    async def opens(self, *origins: bytes) -> bool:
        """Whether the application behind the guard was asked."""
        asked = []
        sent = []

        async def application(scope, receive, send) -> None:
            asked.append(scope)

        async def receive() -> dict[str, str]:
            return {"type": "websocket.connect"}

        async def send(message) -> None:
            sent.append(message["type"])

        scope = {"type": "websocket", "headers": [(b"origin", origin) for origin in origins]}
        await from_our_pages(application)(scope, receive, send)
        self.assertEqual(sent, [] if asked else ["websocket.close"])
        return bool(asked)

    async def test_our_own_page_gets_through(self) -> None:
        self.assertTrue(await self.opens(b"https://chat.example.org"))

    async def test_other_origins_do_not(self) -> None:
        for origin in (
            b"http://chat.example.org",
            b"https://chat.example.org:8443",
            b"https://a.chat.example.org",
            b"https://chat.example.org@evil.example",
            b"\xff\xfe",
            os.urandom(20),
        ):
            with self.subTest(origin=origin):
                self.assertFalse(await self.opens(origin))

    async def test_none_and_two_do_not(self) -> None:
        self.assertFalse(await self.opens())
        self.assertFalse(await self.opens(b"https://chat.example.org", b"https://chat.example.org"))
