"""A temporary conversation that is to be kept after all: rows for everything in it, receipts too.

The one rule: all of it in one transaction, or nothing; and only what has ended.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from chat.models import Conversation, File, IndexedMessage, Lane, Message, Tally, Turn
from chat.temporary.room import FILE_FACTS, Room
from chat.temporary.rooms import close


class StillWriting(Exception):
    """An answer is still being written."""


def save(room: Room) -> Conversation:
    """Raise `StillWriting`. The room is closed; what was in it has ids of rows."""
    if room.is_running:
        raise StillWriting
    with transaction.atomic():
        conversation = Conversation.objects.create(user=room.user)
        for id, held in room.files.items():
            if held.is_sent:
                _keep_file(id, room, conversation)
        messages = _keep_messages(room, conversation)
        leaf = room.lane.leaf_id
        lane = Lane.objects.create(
            conversation=conversation,
            leaf=messages.get(leaf or 0),
            model=room.lane.model,
            parameters=room.lane.parameters,
            system=room.lane.system,
        )
        for turn in room.turns.values():
            _keep_turn(turn, lane, messages)
        for message in messages.values():
            IndexedMessage.put(message)
        first = next(iter(messages.values()), None)
        conversation.touch(title_from=(first.text or first.file_names) if first else "")
    close(room)
    return conversation


def _keep_file(id: UUID, room: Room, conversation: Conversation) -> None:
    held = room.files[id]
    fields = {name: getattr(held.row, name) for name in FILE_FACTS}
    File.keep(
        held.data,
        thumbnail=held.thumbnail,
        id=id,
        user=room.user,
        conversation=conversation,
        **fields,
    )


def _keep_messages(room: Room, conversation: Conversation) -> dict[int, Message]:
    """By the ids that they had. A parent comes before its children, as it did then."""
    kept: dict[int, Message] = {}
    for pk, message in sorted(room.messages.items()):
        row = Message.objects.create(
            conversation=conversation,
            parent=kept.get(message.parent_id or 0),
            role=message.role,
            parts=message.parts,
        )
        # The moment at which it was said, which a new row would be given anew.
        row.created_at = message.created_at
        row.save(update_fields=["created_at"])
        kept[pk] = row
    return kept


def _keep_turn(turn: Turn, lane: Lane, messages: dict[int, Message]) -> None:
    row = Turn.objects.create(
        user=turn.user,
        conversation=lane.conversation,
        lane=lane,
        client_id=turn.client_id,
        prompt=messages[turn.prompt_id],
        answer=messages[turn.answer_id],
        status=turn.status,
        error=turn.error,
        receipt=turn.receipt,
        timeline=turn.timeline,
        input_tokens=turn.input_tokens,
        output_tokens=turn.output_tokens,
        cost=turn.cost,
        started_at=turn.started_at,
        finished_at=turn.finished_at,
    )
    row.created_at = turn.created_at
    row.save(update_fields=["created_at"])
    # From now on the turn itself is added up.
    Tally.objects.filter(source=turn.ledger_source).delete()
