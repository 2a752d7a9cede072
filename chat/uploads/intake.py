"""One file from its bytes to what may be kept of it, in reading order: what it is, whether it may
be that, and what the child makes of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings

from chat.models import Conversation, File, User
from chat.uploads import child, kinds, names, sounds
from chat.uploads.refused import Refused

MIB = 1024 * 1024
OURS = "PNG, JPEG, WebP and GIF images, MP3, WAV, M4A, OGG and WebM sound, PDF and text can be."


@dataclass(frozen=True, slots=True)
class Accepted:
    """What is kept: for images not what came, but what was drawn anew from it."""

    name: str
    media_type: str
    data: bytes
    thumbnail: bytes | None = None
    width: int | None = None
    height: int | None = None
    pages: int | None = None
    seconds: float | None = None

    def keep(self, user: User, conversation: Conversation | None = None) -> File:
        return File.keep(**asdict(self), user=user, conversation=conversation)


def accept(data: bytes, name: str) -> Accepted:
    """Blocks for as long as the child takes. Raise `Refused`."""
    name = names.clean(name)
    if not data:
        raise Refused(f"“{name}” is empty.")
    media_type = kinds.detect(data)
    if media_type is None:
        raise Refused(f"“{name}” cannot be attached. {OURS}")
    kind = kinds.kind_of(media_type)
    claimed = kinds.claimed_kind(name)
    if claimed and claimed != kind:
        raise Refused(f"“{name}” is not what its name says: by its bytes it is {_article(kind)}.")
    _check_size(data, name, kind)
    return _looked_into(data, name, media_type)


def accept_from_model(data: bytes, media_type: str) -> Accepted:
    """What a model made is trusted no more than what a person sends. Raise `Refused`."""
    if media_type.startswith(("audio/pcm", "audio/L16")):
        data = sounds.wav_of_pcm(data, _rate(media_type))
    ending = {"image/jpeg": "jpg", "audio/mpeg": "mp3", "audio/mp4": "m4a"}
    found, announced = kinds.detect(data), kinds.kind_of(media_type)
    if found is None or kinds.kind_of(found) != announced:
        raise Refused(f"The model announced {_article(announced)} and sent something else.")
    name = f"{announced.lower()}.{ending.get(found, found.partition('/')[2])}"
    return accept(data, name)


def text_of(file: File, data: bytes) -> Accepted:
    """The text of a PDF, as a file of its own. Raise `Refused`."""
    outcome = child.look("text", data, name=file.name, media_type=file.media_type)
    return Accepted(names.clean(f"{file.name}.txt"), kinds.TEXT, outcome.data or b"")


def _looked_into(data: bytes, name: str, media_type: str) -> Accepted:
    match kinds.kind_of(media_type):
        case "image":
            outcome = child.look("image", data, name=name, media_type=media_type)
            if outcome.data is None or len(outcome.data) > settings.LIMITS.image_bytes:
                raise Refused(f"“{name}” is too large once it is drawn anew.")
            return _accepted(name, media_type, outcome.data, outcome)
        case "PDF":
            outcome = child.look("pdf", data, name=name, media_type=media_type)
            return _accepted(name, media_type, data, outcome)
        case "sound":
            seconds = sounds.seconds(data, media_type)
            if seconds is not None and seconds > settings.LIMITS.sound_seconds:
                hours = settings.LIMITS.sound_seconds // 3600
                raise Refused(f"“{name}” is too long: a sound may have {hours} hours.")
            return Accepted(name, media_type, data, seconds=seconds)
        case _:
            text = kinds.as_text(data) or ""
            if not text.strip():
                raise Refused(f"“{name}” is empty.")
            return Accepted(name, media_type, text.encode())


def _accepted(name: str, media_type: str, data: bytes, outcome: child.Outcome) -> Accepted:
    facts: dict[str, Any] = outcome.facts
    return Accepted(name, media_type, data, outcome.thumbnail, **facts)


def _check_size(data: bytes, name: str, kind: str) -> None:
    limits = settings.LIMITS
    most = {
        "image": limits.image_bytes,
        "PDF": limits.pdf_bytes,
        "sound": limits.sound_bytes,
        "text": limits.text_bytes,
    }[kind]
    if len(data) > most:
        has, may_have = f"{len(data) / MIB:,.1f} MiB", f"{most // MIB} MiB"
        raise Refused(f"“{name}” is too large ({has}): {_article(kind)} may have {may_have}.")


def _article(kind: str) -> str:
    return f"an {kind}" if kind == "image" else f"a {kind}"


def _rate(media_type: str) -> int:
    _, found, rate = media_type.partition("rate=")
    is_number = found and rate.isdigit() and 4_000 <= int(rate) <= 192_000
    return int(rate) if is_number else sounds.PCM_RATE
