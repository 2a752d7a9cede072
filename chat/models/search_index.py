"""What can be found: the words of each message and of each title, beside the rows they are from.

The one rule: whoever writes a message or a title says `put` in the same transaction. The index
proper belongs to the database and follows these rows by itself, also when they are deleted.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models

from chat.models.words import indexed, words

if TYPE_CHECKING:
    from chat.models.conversation import Conversation
    from chat.models.message import Message

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BITS = 20
_FENCE = re.compile(r"^ {0,3}(```|~~~)", re.MULTILINE)


def first_id(moment: datetime) -> int:
    """The least id of a message that was written then: ids are in the order of time."""
    return ((moment - _EPOCH) // timedelta(milliseconds=1)) << _BITS


class IndexedMessage(models.Model):
    id = models.BigIntegerField(primary_key=True)
    """Milliseconds since 1970, then the last bits of the message's id: newest first, and before
    and after a day, are ranges of what every index has anyway."""
    message = models.OneToOneField("chat.Message", on_delete=models.CASCADE, related_name="indexed")
    conversation = models.ForeignKey(
        "chat.Conversation", on_delete=models.CASCADE, related_name="indexed_messages"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    body = models.TextField()
    facts = models.TextField(blank=True)
    """Words again: what it has (`hascode`, `hasimage`, `hasfile`) and the models asked."""

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="indexed_message_newest")]

    def __str__(self) -> str:
        return f"words of message {self.message_id}"

    @classmethod
    def put(cls, message: Message) -> None:
        """Index what the message says now, in place of what it said before."""
        cls.objects.filter(message=message).delete()
        row = cls.of(message, user=message.conversation.user_id, models=models_of(message))
        row.save(force_insert=True)

    @classmethod
    def of(cls, message: Message, *, user: int, models: list[str]) -> IndexedMessage:
        """For whoever writes many at once; unsaved. `models` as `models_of` would say."""
        return cls(
            id=first_id(message.created_at) + message.pk % (1 << _BITS),
            message=message,
            conversation_id=message.conversation_id,
            user_id=user,
            body=indexed(text_of(message.parts)),
            facts=facts_of(message.parts, models),
        )


class IndexedTitle(models.Model):
    conversation = models.OneToOneField(
        "chat.Conversation", on_delete=models.CASCADE, related_name="indexed_title"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    body = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="indexed_title_newest")]

    def __str__(self) -> str:
        return f"words of the title of {self.conversation_id}"

    @classmethod
    def put(cls, conversation: Conversation) -> None:
        cls.objects.update_or_create(
            conversation=conversation,
            defaults={"user_id": conversation.user_id, "body": indexed(conversation.title)},
        )


def text_of(parts: list[dict[str, Any]]) -> str:
    """What a reader of the message would look for: its words and the names of its files."""
    found = []
    for part in parts:
        match part["type"]:
            case "text" | "refusal":
                found.append(part["text"])
            case "media":
                found.append(part.get("name") or "")
    return "\n".join(found)


def facts_of(parts: list[dict[str, Any]], keys: list[str]) -> str:
    has = set()
    for part in parts:
        if part["type"] == "text" and _FENCE.search(part["text"]):
            has.add("hascode")
        if part["type"] == "media":
            has.add("hasimage" if part["media_type"].startswith("image/") else "hasfile")
    return " ".join([*sorted(has), *(" ".join(words(key)) for key in keys)])


def models_of(message: Message) -> list[str]:
    """Keys of the models that wrote the message, or that were asked to answer it."""
    turns = message.answers.all() if message.role == "user" else message.conversation.turns
    if message.role != "user":
        turns = turns.filter(answer=message)
    return list(dict.fromkeys(turns.order_by("pk").values_list("receipt__asked__model", flat=True)))
