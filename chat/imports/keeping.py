"""The keeping of a conversation from a file.

The one rule: a conversation comes whole or not at all, and never twice. It keeps its own id unless
somebody else's has it; then it has one that is always the same for this person.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from chat.imports import schema
from chat.imports.attachments import Attachments, Key, key_of
from chat.imports.checking import Checked
from chat.models import Conversation, Folder, Lane, Message, Tag, Turn, User
from chat.models.label import Colour, Label, Refused
from chat.models.label import key_of as label_key
from chat.models.search_index import IndexedMessage, IndexedTitle

NAMESPACE = uuid.UUID("8f6f0a52-5d0e-4c53-9a0e-6d6f2f0c3b11")
BATCH = 200
Rows = list[tuple[schema.Message, dict[str, Any]]]


def here(user: User, id: uuid.UUID) -> Conversation | None:
    rows = Conversation.objects.filter(user=user, pk__in=[id, _other_id(user, id)])
    return rows.first()


def _other_id(user: User, id: uuid.UUID) -> uuid.UUID:
    return uuid.uuid5(NAMESPACE, f"{user.pk}:{id}")


@transaction.atomic
def keep(user: User, checked: Checked, attachments: Attachments) -> bool:
    """False if it was here. One that was deleted comes back as it was."""
    # The lock of this person's sends, so that two imports at once keep nothing twice.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if here(user, checked.id) is not None:
        return False
    deleted = Conversation.with_deleted.filter(
        user=user, pk__in=[checked.id, _other_id(user, checked.id)]
    )
    if gone := deleted.first():
        gone.restore()
        return True
    is_taken = Conversation.with_deleted.filter(pk=checked.id).exists()
    pk = _other_id(user, checked.id) if is_taken else checked.id
    _write(user, checked, attachments, pk=pk)
    return True


def _write(user: User, checked: Checked, attachments: Attachments, *, pk: uuid.UUID) -> None:
    now, known = timezone.now(), checked.known
    conversation = Conversation.objects.create(
        pk=pk,
        user=user,
        title=checked.json["title"],
        is_title_automatic=known.is_title_automatic,
        active_at=min(known.active_at, now),
        pinned_at=_past(known.pinned_at, now),
        archived_at=_past(known.archived_at, now),
        folder=_label(Folder, user, known.folder),
    )
    Conversation.objects.filter(pk=pk).update(created_at=min(known.created_at, now))
    tags = (_label(Tag, user, tag) for tag in known.tags)
    conversation.tags.add(*(tag for tag in tags if tag is not None))
    rows: Rows = list(zip(known.messages, checked.json["messages"], strict=True))
    files = attachments.keep(user, conversation)
    messages = _write_messages(conversation, rows, files, now=now)
    lanes = _write_lanes(conversation, checked, messages)
    turns = _write_turns(user, checked, messages, lanes=lanes, now=now)
    IndexedTitle.put(conversation)
    _index(user, messages.values(), turns)


def _past(moment: datetime | None, now: datetime) -> datetime | None:
    return min(moment, now) if moment else None


def _label(kind: type[Label], user: User, label: schema.Label | None) -> Any:
    """The person's own of that name, made if need be. A name that cannot be had is left out."""
    if label is None:
        return None
    colour = label.colour if label.colour in Colour.values else ""
    found = kind.of(user).filter(key=label_key(label.name)).first()
    try:
        return found or kind.make(user, label.name, colour=colour)
    except Refused:
        return None


def _write_messages(
    conversation: Conversation, rows: Rows, files: dict[Key, dict[str, Any]], *, now: datetime
) -> dict[int, Message]:
    """By their numbers in the file."""
    messages: dict[int, Message] = {}
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        made = Message.objects.bulk_create(
            Message(
                conversation=conversation,
                role=row.role,
                parts=[_part(part, files) for part in json["parts"]],
                parent=messages.get(row.parent) if row.parent else None,
                name=json.get("name", ""),
                starred_at=_past(row.starred_at, now),
            )
            for row, json in batch
        )
        messages |= {row.id: message for (row, _), message in zip(batch, made, strict=True)}
    places: list[tuple[Any, ...]] = []
    for row, _ in rows:
        message = messages[row.id]
        message.parent = messages[row.parent] if row.parent else None
        message.created_at = min(row.created_at, now)
        places.append((message.parent_id, _stored(message.created_at), message.pk))
    with connection.cursor() as cursor:
        sql = f"UPDATE {Message._meta.db_table} SET parent_id = %s, created_at = %s WHERE id = %s"  # noqa: S608  # the table name is ours
        cursor.executemany(sql, places)
    return messages


def _stored(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def _part(part: dict[str, Any], files: dict[Key, dict[str, Any]]) -> dict[str, Any]:
    """A file whose bytes came is one of ours now; another is named as it was."""
    found = files.get(key_of(part)) if part["type"] == "media" else None
    return part if found is None else part | found


def _write_lanes(
    conversation: Conversation, checked: Checked, messages: dict[int, Message]
) -> dict[int, Lane]:
    rows = zip(checked.known.lanes, checked.json["lanes"], strict=True)
    lanes = Lane.objects.bulk_create(
        Lane(
            conversation=conversation,
            position=row.position,
            leaf=messages[row.leaf] if row.leaf else None,
            model=json["model"],
            system=json["system"],
            parameters=json["parameters"],
        )
        for row, json in rows
    )
    return {lane.position: lane for lane in lanes}


def _write_turns(
    user: User,
    checked: Checked,
    messages: dict[int, Message],
    *,
    lanes: dict[int, Lane],
    now: datetime,
) -> list[Turn]:
    turns = []
    for row, json in zip(checked.known.messages, checked.json["messages"], strict=True):
        if row.turn is not None:
            turn = _turn(user, row.turn, json["turn"], answer=messages[row.id], now=now)
            turn.prompt, turn.lane = messages[row.turn.prompt], lanes[row.turn.lane]
            turn.imported_from = row.turn.imported_from or checked.source
            turns.append((row.turn, turn))
    Turn.objects.bulk_create([turn for _, turn in turns], batch_size=BATCH)
    places = [(_stored(min(known.created_at, now)), turn.pk) for known, turn in turns]
    with connection.cursor() as cursor:
        sql = f"UPDATE {Turn._meta.db_table} SET created_at = %s WHERE id = %s"  # noqa: S608  # the table name is ours
        cursor.executemany(sql, places)
    return [turn for _, turn in turns]


def _turn(
    user: User, known: schema.Turn, json: dict[str, Any], *, answer: Message, now: datetime
) -> Turn:
    """It is marked: its receipt says what a file said, not what happened here."""
    return Turn(
        user=user,
        conversation=answer.conversation,
        client_id=uuid.uuid4(),
        answer=answer,
        status=known.status,
        error=json.get("error"),
        receipt=json["receipt"],
        timeline=json.get("timeline", []),
        input_tokens=known.input_tokens,
        output_tokens=known.output_tokens,
        cost=known.cost,
        started_at=_past(known.started_at, now),
        finished_at=_past(known.finished_at, now),
        imported_at=now,
    )


def _index(user: User, messages: Iterable[Message], turns: list[Turn]) -> None:
    asked: defaultdict[int, dict[str, None]] = defaultdict(dict)
    for turn in turns:
        model = str(turn.receipt["asked"]["model"])
        asked[turn.answer_id][model] = asked[turn.prompt_id][model] = None

    def rows() -> Iterator[IndexedMessage]:
        for message in messages:
            yield IndexedMessage.of(message, user=user.pk, models=list(asked[message.pk]))

    IndexedMessage.objects.bulk_create(rows(), batch_size=BATCH)
