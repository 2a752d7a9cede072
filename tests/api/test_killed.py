"""Processes that are killed, for real: what they were at is ended once and charged once."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.browser.double import Double
from tests.live_server import ROOT, LiveServer
from tests.script import Hang, Head, Send, delta

pytestmark = pytest.mark.process
MODEL = "double/gpt-5.4"
WORDS = "several quite ordinary words " * 50
LOOK = """
import json
from chat.models import Account, ApiCall, ApiTask, Entry, Turn
print(json.dumps({
    "tasks": {t.pk: [t.status, t.attempts, t.error] for t in ApiTask.objects.all()},
    "charged": [[c.request_id, str(c.cost)] for c in ApiCall.objects.exclude(cost=0)],
    "calls": [c.status for c in ApiCall.objects.all()],
    "turns": [[t.state, t.answer.text, t.finished_at is not None, (t.cost or 0) > 0]
              for t in Turn.objects.select_related("answer")],
    "open": Entry.objects.filter(settled=None).count(),
    "reserved": sum(a.reserved for a in Account.objects.all()),
}))
"""


class KilledCase(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.double = Double().start()
        self.addCleanup(self.double.stop)
        endpoint = {
            "name": "double",
            "base_url": self.double.base_url,
            "provider": "openai",
            "models": ["gpt-5.4"],
            "is_private_allowed": True,
        }
        self.server = LiveServer(
            Path(folder.name),
            DJANGO_SETTINGS_MODULE="tests.hasty",
            PLAYGROUND_LOCAL_MODEL="off",
            PLAYGROUND_ENDPOINTS=json.dumps([endpoint]),
        )
        self.server.start()
        self.addCleanup(lambda: self.server.kill() if self.server.is_running else None)

    def seen(self) -> dict[str, Any]:
        output = self.server.manage("shell", "--no-imports", "--command", LOOK)
        found: dict[str, Any] = json.loads(output.strip().splitlines()[-1])
        return found

    def seen_when(self, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        deadline = time.monotonic() + 60
        while not is_so(found := self.seen()):
            self.assertLess(time.monotonic(), deadline, found)
        return found

    def worker(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            cwd=ROOT,
            env=self.server.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(self.end, process)
        assert process.stdout is not None
        self.assertIn("waiting", process.stdout.readline())
        return process

    def end(self, process: subprocess.Popen[str]) -> None:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


class TaskTests(KilledCase):
    def setUp(self) -> None:
        super().setUp()
        self.server.cookie_of("alice")
        self.key = self.server.manage("api_key", "alice", "--name", "T").strip().splitlines()[-1]

    def add(self) -> str:
        messages = [{"role": "user", "content": "Hello"}]
        request = urllib.request.Request(
            f"{self.server.url}/api/v1/chat/completions",
            json.dumps({"model": MODEL, "messages": messages}).encode(),
            {
                "Authorization": f"Bearer {self.key}",
                "Content-Type": "application/json",
                "X-Async-Mode": "true",
            },
        )
        with urllib.request.urlopen(request, timeout=20) as response:
            return str(json.load(response)["id"])

    def stage(self, count: int) -> list[str]:
        """So many tasks whose first half has no word yet, and whose second half has."""
        for number in range(count):
            words = [Send(delta(WORDS))] if number >= count // 2 else []
            self.double.play(Head(), *words, Hang())
        found = []
        for number in range(count):  # one after the other, so that each has its own script
            found.append(self.add())
            self.double.wait_for(lambda n=number: len(self.double.requests) > n, within=20)
        return found

    def assert_ended(self, silent: list[str], begun: list[str]) -> None:
        def is_over(found: dict[str, Any]) -> bool:
            statuses = {status for status, _, _ in found["tasks"].values()}
            return statuses == {"completed", "failed"} and found["open"] == 0

        found = self.seen_when(is_over)

        for task in silent:
            self.assertEqual(found["tasks"][task][:2], ["completed", 2])
        for task in begun:
            status, attempts, error = found["tasks"][task]
            self.assertEqual((status, attempts), ("failed", 1))
            self.assertEqual(error["error"]["code"], "interrupted")
        charged = [request_id for request_id, _ in found["charged"]]
        self.assertEqual(len(charged), len(silent) + len(begun), found)
        self.assertEqual(len(set(charged)), len(charged))
        self.assertEqual(found["reserved"], 0)
        self.assertNotIn("running", found["calls"])
        self.assertEqual(len(self.double.requests), 2 * len(silent) + len(begun))

    def test_tasks_of_a_killed_server_end_once(self) -> None:
        tasks = self.stage(4)
        time.sleep(1)  # for what came last to be written down

        self.server.kill()
        self.server.start()

        self.assert_ended(tasks[:2], tasks[2:])

    def test_tasks_of_a_killed_worker_end_once(self) -> None:
        self.server.environment["PLAYGROUND_PORT"] = str(self.server.port)
        for _ in range(2):
            self.double.play(Head(), Hang())
        tasks = [self.add(), self.add()]
        self.double.wait_for(lambda: len(self.double.requests) == 2, within=20)
        self.server.stop()  # has heard nothing of them yet, so that they go back
        self.double.begin()
        self.double.play(Head(), Hang())
        self.double.play(Head(), Send(delta(WORDS)), Hang())
        worker = self.worker()
        self.double.wait_for(lambda: len(self.double.requests) == 2, within=20)
        time.sleep(1)

        self.end(worker)
        self.worker()

        def is_over(found: dict[str, Any]) -> bool:
            statuses = sorted(status for status, _, _ in found["tasks"].values())
            return statuses == ["completed", "failed"] and found["open"] == 0

        found = self.seen_when(is_over)
        self.assertEqual(found["tasks"].keys(), set(tasks))
        charged = [request_id for request_id, _ in found["charged"]]
        self.assertEqual((len(charged), len(set(charged))), (2, 2))
        self.assertEqual(found["reserved"], 0)
        self.assertEqual(len(self.double.requests), 3)


class TurnTests(KilledCase):
    def ask(self, name: str) -> ClientConnection:
        """A socket on which this person has asked four times."""
        cookie = self.server.cookie_of(name)
        page = self.enterContext(
            connect(
                f"ws://127.0.0.1:{self.server.port}/ws/",
                origin=Origin(self.server.url),
                additional_headers={"Cookie": f"{cookie['name']}={cookie['value']}"},
            )
        )
        for _ in range(4):
            self.double.play(Head(), Send(delta(WORDS)), Hang())
            frame = {"type": "turn.start", "id": str(uuid.uuid4()), "model": MODEL, "text": "Hello"}
            page.send(json.dumps(frame, separators=(",", ":")))
        return page

    def test_a_killed_server_has_its_turns_settled_by_the_next(self) -> None:
        self.ask("alice")
        self.double.wait_for(lambda: len(self.double.requests) == 4, within=20)
        self.seen_when(lambda found: all(WORDS in text for _, text, _, _ in found["turns"]))

        self.server.kill()
        self.server.start()

        found = self.seen_when(lambda found: found["open"] == 0)
        self.assertEqual(found["turns"], [["interrupted", WORDS, True, True]] * 4)
        self.assertEqual(found["reserved"], 0)

    def test_twenty_turns_are_interrupted_when_the_server_is_told_to_end(self) -> None:
        pages = [self.ask(name) for name in ("alice", "bob", "carol", "dave", "erin")]
        self.double.wait_for(lambda: len(self.double.requests) == 20, within=30)
        began = time.monotonic()

        self.server.process.send_signal(signal.SIGTERM)
        codes = [self.close_code(page) for page in pages]
        code = self.server.process.wait(35)

        self.assertEqual(code, 0)
        self.assertEqual(codes, [1012] * 5)
        self.assertLess(time.monotonic() - began, 35)
        found = self.seen()
        self.assertEqual([turn[0] for turn in found["turns"]], ["interrupted"] * 20)
        self.assertTrue(all(is_finished for _, _, is_finished, _ in found["turns"]))
        self.assertTrue(all(text == WORDS for _, text, _, _ in found["turns"]))
        self.assertEqual((found["open"], found["reserved"]), (0, 0))
        self.assertNotIn("Traceback", self.server.log)

    def close_code(self, page: ClientConnection) -> int | None:
        taken = 0
        try:
            while True:
                page.recv(timeout=30)
                taken += 1
                page.send(json.dumps({"type": "frame.ack", "count": taken}))
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None
