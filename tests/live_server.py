"""The real server as a child process: `manage.py serve` on a free port and a folder of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 60
STOP_SECONDS = 60  # beyond its own patience, after which it says where it hangs
COMMAND_SECONDS = 300
COOKIE_SCRIPT = """
import json
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from chat.models import User
user, is_new = User.objects.get_or_create(username={username!r}, defaults={{"name": {name!r}}})
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.save()
print(json.dumps([settings.SESSION_COOKIE_NAME, session.session_key]))
"""


class LiveServer:
    """`environment` is on top of a bare one: nothing of the person who runs the tests gets in."""

    def __init__(self, folder: Path, *, port: int | None = None, **environment: str) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PLAYGROUND_DATA": str(folder / "data"),
            "PLAYGROUND_PORT": str(self.port),
            **environment,
        }
        self._output = folder / "output.txt"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """Everything it has written, on stdout and stderr."""
        return self._output.read_text(encoding="utf-8", errors="replace")

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def process(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("The server was not started.")
        return self._process

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def opened(self) -> str | None:
        """The address on the line that it prints when it listens."""
        found = re.search(r"^Open (http\S+)$", self.log, re.MULTILINE)
        return found[1] if found else None

    @property
    def welcome_url(self) -> str:
        """The one-time link, while nobody has used it."""
        if not self.opened or "/welcome/" not in self.opened:
            raise RuntimeError(f"No sign-in link was printed:\n{self.log}")
        return self.opened

    def launch(self) -> LiveServer:
        """Start it and do not wait."""
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def start(self) -> LiveServer:
        self.launch()
        deadline = time.monotonic() + START_SECONDS
        while not self.opened:
            if self.process.poll() is not None:
                raise RuntimeError(f"The server ended ({self.process.returncode}):\n{self.log}")
            if time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"The server did not start in time:\n{self.log}")
            time.sleep(0.05)
        return self

    def stop(self, signal_number: int = signal.SIGTERM) -> int:
        """The exit code, once it is gone."""
        if self.process.poll() is None:
            self.process.send_signal(signal_number)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise RuntimeError(f"The server did not stop in time:\n{self.log}") from None

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def manage(self, *arguments: str) -> str:
        """The output of a management command on the same data."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=COMMAND_SECONDS,
        )
        return done.stdout

    def cookie_of(self, username: str, *, name: str = "") -> dict[str, str]:
        """A session of that person, who is made if need be, as Playwright's cookies go."""
        script = COOKIE_SCRIPT.format(username=username, name=name or username.title())
        line = self.manage("shell", "--no-imports", "--command", script).strip().splitlines()[-1]
        cookie, value = json.loads(line)
        return {"name": cookie, "value": value, "url": self.url}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
