"""The conversations in a file, one after another, however large the file is. No database.

The one rule: of a file no more than one conversation and one piece are in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from chat.imports.checking import Checked, Unreadable, check
from chat.llm.errors import Garbled
from chat.llm.json_array import ArrayDecoder

PIECE = 256 * 1024
HEAD = 4096
WHOLE = 16 * 1024 * 1024
"""A file that is one object is read at once, and may be so large."""
_LIST = re.compile(rb'"conversations"\s*:\s*\[')


def conversations(path: Path) -> Iterator[Checked | Unreadable]:
    """What could be read, and for the rest why not."""
    try:
        for data in _elements(path):
            try:
                yield check(data)
            except Unreadable as unreadable:
                yield unreadable
    except Unreadable as unreadable:
        yield unreadable


def _elements(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        head = file.read(HEAD).removeprefix(b"\xef\xbb\xbf")
        start = head.lstrip()
        if start.startswith(b"PK"):
            raise Unreadable("This is a ZIP archive. Unpack it, and give the JSON file inside.")
        if start.startswith(b"{"):
            found = _LIST.search(start)
            if found is None:
                yield start + file.read(WHOLE)
                return
            _check_head(start[: found.end() - 1])
            start = start[found.end() - 1 :]
        elif not start.startswith(b"["):
            raise Unreadable("This is not a JSON file.")
        decoder = ArrayDecoder()
        try:
            yield from decoder.feed(start)
            while not decoder.is_closed and (piece := file.read(PIECE)):
                yield from decoder.feed(piece)
        except Garbled:
            raise Unreadable("One of its conversations is larger than 16 MiB.") from None
        if not decoder.is_closed:
            raise Unreadable("The file ends in the middle: it was cut.")


def _check_head(head: bytes) -> None:
    try:
        fields = msgspec.json.decode(head + b"[]}" if head.endswith(b":") else head + b"null}")
    except msgspec.DecodeError:
        return
    if fields.get("format") == "playground.conversations" and fields.get("version") != 1:
        raise Unreadable(f"Its version is {fields.get('version')!r}; this server reads version 1.")
