"""A copy of a conversation, to go on with: of one that may only be read, or of a share.

The one rule: a copy holds what its reader was shown and nothing more, and says of each answer that
it was not made for this person: it is in nobody's sums.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chat.models import Conversation, File, IndexedMessage, Lane, Message, Turn, User, blobs
from chat.models.search_index import IndexedTitle

SOURCE = "a shared conversation"


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the path that is copied."""

    role: str
    parts: list[dict[str, Any]]
    receipt: dict[str, Any] | None = None
    status: str = Turn.Status.COMPLETED
    timeline: tuple[Any, ...] = ()


def of_path(messages: Iterable[Message]) -> list[Said]:
    """With all that the receipts say."""
    return [_said(message) for message in messages]


def receipt_of(model: str) -> dict[str, Any]:
    """Of an answer of which no more is known than who wrote it."""
    return {
        "version": 1,
        "asked": {"model": model, "system": "", "parameters": {}},
        "sent": {
            "endpoint": "shared",
            "endpoint_label": "Shared",
            "dialect": "openai",
            "model": model,
            "model_name": model,
            "messages": {"count": 0, "sha256": ""},
            "parameters": [],
            "omitted": [],
        },
    }


@transaction.atomic
def copy(
    user: User,
    messages: Iterable[Said],
    *,
    title: str,
    system: str = "",
    model: str = "",
    parameters: dict[str, Any] | None = None,
) -> Conversation:
    """A conversation of `user`'s own. Files are copied, bytes and all."""
    conversation = Conversation.objects.create(
        user=user, title=title[: settings.LIMITS.title_characters], is_title_automatic=not title
    )
    lane = Lane.objects.create(
        conversation=conversation, model=model, system=system, parameters=parameters or {}
    )
    append(lane, None, messages)
    IndexedTitle.put(conversation)
    return conversation


@transaction.atomic
def append(lane: Lane, last: Message | None, messages: Iterable[Said]) -> Message | None:
    """Copy these after `last`, where the lane then ends. Returns the last one, whichever it is."""
    files: dict[str, dict[str, Any]] = {}
    for said in messages:
        parts = [_part(part, lane.conversation, files) for part in said.parts]
        message = lane.conversation.messages.create(parent=last, role=said.role, parts=parts)
        if said.receipt is not None and last is not None:
            _keep_turn(said, message, prompt=last, lane=lane)
        IndexedMessage.put(message)
        last = message
    lane.leaf = last
    lane.save(update_fields=["leaf"])
    return last


def _said(message: Message) -> Said:
    turn = getattr(message, "turn", None)
    if turn is None:
        return Said(message.role, message.parts)
    status = turn.status if turn.status not in Turn.UNFINISHED else Turn.Status.STOPPED
    return Said(message.role, message.parts, turn.receipt, status, tuple(turn.timeline))


def _keep_turn(said: Said, answer: Message, *, prompt: Message, lane: Lane) -> None:
    now = timezone.now()
    Turn.objects.create(
        user=lane.conversation.user,
        conversation=lane.conversation,
        lane=lane,
        client_id=uuid.uuid4(),
        prompt=prompt,
        answer=answer,
        status=said.status,
        receipt=said.receipt,
        timeline=list(said.timeline),
        finished_at=now,
        imported_at=now,
        imported_from=SOURCE,
    )


def _part(
    part: dict[str, Any], conversation: Conversation, files: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """A file becomes one of this conversation's, or is only named where its bytes are gone."""
    id = part.get("file")
    if part["type"] != "media" or not id:
        return part
    if id not in files:
        files[id] = _kept(part, conversation)
    return files[id]


def _kept(part: dict[str, Any], conversation: Conversation) -> dict[str, Any]:
    row = File.objects.filter(pk=part["file"]).first()
    data = blobs.read(row.pk) if row else None
    if row is None or data is None:
        return {name: value for name, value in part.items() if name != "file"}
    facts = {name: getattr(row, name) for name in ("width", "height", "pages", "seconds")}
    kept = File.keep(
        data,
        thumbnail=blobs.read(row.pk, blobs.THUMBNAIL),
        user=conversation.user,
        conversation=conversation,
        name=part.get("name") or row.name,
        media_type=row.media_type,
        **facts,
    )
    return kept.to_part()
