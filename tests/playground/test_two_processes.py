"""Two server processes on one database: what happens on one is seen on the other, and stays."""

from __future__ import annotations

import random
import signal
import threading
import time
import urllib.error
import urllib.request
import uuid
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed, WebSocketException

from benchmarks.parts.stage import cookies
from tests.live_server import LiveServer
from tests.playground.pair import MODEL, PairCase, Watcher
from tests.script import Hang, Head, Send, delta, stream

pytestmark = [pytest.mark.process, pytest.mark.postgresql]
WORDS = [f"word{number} " for number in range(60)]
SOCKETS = 20
HALF = "the first half of it "
REVOKE = """
from chat.models import {model} as Model
{then}
print("null")
"""


class TwoProcessTests(PairCase):
    def test_an_answer_is_seen_on_the_other_from_the_first_word_to_the_end(self) -> None:
        there = self.page(self.two, self.bob)
        spectator = self.watch(self.two, self.share_path)
        spectator.wait_for("share.path")
        here = self.page(self.one, self.alice)
        self.double.play(*stream(*WORDS, every=0.03))

        turn = self.ask(here)
        there.wait(lambda: "word0" in there.text(turn), within=5)
        was_running = "turn.finished" not in here.kinds()
        spectator.wait(lambda: "word3" in spectator.text(turn), within=5)
        late = self.watch(self.two, self.share_path)
        for page in (here, there):
            page.wait_for("turn.finished", turn=turn)
        for each in (spectator, late):
            each.wait(lambda each=each: 'data-state="completed"' in "".join(each.articles))

        self.assertTrue(was_running, "the other process saw nothing before the end")
        self.assertEqual(here.answers[turn], there.answers[turn])
        self.assertEqual(here.text(turn).split(), [word.strip() for word in WORDS])
        for each in (spectator, late):
            self.assertIn(here.text(turn).strip(), each.articles[-1])
        self.assertEqual(there.kinds().count("turn.started"), 1)
        self.assertGreater(there.kinds().count("turn.delta"), 2)

    def test_stop_on_the_other_ends_it_here(self) -> None:
        here, there = self.page(self.one, self.alice), self.page(self.two, self.bob)
        self.double.play(Head(), Send(delta(HALF)), Hang())
        turn = self.ask(here)
        there.wait(lambda: HALF.strip() in there.text(turn))

        there.send("turn.stop", turn=turn)

        frames = [page.wait_for("turn.finished", 5, turn=turn) for page in (here, there)]
        self.assertEqual([frame["state"] for frame in frames], ["stopped"] * 2)
        self.double.wait_for_leaving(self.double.requests[-1], within=3)

    def test_a_new_title_is_told_on_the_other(self) -> None:
        there = self.page(self.two, self.bob)

        self.shell(
            f"from chat.models import Conversation as Model\n"
            f"Model.objects.filter(pk='{self.there['conversation']}').update(title='Egrets')\n"
            "print('null')"
        )

        there.wait_for("conversation.watched", 5, title="Egrets")

    def test_revoking_closes_spectators_of_both(self) -> None:
        watchers = [self.watch(server, self.share_path) for server in (self.one, self.two)]
        for each in watchers:
            each.wait_for("share.path")

        then = f"[s.revoke() for s in Model.objects.filter(lane={self.there['lane']})]"
        self.shell(REVOKE.format(model="Share", then=then))

        for each in watchers:
            each.wait(lambda each=each: each.code == 4404, within=5)

    def test_closing_a_demo_sends_guests_of_both_away_and_stops_their_answers(self) -> None:
        cookie = f"guest={self.there['guest']}"
        here, there = (self.watch(server, self.demo_path, cookie) for server in self.pair)
        self.double.play(Head(), Send(delta(HALF)), Hang())
        here.send("guest.say", id=str(uuid.uuid4()), text="What is that?")
        for each in (here, there):
            each.wait(lambda each=each: HALF.strip() in said(each))

        self.shell(REVOKE.format(model="Demo", then="[d.close() for d in Model.objects.all()]"))

        for each in (here, there):
            each.wait(lambda each=each: each.code == 4404, within=5)
        self.double.wait_for_leaving(self.double.requests[-1], within=5)
        found = self.seen_when(lambda found: not found["open"])
        self.assertEqual(list(found["turns"].values())[-1][:2], ["stopped", HALF])

    def begin(self) -> tuple[Watcher, Watcher, int]:
        """A page and a spectator on the second, and half an answer on the first."""
        page, spectator = self.page(self.two, self.bob), self.watch(self.two, self.share_path)
        self.double.play(Head(), Send(delta(HALF)), Hang())
        turn = self.ask(self.page(self.one, self.alice))
        for each in (page, spectator):
            each.wait(lambda each=each: HALF.strip() in each.text(turn))
        return page, spectator, turn

    def test_a_killed_one_loses_its_running_answer_and_nothing_else(self) -> None:
        page, spectator, turn = self.begin()
        self.double.play(*stream(*WORDS, every=0.1))
        kept = self.page(self.two, self.alice)
        other = kept.ask("And elsewhere?")
        kept.wait_for("turn.started", id=other)

        self.one.kill()

        failed = page.wait_for("turn.failed", 15, turn=turn)
        spectator.wait(lambda: 'data-state="interrupted"' in "".join(spectator.articles))
        self.assertEqual(failed["state"], "interrupted")
        self.assertEqual(page.text(turn).strip(), HALF.strip())
        self.assertIn(HALF.strip(), spectator.articles[-1])
        kept.wait_for("turn.finished", 30, state="completed")
        found = self.seen_when(lambda found: not found["open"])
        self.assertEqual(found["turns"][str(turn)][:2], ["interrupted", HALF])
        self.assertEqual(found["reserved"], 0)
        [whole] = [text for _, text, client_id in found["turns"].values() if client_id == other]
        self.assertEqual(whole, "".join(WORDS))

    def test_one_that_is_told_to_end_says_so_on_the_other(self) -> None:
        page, spectator, turn = self.begin()

        code = self.one.stop(signal.SIGTERM)

        self.assertEqual(code, 0)
        failed = page.wait_for("turn.failed", 10, turn=turn)
        self.assertEqual(failed["state"], "interrupted")
        spectator.wait(lambda: 'data-state="interrupted"' in "".join(spectator.articles))
        self.assertIsNone(page.code)
        self.assertIsNone(spectator.code)
        self.assertNotIn("Traceback", self.one.log)

    def test_twenty_who_keep_sending_notice_nothing_but_a_reconnection(self) -> None:
        people = cookies(self.one, SOCKETS)
        pages = [Sender(self.pair if n % 2 else self.pair[::-1], c) for n, c in enumerate(people)]
        failures: list[str] = []
        is_over = threading.Event()
        reader = threading.Thread(target=self.read_on, args=(is_over, failures))
        for each in (*pages, reader):
            each.start()
        time.sleep(2)

        for server in self.pair:
            self.assertEqual(server.stop(signal.SIGTERM), 0)
            server.start()
            time.sleep(1)

        is_over.set()
        for page in pages:
            page.is_over.set()
        for each in (*pages, reader):
            each.join(60)
        sent = [client_id for page in pages for client_id in page.answered]
        found = self.seen_when(lambda found: not found["open"])
        ids = [client_id for _, _, client_id in found["turns"].values()]
        self.assertEqual([page.trouble for page in pages if page.trouble], [])
        self.assertEqual(failures, [])
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual(set(sent) - set(ids), set())
        texts = {text for _, text, client_id in found["turns"].values() if client_id in sent}
        self.assertEqual(texts, {"Hello"})
        self.assertGreater(len(sent), 2 * SOCKETS)
        self.assertTrue(all(page.connections > 1 for page in pages))

    def read_on(self, is_over: threading.Event, failures: list[str]) -> None:
        """As a balancer does: a server that lets nobody in is passed over."""
        while not is_over.is_set():
            for server in self.pair:
                try:
                    urllib.request.urlopen(f"{server.url}/sign-in/", timeout=10).close()
                    break
                except urllib.error.URLError as error:
                    if not isinstance(error.reason, ConnectionRefusedError):
                        failures.append(repr(error))
            else:
                failures.append("nobody was there")
            time.sleep(0.02)


class Sender(threading.Thread):
    """Sends the next message once the last is answered; after a restart, the same one again."""

    def __init__(self, pair: tuple[LiveServer, LiveServer], cookie: str) -> None:
        super().__init__(daemon=True)
        self.pair, self.cookie = pair, cookie
        self.page: Watcher | None = None
        self.is_over = threading.Event()
        self.answered: list[str] = []
        self.connections = 0
        self.trouble = ""

    def run(self) -> None:
        try:
            while not self.is_over.is_set():
                self.send(str(uuid.uuid4()))
        except (AssertionError, OSError, WebSocketException) as error:
            self.trouble = repr(error)

    def send(self, client_id: str) -> None:
        """Until it is answered; the id is the same each time, so that it happens once."""
        ends_at = time.monotonic() + 30
        while time.monotonic() < ends_at:
            page = self.connected()
            with suppress(ConnectionClosed):  # which is seen next
                page.send("turn.start", id=client_id, model=MODEL, text="Is it?")
            state = self.ended(page, client_id, ends_at)
            if state == "completed":
                self.answered.append(client_id)
            if state in ("completed", "interrupted"):  # a busy machine outlasts two seconds
                return
        self.trouble = f"{client_id} was not answered: {self.page and self.page.frames[-3:]}"

    def ended(self, page: Watcher, client_id: str, ends_at: float) -> str:
        """How. Empty: the socket was closed, or the server takes nothing new."""
        while page.code is None and time.monotonic() < ends_at:
            frames = list(page.frames)
            turns = {f["turn"] for f in frames if f.get("id") == client_id and "turn" in f}
            ends = ("turn.finished", "turn.failed")
            for frame in frames:
                if frame["type"] in ends and frame["turn"] in turns:
                    return str(frame["state"])
            if any(f["type"] == "error" and f["id"] == client_id for f in frames):
                break
            time.sleep(0.02)
        page.close()
        self.page = None
        return ""

    def connected(self) -> Watcher:
        while self.page is None:
            server = self.pair[self.connections % 2]
            try:
                self.page = Watcher(server, "/ws/", self.cookie)
                self.connections += 1
            except OSError:
                self.pair = self.pair[::-1]
                time.sleep(random.uniform(0.05, 0.2))
        return self.page


def said(watcher: Watcher) -> str:
    texts = [watcher.text(turn) for turn in list(watcher.answers)]
    return " ".join(texts + watcher.articles)
