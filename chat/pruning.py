"""Deleting a message, and with it all that was said after it, in every branch.

The one rule: nobody loses more than they were told: the same count is shown first and deleted then.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction

from chat.models import Lane, Message, Turn
from chat.models.message import path_ids


class StillWriting(Exception):
    """An answer among them is still being written."""


@dataclass(frozen=True, slots=True)
class Cut:
    ids: frozenset[int]
    hidden: int
    """How many of them are in branches that the lane does not show."""

    @property
    def count(self) -> int:
        return len(self.ids)

    @property
    def after(self) -> int:
        return self.count - 1


def look(message: Message, lane: Lane) -> Cut:
    ids = frozenset(_below(message))
    return Cut(ids, len(ids - {message.pk, *path_ids(lane.leaf_id)}))


@transaction.atomic
def prune(message: Message, count: int) -> bool:
    """False, and nothing is deleted, if by now there are not `count` of them any more. Lanes that
    showed one of them go on before it. Raise `StillWriting`."""
    ids = _below(message)
    if len(ids) != count:
        return False
    turns = Turn.objects.filter(answer__in=ids, status__in=Turn.UNFINISHED)
    if any(turn.is_unfinished for turn in turns):
        raise StillWriting
    lanes = list(Lane.objects.filter(conversation=message.conversation_id, leaf__in=ids))
    parent, conversation = message.parent, message.conversation_id
    message.delete()
    leaf = parent.latest_leaf() if parent else None
    if leaf is None:
        first = Message.objects.filter(conversation=conversation, parent=None).last()
        leaf = first.latest_leaf() if first else None
    Lane.objects.filter(pk__in=[lane.pk for lane in lanes]).update(leaf=leaf)
    return True


def _below(message: Message) -> list[int]:
    """The message and all that follows it."""
    table = Message._meta.db_table
    sql = f"""
        WITH RECURSIVE below(id) AS (
            SELECT CAST(%s AS BIGINT) UNION ALL
            SELECT m.id FROM {table} m JOIN below ON m.parent_id = below.id
        ) SELECT id FROM below
    """  # noqa: S608  # the table name is ours
    with connection.cursor() as cursor:
        cursor.execute(sql, [message.pk])
        return [pk for (pk,) in cursor.fetchall()]
