"""A ZIP that somebody gives us, read without ever being unpacked.

The one rule: nothing in it becomes a path. Its names are looked at as text, its sizes are believed
neither as they are declared nor before they are counted, and its list of files is measured before
it is read.
"""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from django.conf import settings

from chat.imports.unreadable import Unreadable

MIB = 1024 * 1024
PIECE = 256 * 1024
_CONVERSATIONS = re.compile(r"conversations([-_]\d+)?\.json", re.IGNORECASE)
_BESIDE = {
    *("user.json", "users.json", "projects.json", "memories.json", "message_feedback.json"),
    *("shared_conversations.json", "model_comparisons.json", "group_chats.json", "sora.json"),
}
"""What the archives of others hold besides conversations."""
_HASH = re.compile(r"(?:^|/)files/([0-9a-f]{64})$")
_ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:")
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x06"
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError, OverflowError),
)
"""What `zipfile` raises for damaged, locked and strange archives, by its sources and by fuzzing."""


class Archive:
    def __init__(self, path: Path) -> None:
        """Raise `Unreadable`."""
        _check_list(path)
        try:
            self._zip = zipfile.ZipFile(path)
        except _BROKEN:
            raise Unreadable("This ZIP archive is damaged.") from None
        entries = [entry for entry in self._zip.infolist() if not entry.is_dir()]
        self._check(entries)
        self._room = settings.LIMITS.import_unpacked
        self._by_hash: dict[str, zipfile.ZipInfo] = {}
        self._by_name: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            if found := _HASH.search(entry.filename):
                self._by_hash[found[1]] = entry
            else:
                self._by_name[PurePosixPath(entry.filename).name] = entry
        self._names = sorted(self._by_name)
        self.texts = _texts(entries)
        """Those that hold conversations."""
        if not self.texts:
            raise Unreadable("There is no JSON file in this ZIP archive.")

    @property
    def size(self) -> int:
        """Of all texts, as they say."""
        return sum(entry.file_size for entry in self.texts)

    def pieces(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """Raise `Unreadable`."""
        try:
            with self._zip.open(entry) as file:
                while piece := file.read(PIECE):
                    self._take(len(piece))
                    yield piece
        except _BROKEN:
            name = PurePosixPath(entry.filename).name
            if entry.flag_bits & 1:
                raise Unreadable(f"“{name}” in the archive is locked with a password.") from None
            raise Unreadable(f"“{name}” in the archive is damaged.") from None

    def file(self, *, sha256: str | None, name: str | None) -> tuple[str, bytes] | None:
        """The bytes of a file that goes with a conversation, and what it is called."""
        entry = self._entry(sha256, name)
        if entry is None or entry.file_size > settings.LIMITS.sound_bytes:
            return None
        try:
            return PurePosixPath(entry.filename).name, b"".join(self.pieces(entry))
        except Unreadable:
            return None

    def has(self, *, sha256: str | None, name: str | None) -> bool:
        entry = self._entry(sha256, name)
        return entry is not None and entry.file_size <= settings.LIMITS.sound_bytes

    def close(self) -> None:
        self._zip.close()

    def _entry(self, sha256: str | None, name: str | None) -> zipfile.ZipInfo | None:
        """By its hash as we export, or by the id that the names in another's archive begin with."""
        if sha256 is not None:
            return self._by_hash.get(sha256)
        if not name:
            return None
        if name in self._by_name:
            return self._by_name[name]
        at = bisect_left(self._names, name)
        found = self._names[at] if at < len(self._names) else ""
        is_its = found.startswith((f"{name}-", f"{name}.", f"{name}_"))
        return self._by_name[found] if is_its else None

    def _take(self, size: int) -> None:
        self._room -= size
        if self._room < 0:
            raise _too_large()

    def _check(self, entries: list[zipfile.ZipInfo]) -> None:
        most = settings.LIMITS.import_entries
        if len(entries) > most:
            raise Unreadable(f"This archive has {len(entries):,} files; {most:,} are the limit.")
        for entry in entries:
            parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
            if ".." in parts or _ABSOLUTE.match(entry.filename):
                name = entry.filename[:60]
                raise Unreadable(f"This archive wants a file at “{name}”: it is no export.")
            if stat.S_ISLNK(entry.external_attr >> 16):
                raise Unreadable("This archive has a link in it, where an export has files.")
        if sum(entry.file_size for entry in entries) > settings.LIMITS.import_unpacked:
            raise _too_large()


def _texts(entries: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """What is called conversations; in an archive without one, every JSON file."""
    names = {entry.filename: PurePosixPath(entry.filename).name for entry in entries}
    own = [entry for entry in entries if _CONVERSATIONS.fullmatch(names[entry.filename])]
    return own or [
        entry
        for entry in entries
        if names[entry.filename].lower().endswith(".json")
        and names[entry.filename].lower() not in _BESIDE
        and not names[entry.filename].startswith(".")
        and not _HASH.search(entry.filename)
    ]


def _check_list(path: Path) -> None:
    """The list at the end of an archive is read whole, so its size is looked at first."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 66_000))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise Unreadable("This ZIP archive ends in the middle: it was cut.")
    (listed,) = struct.unpack_from("<I", tail, at + 12)
    at_64 = tail.rfind(_END_64)
    if listed == 0xFFFFFFFF and 0 <= at_64 <= len(tail) - 56:
        (listed,) = struct.unpack_from("<Q", tail, at_64 + 40)
    if listed > settings.LIMITS.import_list:
        raise Unreadable(f"This archive has more than {settings.LIMITS.import_entries:,} files.")


def _too_large() -> Unreadable:
    most = settings.LIMITS.import_unpacked // 1024**3
    return Unreadable(f"This archive unpacks to more than {most} GiB, which is the limit.")
