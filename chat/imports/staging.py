"""Where a file waits between being looked into and being imported.

The one rule: one file for each person, under a name that is ours; the next takes its place.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from chat.models import User


class TooLarge(Exception):
    """The file has more bytes than one may have here."""


class OutOfStep(Exception):
    """A piece came that does not continue what is here: another tab, or a lost piece."""


def path(user: User) -> Path:
    return Path(settings.DATA) / "imports" / f"{user.pk}.json"


def put(user: User, piece: bytes, *, offset: int) -> int:
    """Add a piece; offset 0 begins anew. Returns how many bytes are here."""
    target = path(user)
    if offset + len(piece) > settings.LIMITS.import_bytes:
        discard(user)
        raise TooLarge
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if offset == 0:
        target.unlink(missing_ok=True)
    with target.open("ab") as file:
        if file.tell() != offset:
            raise OutOfStep
        file.write(piece)
        return file.tell()


def is_there(user: User) -> bool:
    return path(user).is_file()


def discard(user: User) -> None:
    path(user).unlink(missing_ok=True)
