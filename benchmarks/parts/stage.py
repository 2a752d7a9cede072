"""The real server and a simulated provider, as child processes, and people to sit in front."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.live_server import LiveServer, free_port

COOKIES_SCRIPT = """
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from chat.models import User
for number in range({count}):
    user = User.objects.create(username=f"reader{{number}}")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    print(f"{{settings.SESSION_COOKIE_NAME}}={{session.session_key}}")
"""


@contextmanager
def metronome() -> Iterator[str]:
    """The base URL of a provider that plays scores."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.parts.metronome", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()


@contextmanager
def playground(provider_url: str, scores: list[str]) -> Iterator[LiveServer]:
    """`manage.py serve` with the scores as models of an endpoint called metronome."""
    row = {
        "name": "metronome",
        "base_url": provider_url,
        "is_private_allowed": True,
        "models": scores,
    }
    with tempfile.TemporaryDirectory() as folder:
        server = LiveServer(
            Path(folder), PLAYGROUND_LOCAL_MODEL="off", PLAYGROUND_ENDPOINTS=json.dumps([row])
        )
        server.start()
        try:
            yield server
        finally:
            server.stop()


def cookies(server: LiveServer, count: int) -> list[str]:
    """A signed-in person each."""
    script = COOKIES_SCRIPT.format(count=count)
    output = server.manage("shell", "--no-imports", "--command", script)
    return [line for line in output.splitlines() if "=" in line]


def cpu_seconds(pid: int) -> float:
    """User and system time of the process so far (proc(5), stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def memory_kib(pid: int) -> int:
    """Resident memory of the process (proc(5), status)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    raise RuntimeError("no VmRSS")
