"""Long conversations in the browser: opening, paging upwards, typing.

    python -m benchmarks.thread

In Chromium, against the real server on this machine. Five thousand messages in one path, as many
in a tree with many branches, and one answer of two million characters are held against ten
messages: until the page can be used, how late a keystroke is painted and how long the page stood
still while somebody typed, how long forty earlier messages take, and how much the page holds.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page

from benchmarks.page import USABLE, chromium
from tests.live_server import LiveServer
from tests.requirements import chromium_path

ROUNDS = 5
PAGES_UP = 20
WORDS = "The quick brown fox jumps over the lazy dog. "
SEED_SCRIPT = '''
import uuid
from django.db import transaction
from chat.models import Conversation, Lane, Message, Turn, User
user = User.objects.get(username="reader")
RECEIPT = {{"version": 1, "asked": {{"model": "double/parrot", "system": "", "parameters": {{}}}},
    "sent": {{"endpoint": "double", "endpoint_label": "The double", "dialect": "openai",
        "model": "parrot", "model_name": "Parrot", "messages": {{"count": 1, "sha256": ""}},
        "parameters": [], "omitted": []}}}}
TEXT = """Some **words** of message {{}}, and a list:

- one
- two

```python
x = {{}}
```

""" + "A sentence that is neither long nor short. " * 8


@transaction.atomic
def make(title, count, is_branched=False, last=None):
    conversation = Conversation.objects.create(user=user, title=title)
    lane = Lane.objects.create(conversation=conversation, model="double/parrot")
    turns, trunk = [], []
    for number in range(0, count, 2):
        # Each tenth exchange begins another branch somewhere above.
        is_fork = is_branched and number % 20 == 0
        step = number * 7919 % max(1, len(trunk)) if is_fork else len(trunk) - 1
        parent = trunk[step] if trunk else None
        text = TEXT.format(number, number)
        prompt = conversation.messages.create(
            parent=parent, role="user", parts=[{{"type": "text", "text": text[:200]}}])
        answer = conversation.messages.create(
            parent=prompt, role="assistant",
            parts=[{{"type": "text", "text": last if last and number >= count - 2 else text}}])
        turns.append(Turn(user=user, conversation=conversation, lane=lane, client_id=uuid.uuid4(),
            prompt=prompt, answer=answer, status="completed", receipt=RECEIPT))
        if not is_fork or number % 40 == 0:
            del trunk[step + 1:]
            trunk.append(answer)
    Turn.objects.bulk_create(turns, batch_size=500)
    lane.leaf = answer
    lane.save()
    print("made", conversation.pk)


make("Ten messages", 10)
make("One path", {count})
make("Many branches", {count}, is_branched=True)
make("A long answer", 10, last={words!r} * {times})
'''
# Event timing tells how long each keystroke took until the next frame was painted.
MEASURE = """
() => {
  window.keys = []; window.blocked = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.name === "keydown") window.keys.push(entry.duration);
    }
  }).observe({type: "event", durationThreshold: 16, buffered: false});
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.blocked += entry.duration - 50;
  }).observe({type: "longtask", buffered: false});
}
"""
SETTLED = "() => new Promise((done) => setTimeout(() => requestAnimationFrame(done), 200))"
SHOWN = "document.querySelectorAll('.message').length"
MORE = """
(before) => document.querySelectorAll(".message").length > before
  || !document.querySelector("[data-more=before]")
"""
TYPED = 60


@dataclass(frozen=True, slots=True)
class Opened:
    milliseconds: float
    slowest_key: float
    blocked: float
    megabytes: float
    elements: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--messages", type=int, default=5000)
    parser.add_argument("--characters", type=int, default=2_000_000)
    options = parser.parse_args()
    if chromium_path() is None:
        print("Skipped: there is no Chromium here.")
        return
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        server = LiveServer(Path(folder), PLAYGROUND_LOCAL_MODEL="off").start()
        try:
            measure(server, browser, messages=options.messages, characters=options.characters)
        finally:
            server.stop()


def measure(server: LiveServer, browser: Browser, *, messages: int, characters: int) -> None:
    cookie = server.cookie_of("reader")
    script = SEED_SCRIPT.format(count=messages, words=WORDS, times=characters // len(WORDS))
    output = server.manage("shell", "--no-imports", "--command", script)
    pks = [line.split()[1] for line in output.splitlines() if line.startswith("made ")]
    names = (
        "10 messages",
        f"{messages:,} in one path",
        f"{messages:,} in many branches",
        f"an answer of {characters:,} characters",
    )
    print(f"median of {ROUNDS} visits; in brackets against 10 messages")
    first: Opened | None = None
    for name, pk in zip(names, pks, strict=True):
        context = browser.new_context(base_url=server.url, viewport={"width": 1440, "height": 900})
        context.add_cookies([cookie])  # type: ignore[list-item]
        page = context.new_page()
        page.goto("/")  # the modules are in the cache, as they are for anybody who comes back
        page.wait_for_function(USABLE)
        visits = [visit(page, f"/c/{pk}/") for _ in range(ROUNDS)]
        shown = Opened(
            *(median(getattr(one, field) for one in visits) for field in Opened.__slots__)
        )
        first = first or shown
        say(name, shown, first)
        if page.locator("[data-more=before]").count():
            up(page)
        context.close()


def visit(page: Page, path: str) -> Opened:
    began = time.perf_counter()
    page.goto(path, wait_until="commit")
    page.wait_for_function(USABLE)
    page.evaluate("() => new Promise(requestAnimationFrame)")
    milliseconds = (time.perf_counter() - began) * 1000
    page.evaluate(SETTLED)
    page.evaluate(MEASURE)
    page.locator("#composer-text").press_sequentially(WORDS[:TYPED] * 2, delay=10)
    page.evaluate(SETTLED)
    keys, blocked, elements = page.evaluate(
        "() => [window.keys, window.blocked, document.querySelectorAll('*').length]"
    )
    page.locator("#composer-text").fill("")
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    megabytes = session.send("Runtime.getHeapUsage")["usedSize"] / 1e6
    session.detach()
    return Opened(milliseconds, max(keys, default=16), blocked, megabytes, elements)


def up(page: Page) -> None:
    """To the top of what is there, again and again."""
    times: list[float] = []
    for _ in range(PAGES_UP):
        before = page.evaluate(SHOWN)
        began = time.perf_counter()
        page.evaluate("document.querySelector('chat-thread').scrollTop = 0")
        page.wait_for_function(MORE, arg=before)
        times.append((time.perf_counter() - began) * 1000)
        if not page.locator("[data-more=before]").count():
            break
    page.evaluate(SETTLED)
    page.evaluate(MEASURE)
    page.locator("#composer-text").press_sequentially(WORDS, delay=10)
    page.evaluate(SETTLED)
    slowest = max(page.evaluate("window.keys"), default=16)
    print(
        f"    {len(times)} pages upwards: {median(times):.0f} ms each, {page.evaluate(SHOWN)} "
        f"messages in the page then; slowest key {slowest:.0f} ms"
    )


def say(name: str, shown: Opened, first: Opened) -> None:
    print(
        f"{name}: {shown.milliseconds:.0f} ms until it can be used "
        f"({shown.milliseconds / first.milliseconds:.1f} x), "
        f"slowest of {2 * len(WORDS)} keys {shown.slowest_key:.0f} ms, "
        f"{shown.blocked:.0f} ms of long tasks while typing, "
        f"{shown.megabytes:.1f} MB of script heap, {shown.elements:,} elements"
    )


if __name__ == "__main__":
    main()
