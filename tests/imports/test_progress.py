"""An import while it runs: how far it is, and what is there when it was stopped or killed."""

from __future__ import annotations

import http.client
import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, override_settings

from chat.imports import Import, staging
from chat.models import Conversation, Message
from tests.cast import FRAGMENT
from tests.imports.case import ImportCase, conversation, document, message
from tests.live_server import LiveServer

OCTETS = "application/octet-stream"
PIECE = 512 * 1024


def large(title: str) -> dict[str, Any]:
    rows = [message()] + [message(id=n, parent=n - 1) for n in range(2, 401)]
    lane = conversation()["lanes"][0] | {"leaf": 400}
    return conversation(title=title, messages=rows, lanes=[lane])


class ProgressTests(ImportCase):
    def setUp(self) -> None:
        super().setUp()
        self.enterContext(override_settings(DATA=self.folder))

    def watched(self, path: str) -> list[float]:
        async def read() -> list[float]:
            client = AsyncClient()
            await client.aforce_login(self.alice)
            response = await client.post(path, headers=FRAGMENT)
            self.assertTrue(response.streaming)
            lines = b"".join([piece async for piece in response.streaming_content])
            return [json.loads(line)["done"] for line in lines.splitlines()]

        return async_to_sync(read)()

    def test_looking_and_taking_say_how_far_they_are(self) -> None:
        text = document(*(large(f"{n}") for n in range(8)))
        staging.put(self.alice, text.encode(), offset=0)

        looked = self.watched("/imports/")
        page = self.client.get("/data/")
        taken = self.watched("/imports/confirmation/")

        self.assertEqual((looked[-1], looked), (1.0, sorted(looked)))
        self.assertContains(page, "8 new, 0 already here.")
        self.assertEqual((taken[-1], taken), (1.0, sorted(taken)))
        self.assertGreater(len(taken), 1)
        self.assertContains(self.client.get("/data/"), "Imported. 8 new")
        self.assertNotContains(self.client.get("/data/"), "Imported.")

    def test_steps_are_whole_conversations(self) -> None:
        run = Import(self.alice, self.file(document(*(large(f"{n}") for n in range(3)))))

        steps = run.take()
        next(steps)
        next(steps)
        del steps

        self.assertEqual(Conversation.objects.count(), 2)
        self.assertEqual(Message.objects.count(), 800)

    def test_a_small_file_is_not_done_before_its_end(self) -> None:
        run = Import(self.alice, self.file(document(*(conversation() for _ in range(3)))))

        fractions = list(run.take())

        self.assertEqual(fractions, [0.99, 0.99, 0.99, 1.0])

    def test_a_page_that_comes_back_finds_what_was_left(self) -> None:
        staging.put(self.alice, document(large("One")).encode(), offset=0)
        run = Import(self.alice, staging.path(self.alice))
        list(run.look())
        staging.note(self.alice, staging.TAKING, run.report)

        page = self.client.get("/data/")

        self.assertContains(page, "It stopped on the way. So far: 1 new")
        self.assertContains(page, "Import the rest")


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[LiveServer]:
    server = LiveServer(tmp_path, PLAYGROUND_LOCAL_MODEL="off").start()
    yield server
    server.kill()


class Person:
    """Somebody with a browser that has no scripts, as far as an import needs one."""

    def __init__(self, server: LiveServer) -> None:
        self._server = server
        cookie = server.cookie_of("alice")
        self._cookies = {cookie["name"]: cookie["value"]}
        response = self.ask("GET", "/data/")
        csrf = response.headers["Set-Cookie"].partition(";")[0].partition("=")
        self._cookies[csrf[0]] = self._token = csrf[2]
        response.read()

    def ask(self, method: str, path: str, body: bytes = b"") -> http.client.HTTPResponse:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())}
        if method == "POST":
            headers |= {"X-CSRFToken": self._token, "X-Fragment": "1", "Content-Type": OCTETS}
        self.connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=60)
        self.connection.request(method, path, body, headers)
        return self.connection.getresponse()

    def upload(self, data: bytes) -> None:
        for offset in range(0, len(data), PIECE):
            piece = data[offset : offset + PIECE]
            response = self.ask("POST", f"/imports/pieces/?offset={offset}", piece)
            assert json.loads(response.read()) == {"size": offset + len(piece)}

    def begin(self) -> http.client.HTTPResponse:
        """Confirm, and come back after the first line."""
        response = self.ask("POST", "/imports/confirmation/")
        assert json.loads(response.readline())["done"] < 1
        return response


COUNT = """
import json
from django.db.models import Count
from chat.models import Conversation
rows = Conversation.objects.annotate(n=Count("messages")).values_list("n", flat=True)
print(json.dumps(list(rows)))
"""


def counts(server: LiveServer) -> list[int]:
    output = server.manage("shell", "--no-imports", "--command", COUNT)
    return list(json.loads(output.strip().splitlines()[-1]))


@pytest.mark.process
@pytest.mark.parametrize("way", ["hangs up", "kills the server"])
def test_whatever_ends_it_on_the_way_another_run_finishes(alone: LiveServer, way: str) -> None:
    number = 60
    person = Person(alone)
    person.upload(document(*(large(f"{n}") for n in range(number))).encode())
    response = person.begin()

    if way == "hangs up":
        response.close()
        person.connection.close()
        time.sleep(2)
    else:
        alone.stop(signal.SIGKILL)
    there = counts(alone)
    assert 0 < len(there) < number
    assert set(there) == {400}

    if way == "kills the server":
        alone.start()
        person = Person(alone)
    time.sleep(1)
    assert len(counts(alone)) == len(there)
    lines = person.ask("POST", "/imports/confirmation/").read().splitlines()
    assert json.loads(lines[-1]) == {"done": 1.0}
    assert counts(alone) == [400] * number
