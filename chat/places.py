"""Where a conversation is kept, as far as a turn needs to know: in rows here, in memory in
`chat.temporary`.

The one rule: a turn asks its place for what there is and tells it what has come; it never asks
which kind of place that is.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import transaction
from django.utils import timezone

from chat import attachments, demos, receipts
from chat.models import (
    Conversation,
    Entry,
    IndexedMessage,
    Lane,
    Message,
    RefusedParameter,
    Turn,
    User,
)
from chat.uploads import Accepted


class Place(Protocol):
    @property
    def lane(self) -> Lane: ...

    @property
    def is_kept(self) -> bool:
        """What is said here is written down, once a second while it is said."""

    def all_or_nothing(self) -> AbstractContextManager[None]:
        """Around an order, within a transaction: one that is refused leaves nothing behind."""

    def earlier(self, client_id: uuid.UUID) -> Turn | None: ...
    def message(self, pk: int) -> Message | None: ...
    def siblings(self, message: Message) -> tuple[int, ...]:
        """Every message with the same parent, oldest first, this one included."""

    def claim(self, ids: Sequence[uuid.UUID]) -> list[dict[str, Any]]:
        """The stored parts of files that are sent here now. Raise `uploads.Refused`."""

    def add_message(
        self, parent: Message | None, role: str, parts: list[dict[str, Any]] | None = None
    ) -> Message: ...
    def add_turn(self, **fields: Any) -> Turn: ...
    def obstacle(self) -> str | None:
        """Why nothing more can be said here, if it cannot."""

    def placed(self, prompt: Message) -> None:
        """Lane and turn stand."""

    def dispatched(self, turn: Turn) -> None:
        """A provider is being asked."""

    def keep_file(self, accepted: Accepted) -> dict[str, Any]:
        """The stored part of a file that a model made."""

    def finished(self, turn: Turn, parts: list[dict[str, Any]]) -> None:
        """The turn says how, and what it used; all of it is written at once."""


@dataclass(frozen=True, slots=True)
class Kept:
    user: User
    """Who asks: in a team's conversation not always who began it."""
    lane: Lane

    @property
    def is_kept(self) -> bool:
        return True

    @property
    def conversation(self) -> Conversation:
        return self.lane.conversation

    def all_or_nothing(self) -> AbstractContextManager[None]:
        return nullcontext()  # the transaction does it

    def earlier(self, client_id: uuid.UUID) -> Turn | None:
        return self.user.turns.filter(client_id=client_id).first()

    def message(self, pk: int) -> Message | None:
        return self.conversation.messages.filter(pk=pk).select_related("turn").first()

    def siblings(self, message: Message) -> tuple[int, ...]:
        rows = self.conversation.messages.filter(parent=message.parent_id)
        return tuple(rows.order_by("pk").values_list("pk", flat=True))

    def claim(self, ids: Sequence[uuid.UUID]) -> list[dict[str, Any]]:
        return attachments.claim(self.user, self.conversation, ids)

    def add_message(
        self, parent: Message | None, role: str, parts: list[dict[str, Any]] | None = None
    ) -> Message:
        return self.conversation.messages.create(parent=parent, role=role, parts=parts or [])

    def add_turn(self, **fields: Any) -> Turn:
        return Turn.objects.create(conversation=self.conversation, **fields)

    def obstacle(self) -> str | None:
        return None

    def placed(self, prompt: Message) -> None:
        IndexedMessage.put(prompt)
        self.conversation.touch(title_from=prompt.text or prompt.file_names)

    def dispatched(self, turn: Turn) -> None:
        now = timezone.now()
        turn.started_at = turn.started_at or now
        rows = Turn.objects.filter(pk=turn.pk, status__in=Turn.UNFINISHED)
        rows.update(
            status=Turn.Status.RUNNING,
            started_at=turn.started_at,
            heartbeat_at=now,
            receipt=turn.receipt,
        )

    def keep_file(self, accepted: Accepted) -> dict[str, Any]:
        return accepted.keep(self.user, self.conversation).to_part()

    @transaction.atomic
    def finished(self, turn: Turn, parts: list[dict[str, Any]]) -> None:
        answer = Message.objects.filter(pk=turn.answer_id)
        answer.update(parts=parts)
        for message in answer.select_related("conversation"):
            IndexedMessage.put(message)
        turn.save(
            update_fields=[
                *("status", "error", "receipt", "timeline", "input_tokens", "output_tokens"),
                *("cost", "finished_at"),
            ]
        )
        Entry.settle_for(turn.ledger_source, receipts.charge(turn.receipt))
        if self.conversation.guest_id is not None:
            demos.settle(turn)
        RefusedParameter.learn(turn)
        rows = Conversation.objects.filter(pk=turn.conversation_id)
        rows.update(active_at=turn.finished_at)
