"""Where a share may end: the branches of its conversation, and the message that was named.

The one rule: what is offered is what the publisher can see in the tree, by its name or its words.
"""

from __future__ import annotations

from dataclasses import dataclass

from chat.models import Conversation, Message
from chat.models.conversation import shorten

MOST = 20
"""The newest so many are offered; the tree leads to every other."""


@dataclass(frozen=True, slots=True)
class Branch:
    leaf: int
    label: str


def branches(conversation: Conversation, chosen: int | None) -> list[Branch]:
    """The newest first; `chosen` is among them, also where it is no end."""
    ends = conversation.messages.filter(children=None).order_by("-pk")[:MOST]
    found = {message.pk: message for message in ends}
    if chosen is not None and chosen not in found:
        found |= {message.pk: message for message in conversation.messages.filter(pk=chosen)}
    rows = sorted(found.values(), key=lambda message: -message.pk)
    return [Branch(message.pk, _label(message)) for message in rows]


def _label(message: Message) -> str:
    words = message.name or shorten(message.text or message.file_names) or "an empty answer"
    return f"… {words} ({message.created_at:%-d %B %Y, %H:%M} UTC)"
