"""`manage.py serve` as a person meets it: what it prints, and what keeps it from starting."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import pytest

from tests.live_server import ROOT, LiveServer

pytestmark = pytest.mark.process


class Started(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def server(self, **environment: str) -> LiveServer:
        server = LiveServer(self.folder, **{"PLAYGROUND_LOCAL_MODEL": "off", **environment})
        self.addCleanup(lambda: server.kill() if server.is_running else None)
        return server

    def failure(self, **environment: str) -> tuple[int, str]:
        """The exit code and all that it wrote, of a start that cannot succeed."""
        server = self.server(**environment).launch()
        return server.process.wait(30), server.log


class StartTests(Started):
    def test_the_first_start_prints_one_line_with_a_sign_in_link(self) -> None:
        server = self.server().start()

        self.assertRegex(server.log, rf"\AOpen {re.escape(server.url)}/welcome/[\w-]{{43}}/\n\Z")

    def test_a_new_start_replaces_a_link_that_nobody_used(self) -> None:
        server = self.server().start()
        first = server.welcome_url
        server.stop()

        server.start()

        self.assertNotEqual(server.welcome_url, first)
        count = "from chat.models import Link; print(Link.objects.count())"
        self.assertEqual(server.manage("shell", "--no-imports", "-c", count).strip(), "1")

    def test_with_somebody_here_it_prints_the_plain_address(self) -> None:
        server = self.server().start()
        server.cookie_of("alice")
        server.stop()

        server.start()

        self.assertEqual(server.log, f"Open {server.url}/\n")

    def test_the_second_start_collects_nothing(self) -> None:
        server = self.server().start()
        server.stop()
        collected = self.folder / "data" / "public" / "static"
        before = {path: path.stat().st_mtime_ns for path in collected.rglob("*")}

        server.start()

        self.assertTrue(before)
        self.assertEqual(before, {path: path.stat().st_mtime_ns for path in before})

    def test_the_line_names_the_site(self) -> None:
        server = self.server(PLAYGROUND_SITE_URL="https://chat.example.org").start()

        self.assertTrue(server.welcome_url.startswith("https://chat.example.org/welcome/"))


class ObstacleTests(Started):
    def test_a_taken_port_is_said_with_the_way_out(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]

            code, log = self.failure(PLAYGROUND_PORT=str(port))

        self.assertEqual(code, 1)
        self.assertEqual(
            log, f"Port {port} is taken. Choose another one: PLAYGROUND_PORT={port + 1}\n"
        )

    def test_an_address_that_is_not_ours_is_named(self) -> None:
        code, log = self.failure(PLAYGROUND_HOST="192.0.2.1")

        self.assertEqual(code, 1)
        self.assertRegex(log, r"\A192\.0\.2\.1:\d+ cannot be listened on: .+\.\n\Z")

    def test_a_folder_that_cannot_be_made_is_named(self) -> None:
        (self.folder / "file").write_text("")

        code, log = self.failure(PLAYGROUND_DATA=str(self.folder / "file" / "data"))

        self.assertEqual(code, 1)
        self.assertRegex(log, r"\APLAYGROUND_DATA: the folder .+ cannot be made \(.+\)\.\n\Z")

    @unittest.skipIf(os.name == "nt" or os.geteuid() == 0, "root may write everywhere")
    def test_a_read_only_folder_is_named(self) -> None:
        (self.folder / "data").mkdir(mode=0o500)

        code, log = self.failure()

        self.assertEqual(code, 1)
        self.assertRegex(log, r"\APLAYGROUND_DATA: the folder .+ cannot be written to\.\n\Z")

    def test_a_broken_database_is_one_sentence(self) -> None:
        (self.folder / "data").mkdir()
        (self.folder / "data" / "playground.sqlite3").write_bytes(b"not a database" * 100)

        code, log = self.failure()

        self.assertEqual(code, 1)
        self.assertEqual(log, "The database cannot be used: file is not a database.\n")

    def test_a_database_that_does_not_answer_is_one_sentence(self) -> None:
        code, log = self.failure(DATABASE_URL="postgres://nobody@127.0.0.1:1/none")

        self.assertEqual(code, 1)
        self.assertRegex(log.splitlines()[-1], r"\AThe database cannot be used: .+\.\Z")
        self.assertNotIn("Traceback", log)

    def test_nonsense_in_a_variable_is_named(self) -> None:
        code, log = self.failure(PLAYGROUND_TRUSTED_PROXIES="many")

        self.assertEqual(code, 1)
        self.assertEqual(log, "PLAYGROUND_TRUSTED_PROXIES is a whole number, not 'many'.\n")

    def test_debug_is_not_shown_to_the_network(self) -> None:
        code, log = self.failure(PLAYGROUND_DEBUG="on", PLAYGROUND_HOST="0.0.0.0")

        self.assertEqual(code, 1)
        self.assertEqual(
            log,
            "PLAYGROUND_DEBUG shows secrets to every visitor: switch it off to listen on "
            "0.0.0.0.\n",
        )

    def test_missing_packages_are_one_sentence(self) -> None:
        done = subprocess.run(
            [sys.executable, "-S", "manage.py", "serve"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=30,
        )

        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"\Adjango is not installed in .+; `make run` installs it\.")

    def test_a_broken_model_file_leaves_the_rest_running(self) -> None:
        path = self.folder / "notes.gguf"
        path.write_text("not a model")

        server = self.server(PLAYGROUND_LOCAL_MODEL=str(path)).start()

        self.assertIn("notes.gguf is not a GGUF file.", server.log)
        self.assertIn("/welcome/", server.welcome_url)


class PythonTests(unittest.TestCase):
    def test_an_older_python_is_told_what_is_needed(self) -> None:
        script = (
            "import runpy, sys; sys.version_info = (3, 9, 1); sys.version = '3.9.1 (old)';"
            "runpy.run_path('manage.py', run_name='__main__')"
        )
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=30
        )

        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, "Playground needs Python 3.11 or later; this is 3.9.1.\n")
