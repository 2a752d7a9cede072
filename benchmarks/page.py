"""What it takes to open the page: requests, compressed bytes, time until it can be used.

    python -m benchmarks.page

In Chromium, against the real server on this machine, from navigation to the moment when the message
field takes text and the connection is live: a first visit with an empty cache, and one after it;
of a new conversation and of one with fifty messages.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, Request, sync_playwright

from tests.live_server import LiveServer
from tests.requirements import chromium_path
from tests.visitor import FLAGS

ROUNDS = 11
MESSAGES = 50
SEED_SCRIPT = """
from chat.models import Conversation, Lane, User
user = User.objects.get(username={username!r})
conversation = Conversation.objects.create(user=user, title="Fifty messages")
lane = Lane.objects.create(conversation=conversation)
parent = None
for number in range({messages}):
    role = "assistant" if number % 2 else "user"
    text = "Some **words** and a list:\\n\\n- one\\n- two\\n\\n```python\\nx = 1\\n```\\n"
    parent = conversation.messages.create(
        parent=parent, role=role, parts=[{{"type": "text", "text": text}}])
lane.leaf = parent
lane.save()
print(conversation.pk)
"""
USABLE = """
() => document.querySelector("chat-connection")?.textContent === "Live"
  && customElements.get("chat-composer") && !document.getElementById("composer-text").disabled
"""


@dataclass(frozen=True, slots=True)
class Load:
    requests: int
    bytes: int
    milliseconds: float


def main() -> None:
    argparse.ArgumentParser(description=__doc__.partition("\n")[0]).parse_args()
    if chromium_path() is None:
        print("Skipped: there is no Chromium here.")
        return
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        server = LiveServer(Path(folder), PLAYGROUND_LOCAL_MODEL="off").start()
        try:
            measure(server, browser)
        finally:
            server.stop()


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()


def measure(server: LiveServer, browser: Browser) -> None:
    cookie = server.cookie_of("reader")
    script = SEED_SCRIPT.format(username="reader", messages=MESSAGES)
    pk = server.manage("shell", "--no-imports", "--command", script).split()[-1]
    pages = {"a new conversation": "/", f"one with {MESSAGES} messages": f"/c/{pk}/"}
    print("median of", ROUNDS, "loads; compressed bytes with headers, as they come over the wire")
    for name, path in pages.items():
        first: list[Load] = []
        again: list[Load] = []
        for _ in range(ROUNDS):
            context = browser.new_context(base_url=server.url)
            context.add_cookies([cookie])  # type: ignore[list-item]
            page = context.new_page()
            first.append(load(page, path))
            again.append(load(page, path))
            context.close()
        say(f"{name}, first visit", first)
        say(f"{name}, again", again)


def load(page: Page, path: str) -> Load:
    finished: list[Request] = []

    def note(request: Request) -> None:
        finished.append(request)

    page.on("requestfinished", note)
    began = time.perf_counter()
    page.goto(path, wait_until="commit")
    page.wait_for_function(USABLE)
    milliseconds = (time.perf_counter() - began) * 1000
    page.wait_for_load_state("networkidle")
    page.remove_listener("requestfinished", note)
    sizes = [size for request in finished if (size := request.sizes())["responseBodySize"] > 0]
    total = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)
    return Load(len(sizes), total, milliseconds)


def say(name: str, loads: list[Load]) -> None:
    print(
        f"{name}: {median(load.requests for load in loads):.0f} requests, "
        f"{median(load.bytes for load in loads):,.0f} bytes, "
        f"{median(load.milliseconds for load in loads):.0f} ms until it can be used"
    )


if __name__ == "__main__":
    main()
