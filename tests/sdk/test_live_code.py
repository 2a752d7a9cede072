"""Every program that the Code tab shows, run as printed: through this server's API, and against the
provider itself, with the history of a conversation and its picture, or the last message alone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest

from chat.snippets import LANGUAGES
from tests.browser.double import Double
from tests.live_server import LiveServer
from tests.provider import Received
from tests.said import SAID, Polyglot
from tests.sdk.printed import code_of

pytestmark = [pytest.mark.process, pytest.mark.javascript, pytest.mark.php]

DIALECTS = ("openai", "anthropic", "google")
PROVIDER_KEY = "sk-of-the-provider"
KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY")
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
FILES = {
    "python": ("program.py", [sys.executable, "-I"]),
    "javascript": ("program.mjs", ["node"]),
    "curl": ("program.sh", ["sh", "-eu"]),
    "php": ("program.php", ["php"]),
}
AT_ONCE = 3
SECONDS = 60
CONVERSATION = f"""
import json
from chat.models import File, User
from tests.cast import conversation_of, exchange
alice = User.objects.get(username="alice")
alice.is_staff = True
alice.save()
conversation = conversation_of(alice)
turn = exchange(conversation, "Which bird?", "A heron.")
file = File.keep(
    {PICTURE!r}, user=alice, conversation=conversation, name="bird.png", media_type="image/png"
)
turn.prompt.parts.insert(0, file.to_part())
turn.prompt.save()
print(json.dumps([str(conversation.pk), turn.answer_id]))
"""


@dataclass
class Desk:
    """Alice's page with a conversation, and what she may choose in the Code tab."""

    server: LiveServer
    double: Double
    client: httpx.Client
    key: str
    conversation: str
    message: int

    def program(self, model: str, text: str, **choice: str) -> str:
        """The only block of code in what the tab is given."""
        state = {
            "model": model,
            "conversation": self.conversation,
            "message": self.message,
            "text": text,
            "system": "Be brief.",
            "parameters": {
                "temperature": 0.5,
                "max_output_tokens": 99,
                "json_schema": {"type": "object", "properties": {"city": {"type": "string"}}},
            },
        }
        shown = self.client.post("/code/", data={"state": json.dumps(state), **choice})
        assert shown.status_code == 200, shown.text
        ((_, code),) = code_of(shown.text)
        return code

    def run(self, language: str, program: str, folder: Path) -> str:
        name, command = FILES[language]
        (folder / name).write_text(program, encoding="utf-8")
        (folder / "bird.png").write_bytes(PICTURE)
        keys = dict.fromkeys(
            ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY"), PROVIDER_KEY
        )
        done = subprocess.run(
            [*command, name],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "PLAYGROUND_API_KEY": self.key, **keys},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        assert done.returncode == 0, f"{program}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def received(self, text: str) -> Received:
        (found,) = [one for one in self.double.requests if text in spelt(one)]
        return found


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    double = Double(Polyglot()).start()
    rows = [
        {
            "name": f"double-{dialect}",
            "base_url": double.base_url,
            "dialect": dialect,
            "provider": "compatible" if dialect == "openai" else dialect,
            "api_key": PROVIDER_KEY,
            "is_private_allowed": True,
            "models": ["parrot"],
        }
        for dialect in DIALECTS
    ]
    server = LiveServer(
        tmp_path_factory.mktemp("code"),
        PLAYGROUND_LOCAL_MODEL="off",
        PLAYGROUND_ENDPOINTS=json.dumps(rows),
    ).start()
    cookie = server.cookie_of("alice")
    key = server.manage("api_key", "alice").strip().splitlines()[-1]
    made = server.manage("shell", "--no-imports", "--command", CONVERSATION)
    conversation, message = json.loads(made.strip().splitlines()[-1])
    with httpx.Client(base_url=server.url, headers={"X-Fragment": "1"}, timeout=30) as client:
        client.cookies.set(cookie["name"], cookie["value"])
        client.get("/")
        client.headers["X-CSRFToken"] = client.cookies["playground_csrf"]
        yield Desk(server, double, client, key, conversation, message)
    server.stop()
    double.stop()
    assert "Traceback" not in server.log, server.log


def run_all(desk: Desk, folder: Path, *rows: tuple[str, ...], target: str) -> None:
    """Language, dialect, how it answers, with the history or not; a few at once."""

    def run(row: tuple[str, ...]) -> None:
        language, dialect, answering, extent = row
        mark = f"And why? {target}/{'/'.join(row)} “$it's”"
        choice = {"language": language, "dialect": dialect, "answer": answering, "target": target}
        if extent == "last":
            choice["last"] = "on"
        spoken = dialect if target == "provider" else "openai"
        own = folder / "-".join(row)
        own.mkdir()
        program = desk.program(f"double-{spoken}/parrot", mark, **choice)

        output = desk.run(language, program, own)

        assert (desk.server.url in program) == (target != "provider")
        assert_said(output, language, answering)
        assert_asked(desk.received(mark), extent)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(run, row) for row in rows]:
            done.result()


def spelt(received: Received) -> str:
    """The body, with no letter escaped that need not be."""
    return json.dumps(received.json, ensure_ascii=False)


def assert_said(output: str, language: str, answering: str) -> None:
    if language != "curl":
        assert output.rstrip("\n") == SAID
        return
    payloads = re.findall(r"^(?:data: )?(\{.*\})$", output, re.MULTILINE)
    assert all(json.loads(payload) for payload in payloads)
    said = "".join(texts(json.loads(payload)) for payload in payloads)
    assert said == SAID, output
    if answering == "task":
        assert json.loads(output)["status"] == "completed"


def texts(value: Any) -> str:
    """What stands under the names that the dialects have for words of an answer."""
    if isinstance(value, list):
        return "".join(map(texts, value))
    if not isinstance(value, dict):
        return ""
    words = [value[name] for name in ("content", "text") if isinstance(value.get(name), str)]
    return "".join([*words, *(texts(inner) for inner in value.values())])


def assert_asked(received: Received, extent: str) -> None:
    body = spelt(received)
    assert PROVIDER_KEY in str(received.headers)
    assert "Be brief." in body
    assert "0.5" in body
    assert "99" in body
    assert '"city"' in body
    has_history = "A heron." in body
    assert has_history == (extent == "history")
    assert bool(re.search("iVBORw0KGgoAAQID", body)) == has_history


def test_each_runs_through_this_server(desk: Desk, tmp_path: Path) -> None:
    rows = product(LANGUAGES, DIALECTS, ("whole", "stream", "task"), ("history", "last"))

    run_all(desk, tmp_path, *rows, target="playground")


def test_each_runs_against_the_provider_itself(desk: Desk, tmp_path: Path) -> None:
    rows = product(LANGUAGES, DIALECTS, ("whole", "stream"), ("history", "last"))

    run_all(desk, tmp_path, *rows, target="provider")
