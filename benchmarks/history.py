"""Whether a long history is felt: the page, the list and one conversation, few messages and many.

    python -m benchmarks.history [--messages 100000]

Two people on one server, one with 100 messages and one with 100,000, ten to a conversation. Prints
the median and the 95th percentile of each request for both, in turns, and the ratio.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import httpx

from benchmarks.parts.reader import percentile
from tests.live_server import LiveServer

ROUNDS = 30
TURNS = 5  # to a conversation: ten messages
SEED_SCRIPT = """
import uuid
from datetime import timedelta
from django.utils import timezone
from chat.models import Conversation, Lane, Message, Turn, User
user = User.objects.get(username={username!r})
now = timezone.now()
count = {conversations}
text = "The tide rises and falls because the moon and the sun pull at the sea. " * 5
for start in range(0, count, 1000):
    conversations = [
        Conversation(user=user, title=f"About the tides, part {{n}}",
                     active_at=now - timedelta(minutes=7 * n))
        for n in range(start, min(start + 1000, count))
    ]
    Conversation.objects.bulk_create(conversations)
    lanes = Lane.objects.bulk_create(
        [Lane(conversation=c, model="double/m") for c in conversations])
    leaves = [None] * len(conversations)
    for step in range({turns}):
        part = [{{"type": "text", "text": text}}]
        prompts = Message.objects.bulk_create([
            Message(conversation=c, parent=leaf, role="user", parts=part)
            for c, leaf in zip(conversations, leaves)])
        leaves = Message.objects.bulk_create([
            Message(conversation=c, parent=prompt, role="assistant", parts=part)
            for c, prompt in zip(conversations, prompts)])
        receipt = {{"asked": {{"model": "double/m", "system": "", "parameters": {{}}}},
                   "sent": {{"model_name": "M", "endpoint_label": "Double", "dialect": "openai",
                            "model": "m", "messages": {{"count": 1, "sha256": ""}},
                            "parameters": [], "omitted": []}}}}
        Turn.objects.bulk_create([
            Turn(user=user, conversation=c, lane=lane, client_id=uuid.uuid4(), prompt=prompt,
                 answer=answer, status="completed", receipt=receipt)
            for c, lane, prompt, answer in zip(conversations, lanes, prompts, leaves)])
    for lane, leaf in zip(lanes, leaves):
        lane.leaf = leaf
    Lane.objects.bulk_update(lanes, ["leaf"], batch_size=500)
print(Conversation.objects.filter(user=user).order_by("-active_at")[count // 2].pk)
"""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--messages", type=int, default=100_000)
    messages = arguments.parse_args().messages
    with tempfile.TemporaryDirectory() as folder:
        server = LiveServer(Path(folder), PLAYGROUND_LOCAL_MODEL="off").start()
        try:
            few = visitor(server, "few", messages=100)
            many = visitor(server, "many", messages=messages)
            compare(few, many, messages=messages)
        finally:
            server.stop()


def visitor(server: LiveServer, name: str, *, messages: int) -> tuple[httpx.Client, str]:
    """A signed-in client, and the address of a conversation in the middle of the history."""
    cookie = server.cookie_of(name)
    script = SEED_SCRIPT.format(username=name, conversations=messages // (2 * TURNS), turns=TURNS)
    pk = server.manage("shell", "--no-imports", "--command", script).split()[-1]
    client = httpx.Client(
        base_url=server.url, cookies={cookie["name"]: cookie["value"]}, trust_env=False, timeout=30
    )
    return client, f"/c/{pk}/"


def compare(
    few: tuple[httpx.Client, str], many: tuple[httpx.Client, str], *, messages: int
) -> None:
    pages = {
        "open the playground": ("/", "/"),
        "open the list": ("/history/", "/history/"),
        "search titles": ("/history/?q=part+7", "/history/?q=part+7"),
        "open a conversation": (few[1], many[1]),
    }
    print(f"milliseconds, median (p95); 100 messages, then {messages:,}")
    for name, addresses in pages.items():
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(ROUNDS):
            for who, (client, _), address in zip((0, 1), (few, many), addresses, strict=True):
                began = time.perf_counter()
                client.get(address).raise_for_status()
                times[who].append((time.perf_counter() - began) * 1000)
        small, large = (percentile(each, 0.5) for each in times)
        tails = [percentile(each, 0.95) for each in times]
        print(
            f"{name}: {small:.1f} ({tails[0]:.1f}), {large:.1f} ({tails[1]:.1f}), "
            f"ratio {large / small:.2f}"
        )


if __name__ == "__main__":
    main()
