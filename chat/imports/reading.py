"""The conversations in a file, one after another, however large the file is. No database.

The one rule: of a file no more than one conversation and one piece are in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
from django.conf import settings

from chat.imports.archives import PIECE, Archive
from chat.imports.checking import Checked, check
from chat.imports.unreadable import Unreadable
from chat.llm.json_array import ArrayDecoder

HEAD = 4096
_LIST = re.compile(rb'\{[^[{]*"conversations"\s*:\s*\[')
_BOM = b"\xef\xbb\xbf"


class Reading:
    """One file, from its beginning to its end, once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._size = 1
        self._read = 0
        self.archive: Archive | None = None

    @property
    def fraction(self) -> float:
        """How much of it was read."""
        return min(1.0, self._read / max(1, self._size))

    def conversations(self) -> Iterator[Checked | Unreadable]:
        """What could be read, and for the rest why not."""
        try:
            for pieces in self._texts():
                try:
                    yield from _found(pieces)
                except Unreadable as unreadable:
                    yield unreadable
        except Unreadable as unreadable:
            yield unreadable

    def close(self) -> None:
        if self.archive:
            self.archive.close()

    def _texts(self) -> Iterator[Iterator[bytes]]:
        with self._path.open("rb") as file:
            is_archive = file.read(2) == b"PK"
        if not is_archive:
            self._size = self._path.stat().st_size
            yield self._counted(_pieces(self._path))
            return
        self.archive = archive = Archive(self._path)
        self._size = archive.size
        for entry in archive.texts:
            yield self._counted(archive.pieces(entry))

    def _counted(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self._read += len(piece)
            yield piece


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _found(pieces: Iterator[bytes]) -> Iterator[Checked | Unreadable]:
    for data in _elements(pieces):
        if data is None:
            most = settings.LIMITS.import_conversation // 1024**2
            yield Unreadable(f"One of its conversations is larger than {most} MiB.")
            continue
        try:
            yield check(data)
        except Unreadable as unreadable:
            yield unreadable


def _elements(pieces: Iterator[bytes]) -> Iterator[bytes | None]:
    """Each conversation as bytes; None for one that is too large."""
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= HEAD:
            break
    start = head.removeprefix(_BOM).lstrip()
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("It is not UTF-8, as JSON files are. Save it as UTF-8.")
    if start.startswith(b"{"):
        found = _LIST.match(start[:HEAD])
        if found is None:
            yield _whole(start, pieces)
            return
        _check_head(start[: found.end() - 1])
        start = start[found.end() - 1 :]
    elif not start.startswith(b"["):
        raise Unreadable("This is not a JSON file.")
    decoder = ArrayDecoder(limit=settings.LIMITS.import_conversation, is_skipping=True)
    yield from decoder.feed_all(start)
    for piece in pieces:
        if decoder.is_closed:
            return
        yield from decoder.feed_all(piece)
    if not decoder.is_closed:
        raise Unreadable("The file ends in the middle: it was cut.")


def _whole(start: bytes, pieces: Iterator[bytes]) -> bytes | None:
    """A file that is one conversation."""
    found = bytearray(start)
    for piece in pieces:
        found += piece
        if len(found) > settings.LIMITS.import_conversation:
            return None
    return bytes(found)


def _check_head(head: bytes) -> None:
    try:
        fields = msgspec.json.decode(head + b"[]}")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return
    if fields.get("format") == "playground.conversations" and fields.get("version") != 1:
        raise Unreadable(f"Its version is {fields.get('version')!r}; this server reads version 1.")
