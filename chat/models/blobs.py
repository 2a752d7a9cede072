"""The bytes of files, on disk under the random ids of their rows.

The one rule: no name that a person gave ever becomes a path.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.conf import settings

THUMBNAIL = ".thumbnail"
_NAME = re.compile(r"([0-9a-f]{32})(\.thumbnail)?")


def folder() -> Path:
    return Path(settings.DATA) / "uploads"


def path(id: UUID, suffix: str = "") -> Path:
    return folder() / id.hex[:2] / f"{id.hex}{suffix}"


def write(id: UUID, data: bytes, suffix: str = "") -> None:
    """Whole or not at all."""
    target = path(id, suffix)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    partial.replace(target)


def read(id: UUID, suffix: str = "") -> bytes | None:
    """None where the bytes are gone: a folder that was not restored with its database."""
    try:
        return path(id, suffix).read_bytes()
    except FileNotFoundError:
        return None


def remove(id: UUID) -> None:
    for suffix in ("", THUMBNAIL):
        path(id, suffix).unlink(missing_ok=True)


def stored(*, older_than: float) -> Iterator[UUID]:
    """The ids of what lies there, unless it was written in the last so many seconds: its row may be
    on its way."""
    latest = time.time() - older_than
    for file in folder().glob("??/*"):
        found = _NAME.fullmatch(file.name.removesuffix(".part"))
        if found and file.stat().st_mtime < latest:
            if file.suffix == ".part":
                file.unlink(missing_ok=True)
            else:
                yield UUID(found[1])
