"""Files that go with a message: whose they are, and whether a model takes them.

The one rule: nothing is left out in silence. What a model does not take is refused before anything
is saved, with what can be done about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings

from chat.llm import types as llm
from chat.models import Conversation, File, User
from chat.offers import AvailableModel
from chat.uploads import Refused
from chat.uploads.kinds import PDF, kind_of

MIB = 1024 * 1024
SAMPLES = {"image": "image/png", "sound": "audio/wav", "PDF": PDF}
PLURALS = {"image": "images", "sound": "sound", "PDF": "PDFs"}


@dataclass(frozen=True, slots=True)
class Caution:
    """`sentence` is for the person; with a refusal it will not be sent."""

    sentence: str
    is_refusal: bool


def claim(user: User, conversation: Conversation, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """The stored parts of these files, which from now on belong to the conversation, in the order
    of `ids`. Raise `Refused` unless each is new and the person's own, or of this conversation."""
    most = settings.LIMITS.files_per_message
    if len(ids) > most:
        raise Refused(f"A message may have {most} files.")
    found = {file.pk: file for file in File.objects.visible_to(user).filter(pk__in=ids)}
    files = [found[id] for id in dict.fromkeys(ids) if id in found]
    is_ours = all(file.conversation_id in (None, conversation.pk) for file in files)
    if len(found) < len(set(ids)) or not is_ours:
        raise Refused("A file is not there any more. Remove it, and attach it again.")
    user.files.filter(pk__in=found, conversation=None).update(conversation=conversation)
    return [file.to_part() for file in files]


def obstacle(model: AvailableModel, messages: Sequence[llm.Message]) -> str | None:
    """Why the files in these messages cannot go to this model, if they cannot."""
    for message in messages:
        if message.role != "user":
            continue  # what another model made is the dialect's matter: it says what it drops
        way_out = "remove it" if message is messages[-1] else "edit the message that has it"
        for part in _media(message):
            name = f"“{part.name or part.media_type}”"
            if part.data is None and part.url is None:
                return f"{name} is not stored here any more: {way_out}."
            if model.takes(part.media_type) is False:
                if part.media_type == PDF and message is messages[-1]:
                    way_out = "send its text instead"
                kinds = PLURALS.get(kind_of(part.media_type), "such files")
                return f"{name}: {model.name} takes no {kinds}. Pick another model, or {way_out}."
    size = sum(len(part.data or b"") for message in messages for part in _media(message))
    if size > settings.LIMITS.request_media:
        most = settings.LIMITS.request_media // MIB
        return (
            f"The files of this conversation have {size / MIB:,.1f} MiB, and {most} can be sent at "
            "once. Leave some out, or begin a new conversation."
        )
    return None


def caution(model: AvailableModel, media_type: str) -> Caution | None:
    """What to know before a file of this type goes to this model; None: nothing."""
    kind = kind_of(media_type)
    match model.takes(media_type):
        case True:
            return None
        case False:
            return Caution(f"{model.name} takes no {PLURALS[kind]}.", is_refusal=True)
    return Caution(f"Not known whether {model.name} takes {PLURALS[kind]}.", is_refusal=False)


def _media(message: llm.Message) -> Iterable[llm.MediaPart]:
    return (part for part in message.parts if isinstance(part, llm.MediaPart))
