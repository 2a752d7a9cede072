"""One temporary conversation: its messages, turns and files, in the memory of this process.

The one rule: what is said here is written nowhere. What goes to the database is a number of tokens,
an amount, a model and a moment.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chat import receipts
from chat.models import Entry, File, Message, Tally, Turn, User, blobs
from chat.models.temporary import (
    TemporaryConversation,
    TemporaryLane,
    TemporaryMessage,
    TemporaryTurn,
    next_id,
    next_key,
)
from chat.thread import Item, part_views
from chat.uploads import Accepted, Refused

FILE_FACTS = ("name", "media_type", "width", "height", "pages", "seconds")
FULL = "A temporary conversation holds no more than this. Save it to go on."
PAIR_BYTES = 100
"""Of a timeline: what two numbers in a list take up."""


@dataclass(slots=True)
class HeldFile:
    """`row` is never saved; it says what a row would."""

    row: File
    data: bytes
    thumbnail: bytes | None
    is_sent: bool = False

    @property
    def size(self) -> int:
        return len(self.data) + len(self.thumbnail or b"")


class Room:
    is_kept = False

    def __init__(self, user: User, session_key: str) -> None:
        self.user = user
        self.session_key = session_key
        """Of the session in which it was last used: it closes when that ends."""
        self.used_at = time.monotonic()
        self.is_closed = False
        self.draft = ""
        """What was in the field when it was opened."""
        now = timezone.now()
        self.conversation = TemporaryConversation(pk=next_key(), user=user, created_at=now)
        self.lane = TemporaryLane(pk=next_id(), conversation=self.conversation)
        self.messages: dict[int, Message] = {}
        self.turns: dict[int, Turn] = {}
        self.files: dict[uuid.UUID, HeldFile] = {}
        self._sizes: dict[int, int] = {}
        self._lock = threading.RLock()

    @property
    def key(self) -> uuid.UUID:
        return self.conversation.pk

    @property
    def size(self) -> int:
        """Bytes, about."""
        with self._lock:
            return sum(self._sizes.values()) + sum(file.size for file in self.files.values())

    @property
    def is_running(self) -> bool:
        return any(turn.is_unfinished for turn in list(self.turns.values()))

    # Placing an order

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        with self._lock:
            before = dict(self.messages), dict(self.turns), dict(self._sizes), self.lane.leaf
            sent = {key: file.is_sent for key, file in self.files.items()}
            try:
                yield
            except BaseException:
                self.messages, self.turns, self._sizes, self.lane.leaf = before
                for key, is_sent in sent.items():
                    self.files[key].is_sent = is_sent
                raise

    def earlier(self, client_id: uuid.UUID) -> Turn | None:
        turns = list(self.turns.values())
        return next((turn for turn in turns if turn.client_id == client_id), None)

    def message(self, pk: int) -> Message | None:
        return self.messages.get(pk)

    def claim(self, ids: Sequence[uuid.UUID]) -> list[dict[str, Any]]:
        """See `attachments.claim`. Raise `Refused`."""
        most = settings.LIMITS.files_per_message
        if len(ids) > most:
            raise Refused(f"A message may have {most} files.")
        wanted = list(dict.fromkeys(ids))
        if any(id not in self.files for id in wanted):
            raise Refused("A file is not there any more. Remove it, and attach it again.")
        for id in wanted:
            self.files[id].is_sent = True
        return [self.files[id].row.to_part() for id in wanted]

    def add_message(
        self, parent: Message | None, role: str, parts: list[dict[str, Any]] | None = None
    ) -> Message:
        message = TemporaryMessage(
            pk=next_id(),
            conversation=self.conversation,
            parent=parent,
            role=role,
            parts=parts or [],
            created_at=timezone.now(),
        )
        message.room = self
        # Known to have no turn, so that nobody asks the database.
        Message._meta.get_field("turn").set_cached_value(message, None)
        self.messages[message.pk] = message
        self._measure(message)
        return message

    def add_turn(self, **fields: Any) -> Turn:
        turn = TemporaryTurn(
            pk=next_id(), conversation=self.conversation, created_at=timezone.now(), **fields
        )
        turn.room = self
        self.turns[turn.pk] = turn
        return turn

    def obstacle(self) -> str | None:
        return FULL if self.size > settings.LIMITS.temporary_bytes else None

    def placed(self, prompt: Message) -> None:
        self.draft = ""
        self.conversation.touch(title_from="")

    # Running

    def dispatched(self, turn: Turn) -> None:
        turn.status = Turn.Status.RUNNING
        turn.started_at = turn.started_at or timezone.now()

    def keep_file(self, accepted: Accepted) -> dict[str, Any]:
        """The stored part of a file that somebody attached, or a model made. Raise `Refused`."""
        held = self.hold(accepted)
        held.is_sent = True
        return held.row.to_part()

    def hold(self, accepted: Accepted) -> HeldFile:
        fields = asdict(accepted)
        data, thumbnail = fields.pop("data"), fields.pop("thumbnail")
        row = File.of(data, pk=next_key(), user=self.user, created_at=timezone.now(), **fields)
        held = HeldFile(row, data, thumbnail)
        with self._lock:
            if self.size + held.size > settings.LIMITS.temporary_bytes:
                raise Refused(FULL)
            self.files[row.pk] = held
        return held

    def take(self, file: File) -> None:
        """A file that lies on the disk, sent nowhere yet, moves in here."""
        data = blobs.read(file.pk)
        if data is None:
            return
        fields = {name: getattr(file, name) for name in FILE_FACTS}
        accepted = Accepted(data=data, thumbnail=blobs.read(file.pk, blobs.THUMBNAIL), **fields)
        with suppress(Refused):
            self.hold(accepted)
        file.discard()

    def drop(self, id: uuid.UUID) -> bool:
        """A file that was sent nowhere. False: it is not there, or a message has it."""
        with self._lock:
            held = self.files.get(id)
            if held is None or held.is_sent:
                return False
            del self.files[id]
            return True

    def finished(self, turn: Turn, parts: list[dict[str, Any]]) -> None:
        """The words stay here; the numbers are added up."""
        with self._lock:
            turn.answer.parts = parts
            self._measure(turn.answer, turn)
            self.conversation.active_at = turn.finished_at or timezone.now()
            self.used_at = time.monotonic()
        with transaction.atomic():
            Entry.settle_for(turn.ledger_source, receipts.charge(turn.receipt))
            Tally.of_turn(turn, Tally.Kind.TEMPORARY)

    # Looking

    def path(self, message: Message | None) -> list[Message]:
        found: list[Message] = []
        while message is not None:
            found.append(message)
            message = message.parent
        return found[::-1]

    def latest_leaf(self, message: Message) -> Message:
        """Ids grow with time, so that one look at all that came after it is enough."""
        below = {message.pk}
        for pk in sorted(self.messages):
            if self.messages[pk].parent_id in below:
                below.add(pk)
        return self.messages[max(below)]

    def others(self, turn: Turn) -> list[Turn]:
        return [self.turns[pk] for pk in sorted(self.turns, reverse=True) if pk != turn.pk]

    def read(self, id: uuid.UUID) -> bytes | None:
        held = self.files.get(id)
        return held.data if held else None

    def items(self, leaf: Message | None) -> tuple[Item, ...]:
        """The path to it; a room is small enough to be shown whole."""
        return self._items(self.path(leaf))

    def items_after(self, leaf: Message, after: int | None) -> tuple[Item, ...]:
        """The end of the path to `leaf`: what comes after the message `after`."""
        path = self.path(leaf)
        start = next((at + 1 for at, message in enumerate(path) if message.pk == after), 0)
        return self._items(path[start:])

    def siblings(self, message: Message) -> tuple[int, ...]:
        rows = list(self.messages.values())
        return tuple(row.pk for row in rows if row.parent_id == message.parent_id)

    def _items(self, path: list[Message]) -> tuple[Item, ...]:
        return tuple(
            Item(
                message=message,
                turn=getattr(message, "turn", None),
                parts=part_views(message.parts),
                siblings=self.siblings(message),
            )
            for message in path
        )

    def _measure(self, message: Message, turn: Turn | None = None) -> None:
        size = len(json.dumps(message.parts))
        if turn is not None:
            size += len(json.dumps(turn.receipt)) + PAIR_BYTES * len(turn.timeline)
        self._sizes[message.pk] = size
