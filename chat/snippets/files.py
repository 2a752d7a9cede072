"""Files in a request: a program reads them from where it runs, because their bytes would bury it.

The one rule: every file has a name of its own, and no name leads out of the folder.
"""

from __future__ import annotations

import mimetypes
import secrets
from dataclasses import replace
from pathlib import PurePosixPath, PureWindowsPath

from chat.llm.media import encode_base64
from chat.llm.types import MediaPart, Message, Part

MARK_BYTES = 24
"""A multiple of three, so that its base64 has no padding; too many to be guessed by a text."""


def marked(messages: tuple[Message, ...]) -> tuple[tuple[Message, ...], dict[str, str]]:
    """The messages with a mark for the bytes of each file, and the name by the mark's base64."""
    names: dict[str, str] = {}
    marks: dict[tuple[str, bytes | None], bytes] = {}

    def mark(part: Part) -> Part:
        if not isinstance(part, MediaPart) or part.url is not None:
            return part
        name = _plain(part)
        if (name, part.data) not in marks:
            marks[name, part.data] = secrets.token_bytes(MARK_BYTES)
            text = encode_base64(marks[name, part.data])
            names[text] = _free(name, taken=set(names.values()))
        return replace(part, data=marks[name, part.data])

    found = tuple(
        replace(message, parts=tuple(mark(part) for part in message.parts)) for message in messages
    )
    return found, names


def _plain(part: MediaPart) -> str:
    name = PureWindowsPath(PurePosixPath(part.name or "").name).name
    name = "".join(letter for letter in name if letter.isprintable())
    if name.strip("."):
        return name
    return "file" + (mimetypes.guess_extension(part.media_type) or "")


def _free(name: str, *, taken: set[str]) -> str:
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    number = 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}{dot}{ending}"
    return name
