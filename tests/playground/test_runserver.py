"""The development server: sockets and static files, without collecting anything."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.live_server import ROOT, LiveServer


@pytest.mark.process
class RunserverTests(unittest.TestCase):
    def test_it_serves_pages_and_static_files(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            server = LiveServer(Path(folder), PLAYGROUND_LOCAL_MODEL="off")
            server.manage("migrate", "--verbosity", "0")
            with subprocess.Popen(
                [sys.executable, "manage.py", "runserver", "--noreload"],
                cwd=ROOT,
                env=server.environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            ) as process:
                try:
                    page = wait_for(f"{server.url}/sign-in/")
                    found = re.search(r'href="(/static/[^"]+\.css)"', page)
                    assert found
                    stylesheet = wait_for(server.url + found[1])
                finally:
                    process.terminate()
            self.assertIn("{", stylesheet)
            self.assertFalse((Path(folder) / "data" / "public").exists())


def wait_for(url: str, seconds: float = 20) -> str:
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return response.read().decode()
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
