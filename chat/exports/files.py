"""The files that go with an export: beside it in an archive, or inside a page.

The one rule: a name in an archive is made here, of a hash and of letters, digits, dots and dashes;
whatever a file was called, it lands in the folder `files` and nowhere else.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from chat.models import User, blobs

FOLDER = "files/"
MIB = 1024 * 1024
IMAGE_BYTES = 4 * MIB
"""The largest image that stands in a page."""
PAGE_BYTES = 48 * MIB
"""All images of a page together: browsers read it whole."""
_PIECE = 256 * 1024
_ODD = re.compile(r"[^A-Za-z0-9._-]+")

Place = Callable[[dict[str, Any]], str]


@dataclass(slots=True)
class Export:
    """One export as it goes: who takes it away, and which files were met. `place` names a file in
    the archive; None where there is none."""

    user: User
    place: Place | None = None
    found: dict[str, UUID] = field(default_factory=dict)
    room: int = PAGE_BYTES

    def add(self, part: dict[str, Any]) -> str | None:
        """Its name in the archive, if its bytes go there."""
        if self.place is None or "file" not in part or not blobs.path(UUID(part["file"])).is_file():
            return None
        name = self.place(part)
        self.found.setdefault(name, UUID(part["file"]))
        return name

    def inline(self, part: dict[str, Any]) -> str | None:
        """The bytes of an image as an address, while there is room for them in the page."""
        is_image = part["media_type"].startswith("image/")
        if not is_image or "file" not in part or part["size"] > min(IMAGE_BYTES, self.room):
            return None
        data = blobs.read(UUID(part["file"]))
        if data is None:
            return None
        self.room -= len(data)
        return f"data:{part['media_type']};base64,{base64.b64encode(data).decode()}"

    def contents(self) -> Iterator[tuple[str, Path]]:
        yield from ((name, blobs.path(id)) for name, id in self.found.items())


def by_hash(part: dict[str, Any]) -> str:
    return f"{FOLDER}{part['sha256']}"


def by_name(part: dict[str, Any]) -> str:
    """For people: the name that it had, as far as every system takes it."""
    name = _ODD.sub("-", part.get("name") or "file").strip("-.")[-80:]
    return f"{FOLDER}{part['sha256'][:12]}-{name or 'file'}"


def read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
