"""Where a file waits between being looked into and being imported, and what became of that so far.

The one rule: one file for each person, under a name that is ours; the next takes its place.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from django.conf import settings

from chat.imports.report import Report
from chat.models import User

LOOKED, TAKING, TAKEN = "looked", "taking", "taken"


class TooLarge(Exception):
    """The file has more bytes than one may have here."""


class OutOfStep(Exception):
    """A piece came that does not continue what is here: another tab, or a lost piece."""


def _folder() -> Path:
    return Path(settings.DATA) / "imports"


def path(user: User) -> Path:
    return _folder() / f"{user.pk}.data"


def put(user: User, piece: bytes, *, offset: int) -> int:
    """Add a piece; offset 0 begins anew. Returns how many bytes are here."""
    target = path(user)
    if offset + len(piece) > settings.LIMITS.import_bytes:
        discard(user)
        raise TooLarge
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if offset == 0:
        discard(user)
    with target.open("ab") as file:
        if file.tell() != offset:
            raise OutOfStep
        file.write(piece)
        return file.tell()


def is_there(user: User) -> bool:
    return path(user).is_file()


def note(user: User, stage: str, report: Report) -> None:
    """How far it has come."""
    target = _note(user)
    partial = target.with_suffix(".part")
    partial.write_text(json.dumps({"stage": stage, "report": report.to_json()}), encoding="utf-8")
    partial.replace(target)


def noted(user: User) -> tuple[str, Report] | None:
    try:
        found: dict[str, Any] = json.loads(_note(user).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found["stage"], Report.from_json(found["report"])


def finish(user: User, report: Report) -> None:
    """The file is not needed any more; what became of it is shown once."""
    note(user, TAKEN, report)
    path(user).unlink(missing_ok=True)


def discard(user: User) -> None:
    path(user).unlink(missing_ok=True)
    _note(user).unlink(missing_ok=True)


def sweep() -> int:
    """Remove what nobody came back for. Returns how many."""
    latest = time.time() - settings.LIMITS.import_kept
    old = [file for file in _folder().glob("*") if file.stat().st_mtime < latest]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def _note(user: User) -> Path:
    return _folder() / f"{user.pk}.json"
