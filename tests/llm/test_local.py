"""The embedded model, for real: it answers, it comes back, it never stays behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path
from unittest import mock

import pytest

from chat.llm import local
from chat.llm.local import LocalModel, installed_file

ROOT = Path(__file__).resolve().parents[2]
PARENT = """
import sys, time
from pathlib import Path
from chat.llm.local import LocalModel
model = LocalModel(log=Path(sys.argv[1]))
model.start()
model.wait(30)
print(model.process_id, flush=True)
time.sleep(60)
"""


class Folder(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.log = self.folder / "local-model.log"

    def start(self, path: Path | None = None) -> LocalModel:
        model = LocalModel(log=self.log, path=path)
        self.addCleanup(model.stop)
        model.start()
        return model


@pytest.mark.model
class EmbeddedModelTests(Folder):
    def test_it_answers_a_chat_completion(self) -> None:
        model = self.start()

        self.assertTrue(model.wait(30), model.reason)
        answer = ask(model, "Name one colour.")

        self.assertEqual(answer["model"], model.info.id)
        self.assertTrue(answer["choices"][0]["message"]["content"].strip())
        self.assertGreater(answer["usage"]["completion_tokens"], 0)

    def test_it_refuses_whoever_has_no_key(self) -> None:
        model = self.start()
        self.assertTrue(model.wait(30), model.reason)

        with self.assertRaises(urllib.error.HTTPError) as caught:
            ask(model, "Name one colour.", key="another")

        self.assertEqual(caught.exception.code, 401)
        self.assertIn("127.0.0.1", model.endpoint.base_url if model.endpoint else "")

    def test_what_is_not_sent_has_sensible_values(self) -> None:
        model = self.start()
        self.assertTrue(model.wait(30), model.reason)
        assert model.endpoint

        url = model.endpoint.base_url.removesuffix("/v1") + "/props"
        properties = get(url, model.endpoint.api_key)
        defaults = properties["default_generation_settings"]["params"]

        self.assertAlmostEqual(defaults["temperature"], 0.2, places=3)
        self.assertAlmostEqual(defaults["top_p"], 0.9, places=3)
        self.assertAlmostEqual(defaults["repeat_penalty"], 1.1, places=3)

    def test_it_comes_back_after_a_crash(self) -> None:
        model = self.start()
        self.assertTrue(model.wait(30), model.reason)
        first = model.process_id
        assert first

        os.kill(first, signal.SIGKILL)
        wait_until(lambda: model.process_id != first)

        self.assertTrue(model.wait(30), model.reason)
        self.assertTrue(ask(model, "Name one colour.")["choices"])

    def test_stopping_leaves_no_process(self) -> None:
        model = self.start()
        self.assertTrue(model.wait(30), model.reason)
        process_id = model.process_id
        assert process_id

        model.stop()

        self.assertFalse(is_alive(process_id))
        self.assertEqual(model.state, "stopped")
        self.assertIsNone(model.endpoint)

    def test_stopping_while_it_starts_leaves_no_process(self) -> None:
        model = self.start()
        wait_until(lambda: model.process_id is not None)
        process_id = model.process_id
        assert process_id

        model.stop()

        self.assertFalse(is_alive(process_id))
        self.assertEqual(model.state, "stopped")

    def test_it_does_not_outlive_a_killed_parent(self) -> None:
        with subprocess.Popen(
            [sys.executable, "-c", PARENT, str(self.log)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        ) as parent:
            assert parent.stdout
            child = int(parent.stdout.readline())
            self.assertTrue(is_alive(child))

            parent.kill()

        wait_until(lambda: not is_alive(child))

    def test_a_file_that_does_not_load_is_said_once(self) -> None:
        source = installed_file()
        assert source
        torn = self.folder / "torn.gguf"
        with source.open("rb") as file:
            torn.write_bytes(file.read(1_000_000))

        model = self.start(torn)

        self.assertFalse(model.wait(30))
        self.assertEqual(model.state, "failed")
        self.assertEqual(model.reason, "torn.gguf could not be loaded; local-model.log says why.")
        self.assertIn("failed to load", self.log.read_text())


@pytest.mark.model
class ObstacleTests(Folder):
    def test_a_file_that_is_not_there_is_named(self) -> None:
        model = self.start(self.folder / "missing.gguf")

        self.assertFalse(model.wait(10))
        self.assertEqual(model.state, "failed")
        self.assertIn("missing.gguf cannot be read: No such file", model.reason)

    def test_a_file_of_another_kind_is_named(self) -> None:
        path = self.folder / "notes.txt"
        path.write_text("not a model")

        model = self.start(path)

        self.assertFalse(model.wait(10))
        self.assertEqual(model.reason, f"{path.resolve()} is not a GGUF file.")


class DyingTests(Folder):
    def test_a_child_that_dies_before_it_reads_is_no_error_of_ours(self) -> None:
        def spawn() -> subprocess.Popen[str]:
            process = real()
            process.kill()
            process.wait()
            return process

        real, raised = local._spawn, []
        file = self.folder / "model.gguf"
        file.write_bytes(b"GGUF")
        with (
            mock.patch.object(local, "_spawn", spawn),
            mock.patch.object(threading, "excepthook", raised.append),
            self.assertLogs("chat.llm.local"),
        ):
            model = self.start(file)
            model.wait(20)
            model.stop()

        self.assertEqual(raised, [])


class NameTests(Folder):
    def test_another_file_is_named_after_itself(self) -> None:
        model = LocalModel(log=self.log, path=Path("models/My Model.Q4_K_M.gguf"))

        self.assertEqual(model.info.id, "my-model.q4-k-m")
        self.assertEqual(model.info.name, "My Model.Q4_K_M")

    def test_a_model_that_was_not_started_has_no_endpoint(self) -> None:
        model = LocalModel(log=self.log)

        self.assertEqual(model.state, "stopped")
        self.assertIsNone(model.endpoint)


def ask(model: LocalModel, text: str, *, key: str | None = None) -> dict:
    assert model.endpoint
    body = {"messages": [{"role": "user", "content": text}], "max_tokens": 8}
    url = f"{model.endpoint.base_url}/chat/completions"
    return get(url, key or model.endpoint.api_key, body=body)


def get(url: str, key: str, *, body: dict | None = None) -> dict:
    request = urllib.request.Request(
        url,
        data=json.dumps(body).encode() if body else None,
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process_id}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_until(condition, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("It did not happen in time.")
        time.sleep(0.02)
