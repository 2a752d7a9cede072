"""How long a search takes among many messages, from what was typed to what is shown.

    python -m benchmarks.search [--messages 100000] [--people 50] [--searches 200] [--keep FOLDER]

One person has half of the messages; the others share the rest. Words are as frequent as in a
language: the n-th most frequent one 1/n as often as the first. In SQLite, in a folder that goes
away; with DATABASE_URL in a new database of that server, which goes away as well. With `--keep`
either stays, and the next run with the same folder measures what the first one wrote.

Prints the median and the 95th percentile of each kind of search, for the one and for one of the
others: by the clock, and the processor time of this process and of its PostgreSQL session, which is
what remains where other programs want the same processors.
"""

from __future__ import annotations

import argparse
import os
import random
import string
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.parts.reader import percentile

if TYPE_CHECKING:
    from chat.models import User

VOCABULARY = 50_000
QUESTION_WORDS, ANSWER_WORDS = 12, 80
EXCHANGES = 5  # to a conversation: ten messages
CHUNK = 2_000
TAGGED = (3, 200)  # one conversation of so many has the tag
MODELS = ("parrot-5", "starling-mini", "raven-2-pro", "wren")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--messages", type=int, default=100_000)
    arguments.add_argument("--people", type=int, default=50)
    arguments.add_argument("--searches", type=int, default=200)
    arguments.add_argument("--keep", type=Path, metavar="FOLDER")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = str(options.keep.resolve()) if options.keep else passing
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "playground.settings",
            "PLAYGROUND_DATA": folder,
            "PLAYGROUND_LOCAL_MODEL": "off",
        }
        import django

        django.setup()
        from django.db import connection
        from django.test.utils import setup_databases, teardown_databases

        if connection.vendor == "sqlite":  # Django's own would be in memory
            connection.settings_dict["TEST"]["NAME"] = f"{folder}/search.sqlite3"
        is_kept = options.keep is not None
        databases = setup_databases(
            verbosity=0, interactive=False, keepdb=is_kept, serialized_aliases=()
        )
        try:
            run(connection.vendor, options)
        finally:
            if is_kept:
                connection.close()
            else:
                teardown_databases(databases, verbosity=0)


def run(vendor: str, options: argparse.Namespace) -> None:
    from chat.models import IndexedMessage, User

    chance = random.Random(1)
    words, weights = vocabulary(chance)
    if User.objects.exists():
        print(f"{vendor}: {IndexedMessage.objects.count():,} messages from an earlier run")
    else:
        began = time.perf_counter()
        shares = [options.messages // 2]
        shares += [options.messages // 2 // options.people] * options.people
        for number, share in enumerate(shares):
            write(f"person{number}", share, words=words, weights=weights, chance=chance)
        settle(vendor)
        print(f"{vendor}: {sum(shares):,} messages written in {time.perf_counter() - began:.0f} s")
    print(f"  load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors, {datetime.now():%F %R}")
    for person in User.objects.order_by("pk")[:2]:
        share = IndexedMessage.objects.filter(user=person).count()
        print(f"  one person's {share:,} of them; milliseconds, median (p95); processor time")
        measure(person, words, weights=weights, searches=options.searches)


def vocabulary(chance: random.Random) -> tuple[list[str], list[float]]:
    words: set[str] = set()
    while len(words) < VOCABULARY:
        words.add("".join(chance.choices(string.ascii_lowercase, k=chance.randint(3, 10))))
    # Sorted before they are shuffled: the order of a set differs from run to run.
    return sorted(sorted(words), key=lambda _: chance.random()), list(
        accumulate(1 / (rank + 1) for rank in range(VOCABULARY))
    )


def write(
    name: str, share: int, *, words: list[str], weights: list[float], chance: random.Random
) -> object:
    """A person with so many messages, in the way of an import: in bulk, the index with it."""
    from chat.models import Conversation, IndexedMessage, IndexedTitle, Message, Tag, User
    from chat.models.search_index import facts_of, first_id
    from chat.models.words import indexed

    user = User.objects.create(username=name)
    tags = {every: Tag.make(user, f"every{every}") for every in TAGGED}
    moment = datetime(2026, 11, 1, tzinfo=UTC)

    def text(count: int) -> str:
        return " ".join(chance.choices(words, cum_weights=weights, k=count))

    for start in range(0, share, CHUNK):
        size = min(CHUNK, share - start)
        conversations = [
            Conversation(user=user, title=text(5), active_at=moment - timedelta(minutes=start))
            for _ in range(-(-size // (2 * EXCHANGES)))
        ]
        Conversation.objects.bulk_create(conversations)
        for every, tag in tags.items():
            tag.conversations.add(*conversations[::every])
        IndexedTitle.objects.bulk_create(
            IndexedTitle(conversation=row, user=user, body=indexed(row.title))
            for row in conversations
        )
        rows = Message.objects.bulk_create(
            Message(
                conversation=conversations[number // (2 * EXCHANGES)],
                role=("user", "assistant")[number % 2],
                parts=[{"type": "text", "text": text((QUESTION_WORDS, ANSWER_WORDS)[number % 2])}],
            )
            for number in range(size)
        )
        IndexedMessage.objects.bulk_create(
            IndexedMessage(
                id=first_id(moment - timedelta(seconds=30 * (start + number))) + row.pk % (1 << 20),
                message=row,
                conversation_id=row.conversation_id,
                user=user,
                body=indexed(row.text),
                facts=facts_of(row.parts, [chance.choice(MODELS)])
                + (" hascode" if number % 10 == 0 else ""),
            )
            for number, row in enumerate(rows)
        )
    return user


def settle(vendor: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if vendor == "postgresql" else "ANALYZE")


def processor_time() -> Callable[[], float]:
    """Seconds of this process and of its session, if that is on this machine."""
    from django.db import connection

    session = None
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            session = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")

    def seconds() -> float:
        theirs = int(session.read_text().split()[0]) / 1e9 if session and session.exists() else 0
        return time.process_time() + theirs

    return seconds


def measure(person: User, words: list[str], *, weights: list[float], searches: int) -> None:
    from chat import search

    chance = random.Random(2)
    processor = processor_time()
    everything: tuple[list[float], list[float]] = ([], [])
    for kind, queries in kinds(person, words, weights=weights, chance=chance):
        times: tuple[list[float], list[float]] = ([], [])
        hits = 0
        for _ in range(searches):
            typed = next(queries)
            began = time.perf_counter(), processor()
            found = search.find(person, typed, zone=UTC)
            ended = time.perf_counter(), processor()
            hits += len(found.messages)
            for all_of_them, one, other in zip(times, began, ended, strict=True):
                all_of_them.append((other - one) * 1000)
        for all_of_them, some in zip(everything, times, strict=True):
            all_of_them += some
        print(f"    {kind}: {told(times)}, {hits / searches:.1f} shown", flush=True)
    print(f"    all: {told(everything)}")


def told(times: tuple[list[float], list[float]]) -> str:
    wall, processor = (
        f"{percentile(each, 0.5):.1f} ({percentile(each, 0.95):.1f})" for each in times
    )
    return f"{wall}; {processor}"


def kinds(
    person: User, words: list[str], *, weights: list[float], chance: random.Random
) -> list[tuple[str, Iterator[str]]]:
    from chat.models import Message

    def as_said() -> str:
        return chance.choices(words, cum_weights=weights)[0]

    texts = [
        row.text.split()
        for row in Message.objects.filter(conversation__user=person).order_by("pk")[:200]
    ]

    def phrase() -> str:
        said = chance.choice(texts)
        at = chance.randrange(len(said) - 2)
        return f'"{" ".join(said[at : at + 3])}"'

    makers = {
        "a word as often typed as said": lambda: f"{as_said()} ",
        "a rare word": lambda: f"{chance.choice(words[5_000:])} ",
        "one of the ten most frequent": lambda: f"{chance.choice(words[:10])} ",
        "two words": lambda: f"{as_said()} {as_said()} ",
        "a phrase of three": phrase,
        "a beginning of two letters": lambda: as_said()[:2],
        "a beginning of three letters": lambda: as_said()[:3],
        "a beginning of four letters": lambda: as_said()[:4],
        "a word and a model": lambda: f"{as_said()} model:{chance.choice(MODELS)} ",
        "a word with code": lambda: f"{as_said()} has:code ",
        "a word in two days": lambda: f"{as_said()} after:2026-10-28 before:2026-10-30 ",
        "a word under a frequent tag": lambda: f"{as_said()} tag:every{TAGGED[0]} ",
        "a word under a rare tag": lambda: f"{as_said()} tag:every{TAGGED[1]} ",
        "a word with a letter too many": lambda: f"{chance.choice(words[:5_000])}q ",
        "what is not there": lambda: f"{uuid.UUID(int=chance.getrandbits(128)).hex} ",
    }
    return [(kind, iter(make, None)) for kind, make in makers.items()]


if __name__ == "__main__":
    main()
