"""How the server ends: politely when asked once, at once when asked twice, never half."""

from __future__ import annotations

import os
import re
import signal
import socket
import tempfile
import time
import unittest
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.live_server import LiveServer

pytestmark = pytest.mark.process


class EndTests(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def start(self, **environment: str) -> LiveServer:
        server = LiveServer(self.folder, **environment).start()
        self.addCleanup(lambda: server.kill() if server.is_running else None)
        return server

    def test_sigterm_ends_it_without_a_word(self) -> None:
        server = self.start(PLAYGROUND_LOCAL_MODEL="off")

        code = server.stop(signal.SIGTERM)

        self.assertEqual(code, 0)
        self.assertEqual(len(server.log.splitlines()), 1, server.log)

    def test_ctrl_c_ends_it_without_a_word(self) -> None:
        server = self.start(PLAYGROUND_LOCAL_MODEL="off")

        code = server.stop(signal.SIGINT)

        self.assertEqual(code, 0)
        self.assertEqual(len(server.log.splitlines()), 1, server.log)

    def test_a_connection_that_is_kept_open_does_not_hold_it_up(self) -> None:
        server = self.start(PLAYGROUND_LOCAL_MODEL="off")
        with socket.create_connection(("127.0.0.1", server.port)) as visitor:
            visitor.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            self.assertIn(b"200 OK", visitor.recv(4096))
            began = time.monotonic()

            code = server.stop()

        self.assertEqual(code, 0)
        self.assertLess(time.monotonic() - began, 10)

    def test_open_sockets_are_told_to_come_back(self) -> None:
        server = self.start(PLAYGROUND_LOCAL_MODEL="off")
        cookie = server.cookie_of("alice")
        with connect(
            f"ws://127.0.0.1:{server.port}/ws/",
            origin=Origin(server.url),
            additional_headers={"Cookie": f"{cookie['name']}={cookie['value']}"},
        ) as visitor:
            visitor.ping().wait(5)

            server.process.send_signal(signal.SIGTERM)
            with self.assertRaises(ConnectionClosed) as caught:
                while True:
                    visitor.recv(timeout=10)

        self.assertEqual(caught.exception.rcvd.code if caught.exception.rcvd else None, 1012)
        self.assertEqual(server.process.wait(10), 0)
        self.assertNotIn("Traceback", server.log)

    def test_asked_twice_it_ends_at_once(self) -> None:
        server = self.start(PLAYGROUND_LOCAL_MODEL="off")
        cookie = server.cookie_of("alice")
        with socket.create_connection(("127.0.0.1", server.port)) as visitor:
            visitor.sendall(
                f"GET /ws/ HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nOrigin: {server.url}\r\n"
                f"Cookie: {cookie['name']}={cookie['value']}\r\n"
                "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
            )
            self.assertIn(b"101", visitor.recv(4096))
            # It lets nobody in any more, and waits a while for this one to say goodbye.
            server.process.send_signal(signal.SIGINT)
            with self.assertRaises(ConnectionError):
                while True:
                    socket.create_connection(("127.0.0.1", server.port)).close()

            server.process.send_signal(signal.SIGINT)
            code = server.process.wait(10)

        self.assertEqual(code, 1)
        self.assertNotIn("Traceback", server.log)

    @pytest.mark.model
    def test_the_model_goes_with_it(self) -> None:
        server = self.start()
        children = descendants(server.pid)
        self.assertEqual(len(children), 1, "the embedded model was not started")

        code = server.stop(signal.SIGINT)

        self.assertEqual(code, 0)
        self.assertFalse(any(Path(f"/proc/{child}").exists() for child in children))

    @pytest.mark.model
    def test_the_model_goes_with_a_killed_server(self) -> None:
        server = self.start()
        children = descendants(server.pid)
        self.assertEqual(len(children), 1, "the embedded model was not started")

        server.kill()

        deadline = time.monotonic() + 5
        while any(is_running(child) for child in children):
            self.assertLess(time.monotonic(), deadline, "the model was left behind")
            time.sleep(0.02)


def descendants(process_id: int) -> list[int]:
    if not Path("/proc").is_dir():
        raise unittest.SkipTest("Children are found through /proc.")
    found = []
    for folder in Path("/proc").iterdir():
        status = folder / "stat"
        if folder.name.isdigit() and status.exists():
            fields = re.sub(r"\(.*\)", "", status.read_text(), flags=re.DOTALL).split()
            if int(fields[2]) == process_id:
                found.append(int(folder.name))
    return found


def is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
        return " Z " not in Path(f"/proc/{process_id}/stat").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False
