"""A ZIP that is sent while it is written. No file of it ever lies on the disk.

The one rule: what was written is handed on at once, so that no more than a piece is in memory.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, Any, cast

from chat.exports.files import Export, read

_TIME = datetime(2026, 1, 1)
_READABLE = 0o644 << 16


class _Outlet(io.RawIOBase):
    """What a ZIP is written to: it cannot be gone back in, and forgets what was taken."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


def archive(name: str, text: Iterable[bytes], export: Export) -> Iterator[bytes]:
    """`text` under `name`, and then the files that were met while it was written."""
    outlet = _Outlet()
    with zipfile.ZipFile(cast(IO[bytes], outlet), "w") as target:
        yield from _entry(target, outlet, name=name, pieces=text, kind=zipfile.ZIP_DEFLATED)
        for place, path in export.contents():
            # Images and sound are packed already. One that went meanwhile is left out.
            if path.is_file():
                pieces = read(path)
                yield from _entry(
                    target, outlet, name=place, pieces=pieces, kind=zipfile.ZIP_STORED
                )
    yield outlet.take()


def _entry(
    target: zipfile.ZipFile, outlet: _Outlet, *, name: str, pieces: Iterable[bytes], kind: int
) -> Iterator[bytes]:
    info = zipfile.ZipInfo(name, _TIME.timetuple()[:6])
    info.compress_type = kind
    info.external_attr = _READABLE
    with target.open(info, "w", force_zip64=True) as entry:
        for piece in pieces:
            entry.write(piece)
            if data := outlet.take():
                yield data
