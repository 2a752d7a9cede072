"""Two servers on one PostgreSQL database and one data folder, and people in front of each."""

from __future__ import annotations

import itertools
import json
import os
import re
import tempfile
import threading
import time
import unittest
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.browser.double import Double
from tests.live_server import LiveServer

MODEL = "double/gpt-5.4"
SEED = """
import json
from datetime import timedelta
from django.utils import timezone
from chat.models import Conversation, Demo, Lane, Share, Team, User
from chat.models.team import Role
alice, _ = User.objects.get_or_create(username="alice", defaults={"name": "Alice"})
bob, _ = User.objects.get_or_create(username="bob", defaults={"name": "Bob"})
team = Team.found(alice, "Birds")
team.add(bob, Role.EDITOR)
conversation = Conversation.objects.create(user=alice, team=team, title="Herons")
lane = Lane.objects.create(conversation=conversation)
share = Share(user=alice, conversation=conversation, lane=lane, mode="live")
share.publish(None)
demo = Demo(user=alice, title="Demo", model="double/gpt-5.4", parameters={"max_output_tokens": 900},
            expires_at=timezone.now() + timedelta(days=1))
demo.publish()
guest, token = demo.welcome(network="here")
print(json.dumps({"conversation": str(conversation.pk), "lane": lane.pk, "guest": token,
                  "share": share.address, "demo": demo.address}))
"""
LOOK = """
import json
from chat.models import Account, Entry, Turn
print(json.dumps({
    "turns": {t.pk: [t.state, t.answer.text, str(t.client_id)]
              for t in Turn.objects.select_related("answer").order_by("pk")},
    "open": Entry.objects.filter(settled=None).count(),
    "reserved": sum(a.reserved for a in Account.objects.all()),
}))
"""
_numbers = itertools.count()


class Watcher:
    """One end of a socket: takes everything in, acknowledges it, and draws what it was told."""

    def __init__(self, server: LiveServer, path: str, cookie: str = "") -> None:
        self.frames: list[dict[str, Any]] = []
        self.code: int | None = None
        self.articles: list[str] = []
        self.answers: dict[int, dict[int, list[str]]] = {}
        """The HTML of each block, by turn and part."""
        self._stack = ExitStack()
        connection = connect(
            f"ws://127.0.0.1:{server.port}{path}",
            origin=Origin(server.url),
            additional_headers={"Cookie": cookie},
            max_size=2**24,
        )
        self._socket = self._stack.enter_context(connection)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def send(self, kind: str, **fields: Any) -> None:
        self._socket.send(json.dumps({"type": kind, **fields}, separators=(",", ":")))

    def ask(self, text: str, **fields: Any) -> str:
        client_id = str(uuid.uuid4())
        self.send("turn.start", id=client_id, model=MODEL, text=text, **fields)
        return client_id

    def kinds(self) -> list[str]:
        return [frame["type"] for frame in self.frames]

    def text(self, turn: int) -> str:
        """What the answer shows, without markup."""
        blocks = itertools.chain.from_iterable(self.answers.get(turn, {}).values())
        return re.sub(r"<[^>]+>", "", "".join(blocks))

    def wait(self, is_so: Callable[[], object], within: float = 10) -> float:
        """Seconds until it was so."""
        began = time.monotonic()
        while not is_so():
            tail = self.kinds()[-12:]
            assert time.monotonic() - began < within, f"not within {within} s: {tail}, {self.code}"
            time.sleep(0.01)
        return time.monotonic() - began

    def wait_for(self, kind: str, within: float = 10, **fields: Any) -> dict[str, Any]:
        def found() -> list[dict[str, Any]]:
            return [
                f for f in list(self.frames) if f["type"] == kind and fields.items() <= f.items()
            ]

        self.wait(found, within)
        return found()[-1]

    def close(self) -> None:
        self._stack.close()
        self._thread.join(10)

    def _read(self) -> None:
        try:
            while True:
                frame = json.loads(self._socket.recv())
                self._draw(frame)
                self.frames.append(frame)
                self._socket.send(json.dumps({"type": "frame.ack", "count": len(self.frames)}))
        except ConnectionClosed as closed:
            self.code = closed.rcvd.code if closed.rcvd else 1006

    def _draw(self, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "share.path":
                new = re.split(r"(?=<article)", frame["html"])
                self.articles = self.articles[: frame["keep"]] + [a for a in new if a.strip()]
            case "turn.snapshot":
                self.answers[frame["turn"]] = {n: list(blocks) for n, _, blocks in frame["parts"]}
            case "turn.delta":
                parts = self.answers[frame["turn"]]
                for number, _, changes in frame["parts"]:
                    parts[number] = patched(parts.get(number, []), changes)


def patched(blocks: list[str], changes: list[Any]) -> list[str]:
    for number, keep, html in changes:
        if keep < 0:
            del blocks[number:]
        elif number == len(blocks):
            blocks.append(html)
        else:
            kept = blocks[number].encode("utf-16-le")[: 2 * keep]
            blocks[number] = kept.decode("utf-16-le") + html
    return blocks


class PairCase(unittest.TestCase):
    """`one` and `two`, the same for the whole class; whoever was ended is started again."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.double = Double().start()
        cls.addClassCleanup(cls.double.stop)
        cls.environment = {
            "DATABASE_URL": cls._database(),
            "DJANGO_SETTINGS_MODULE": "tests.hasty",
            "PLAYGROUND_DATA": str(cls.folder / "data"),
            "PLAYGROUND_LOCAL_MODEL": "off",
            "PLAYGROUND_ENDPOINTS": json.dumps(
                [
                    {
                        "name": "double",
                        "base_url": cls.double.base_url,
                        "provider": "openai",
                        "models": ["gpt-5.4"],
                        "is_private_allowed": True,
                    }
                ]
            ),
        }
        cls.one, cls.two = cls.server("one"), cls.server("two")
        cookies = (cls.one.cookie_of(name) for name in ("alice", "bob"))
        cls.alice, cls.bob = (f"{cookie['name']}={cookie['value']}" for cookie in cookies)

    def setUp(self) -> None:
        self.double.begin()
        self.there: dict[str, Any] = self.shell(SEED)
        self.share_path = "/" + self.there["share"].split("/", 3)[3] + "live/"
        self.demo_path = "/" + self.there["demo"].split("/", 3)[3] + "live/"
        for server in (self.one, self.two):
            if not server.is_running:
                server.start()

    @property
    def pair(self) -> tuple[LiveServer, LiveServer]:
        return self.one, self.two

    @classmethod
    def server(cls, name: str) -> LiveServer:
        folder = cls.folder / name
        folder.mkdir()
        server = LiveServer(folder, **cls.environment).start()
        cls.addClassCleanup(lambda: server.kill() if server.is_running else None)
        return server

    @classmethod
    def _database(cls) -> str:
        """The address of a new one beside that of the tests."""
        given = settings.DATABASES["default"]
        name = sql.Identifier(f"playground_pair_{os.getpid()}_{next(_numbers)}")
        where = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"]}
        where |= {"password": given["PASSWORD"]} if given["PASSWORD"] else {}

        def run(statement: str) -> None:
            with psycopg.connect(dbname="postgres", autocommit=True, **where) as connection:
                connection.execute(sql.SQL(statement).format(name))

        run("CREATE DATABASE {}")
        cls.addClassCleanup(run, "DROP DATABASE {} WITH (FORCE)")
        secret = f":{given['PASSWORD']}" if given["PASSWORD"] else ""
        place = f"{given['HOST']}:{given['PORT'] or 5432}"
        return f"postgres://{given['USER']}{secret}@{place}/{name.as_string(None)[1:-1]}"

    def shell(self, script: str) -> Any:
        output = self.one.manage("shell", "--no-imports", "--command", script)
        return json.loads(output.strip().splitlines()[-1])

    def seen_when(self, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        deadline = time.monotonic() + 60
        while not is_so(found := self.shell(LOOK)):
            self.assertLess(time.monotonic(), deadline, found)
        return dict(found)

    def page(self, server: LiveServer, cookie: str) -> Watcher:
        """One that shows the conversation."""
        page = self.watch(server, "/ws/", cookie)
        page.send("conversation.watch", conversation=self.there["conversation"], turns=[])
        page.wait_for("conversation.watched")
        return page

    def watch(self, server: LiveServer, path: str, cookie: str = "") -> Watcher:
        watcher = Watcher(server, path, cookie)
        self.addCleanup(watcher.close)
        return watcher

    def ask(self, page: Watcher, text: str = "What is that?", **fields: Any) -> int:
        """The turn, once the page shows it."""
        of = {"conversation": self.there["conversation"], "lane": self.there["lane"]}
        client_id = page.ask(text, **of | fields)
        return int(page.wait_for("turn.started", id=client_id)["turn"])
