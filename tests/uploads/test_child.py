"""The child process: its limits hold, and whatever becomes of it is a sentence."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import unittest
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from django.conf import settings
from django.test import SimpleTestCase, override_settings

from chat.uploads import Refused, child
from tests.uploads import files

LIMITS = settings.LIMITS


class ChildTests(SimpleTestCase):
    def look(self) -> child.Outcome:
        data = files.picture("PNG", (2000, 2000))
        return child.look("image", data, name="a.png", media_type="image/png")

    def test_too_little_memory_is_a_sentence(self) -> None:
        limits = replace(LIMITS, decoder_memory=80 * 2**20)

        with override_settings(LIMITS=limits), self.assertRaisesRegex(Refused, "“a.png”"):
            self.look()

    def test_a_child_that_hangs_is_ended(self) -> None:
        with TemporaryDirectory() as folder:
            sleeper = Path(folder) / "worker.py"
            sleeper.write_text("import time; time.sleep(60)")
            limits = replace(LIMITS, decoder_seconds=1)
            with (
                override_settings(LIMITS=limits),
                mock.patch.object(child, "WORKER", sleeper),
                mock.patch.object(child, "STARTING_SECONDS", 0),
                self.assertRaisesRegex(Refused, "“a.png” could not be looked into"),
            ):
                self.look()

    def test_a_child_that_crashes_is_a_sentence(self) -> None:
        with TemporaryDirectory() as folder:
            crasher = Path(folder) / "worker.py"
            crasher.write_text("import os; os.abort()")
            with (
                mock.patch.object(child, "WORKER", crasher),
                self.assertLogs("chat.uploads.child", "WARNING"),
                self.assertRaisesRegex(Refused, "“a.png” could not be looked into"),
            ):
                self.look()

    def test_no_more_than_two_run_at_once(self) -> None:
        limits = replace(LIMITS, decoder_seconds=0)
        taken = [child._slots.acquire(timeout=5) for _ in range(LIMITS.decoders)]
        try:
            with (
                override_settings(LIMITS=limits),
                mock.patch.object(child, "STARTING_SECONDS", 0.05),
                self.assertRaisesRegex(Refused, "Try “a.png” again"),
            ):
                self.look()
        finally:
            for _ in taken:
                child._slots.release()

    def test_several_threads_are_served(self) -> None:
        found: list[int] = []
        threads = [
            threading.Thread(target=lambda: found.append(self.look().facts["width"]))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        self.assertEqual(found, [2000] * 4)


@unittest.skipUnless(sys.platform == "linux", "the limits are those of Linux here")
class LimitTests(SimpleTestCase):
    def run_limited(self, code: str) -> subprocess.CompletedProcess[bytes]:
        """`code` after the worker's own limits are set."""
        job = {"memory": 256 * 2**20, "seconds": 1}
        setup = f"import json, worker; worker.limit(json.loads('{json.dumps(job)}'));"
        return subprocess.run(
            [sys.executable, "-c", setup + code],
            cwd=child.WORKER.parent,
            capture_output=True,
            timeout=30,
        )

    def test_memory_is_limited(self) -> None:
        done = self.run_limited("bytearray(300 * 2**20)")

        self.assertIn(b"MemoryError", done.stderr)

    def test_the_time_of_the_processor_is_limited(self) -> None:
        done = self.run_limited("\nwhile True: pass")

        self.assertLess(done.returncode, 0)

    def test_large_files_are_not_written(self) -> None:
        with TemporaryDirectory() as folder:
            done = self.run_limited(f"open('{folder}/x', 'wb').write(bytes(40 * 2**20))")

            self.assertNotEqual(done.returncode, 0)
