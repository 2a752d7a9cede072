"""What of a file is new here, and the keeping of it.

The one rule: a conversation comes whole or not at all, and never twice. It keeps its own id unless
somebody else's has it; then it has one that is always the same for this person.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from chat.imports import schema
from chat.imports.checking import Checked, Unreadable
from chat.imports.reading import conversations
from chat.models import Conversation, Lane, Message, Turn, User
from chat.models.search_index import IndexedMessage, IndexedTitle

NAMESPACE = uuid.UUID("8f6f0a52-5d0e-4c53-9a0e-6d6f2f0c3b11")
MOST_REASONS = 20


@dataclass(slots=True)
class Report:
    new: int = 0
    here: int = 0
    unreadable: list[Unreadable] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        text = f"{self.new:,} new, {self.here:,} already here"
        if self.unreadable:
            text += f", {len(self.unreadable):,} unreadable"
        return f"{text}."

    @property
    def reasons(self) -> list[Unreadable]:
        return self.unreadable[:MOST_REASONS]


def look(user: User, path: Path) -> Report:
    """What `take` would do; nothing is written."""
    report, seen = Report(), set()
    for found in conversations(path):
        if isinstance(found, Unreadable):
            report.unreadable.append(found)
        elif found.id in seen or _here(user, found.id) is not None:
            report.here += 1
        else:
            report.new += 1
            seen.add(found.id)
    return report


def take(user: User, path: Path) -> Report:
    """Keep what is new. Called again after a break, it goes on where it was."""
    report = Report()
    for found in conversations(path):
        if isinstance(found, Unreadable):
            report.unreadable.append(found)
        elif _keep(user, found):
            report.new += 1
        else:
            report.here += 1
    return report


def _here(user: User, id: uuid.UUID) -> Conversation | None:
    rows = Conversation.objects.filter(user=user, pk__in=[id, _other_id(user, id)])
    return rows.first()


def _other_id(user: User, id: uuid.UUID) -> uuid.UUID:
    return uuid.uuid5(NAMESPACE, f"{user.pk}:{id}")


@transaction.atomic
def _keep(user: User, checked: Checked) -> bool:
    # The lock of this person's sends, so that two imports at once keep nothing twice.
    User.objects.select_for_update().get(pk=user.pk)
    if _here(user, checked.id) is not None:
        return False
    deleted = Conversation.with_deleted.filter(
        user=user, pk__in=[checked.id, _other_id(user, checked.id)]
    )
    if gone := deleted.first():
        gone.restore()
        return True
    is_taken = Conversation.with_deleted.filter(pk=checked.id).exists()
    pk = _other_id(user, checked.id) if is_taken else checked.id
    _write(user, checked, pk=pk)
    return True


def _write(user: User, checked: Checked, *, pk: uuid.UUID) -> None:
    now, known = timezone.now(), checked.known
    conversation = Conversation.objects.create(
        pk=pk,
        user=user,
        title=checked.json["title"],
        is_title_automatic=known.is_title_automatic,
        active_at=min(known.active_at, now),
    )
    Conversation.objects.filter(pk=pk).update(created_at=min(known.created_at, now))
    messages = Message.objects.bulk_create(
        Message(conversation=conversation, role=row.role, parts=json["parts"])
        for row, json in zip(known.messages, checked.json["messages"], strict=True)
    )
    for message, row in zip(messages, known.messages, strict=True):
        message.parent = messages[row.parent - 1] if row.parent else None
        message.created_at = min(row.created_at, now)
    Message.objects.bulk_update(messages, ["parent", "created_at"], batch_size=500)
    lanes = _write_lanes(conversation, checked, messages)
    _write_turns(user, checked, messages, lanes=lanes)
    IndexedTitle.put(conversation)
    for message in messages:
        IndexedMessage.put(message)


def _write_lanes(
    conversation: Conversation, checked: Checked, messages: list[Message]
) -> dict[int, Lane]:
    rows = zip(checked.known.lanes, checked.json["lanes"], strict=True)
    lanes = Lane.objects.bulk_create(
        Lane(
            conversation=conversation,
            position=row.position,
            leaf=messages[row.leaf - 1] if row.leaf else None,
            model=json["model"],
            system=json["system"],
            parameters=json["parameters"],
        )
        for row, json in rows
    )
    return {lane.position: lane for lane in lanes}


def _write_turns(
    user: User, checked: Checked, messages: list[Message], *, lanes: dict[int, Lane]
) -> None:
    rows = zip(checked.known.messages, checked.json["messages"], strict=True)
    found = [
        (row.turn, _turn(user, row.turn, json["turn"], answer=messages[row.id - 1]))
        for row, json in rows
        if row.turn is not None
    ]
    for known, turn in found:
        turn.prompt = messages[known.prompt - 1]
        turn.lane = lanes[known.lane]
    turns = Turn.objects.bulk_create(turn for _, turn in found)
    now = timezone.now()
    for (known, _), turn in zip(found, turns, strict=True):
        turn.created_at = min(known.created_at, now)
    Turn.objects.bulk_update(turns, ["created_at"], batch_size=500)


def _turn(user: User, known: schema.Turn, json: dict[str, Any], *, answer: Message) -> Turn:
    """Its receipt is marked: it says what a file said, not what happened here."""
    moments: Iterable[Any] = (known.started_at, known.finished_at)
    started_at, finished_at = (moment and min(moment, timezone.now()) for moment in moments)
    return Turn(
        user=user,
        conversation=answer.conversation,
        client_id=uuid.uuid4(),
        answer=answer,
        status=known.status,
        error=json.get("error"),
        receipt=json["receipt"] | {"imported": True},
        timeline=json.get("timeline", []),
        input_tokens=known.input_tokens,
        output_tokens=known.output_tokens,
        cost=known.cost,
        started_at=started_at,
        finished_at=finished_at,
    )
