"""Whether a file is an image and nothing else: as it is here once it was drawn anew.

The one rule: only the pieces that our own drawing writes may be in it, and nothing behind its end.
Whether they hold a picture at all is for the decoder to say.
"""

from __future__ import annotations

import struct

_PNG = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"acTL", b"fcTL", b"fdAT"}
_WEBP = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"}
_JPEG = {0xC0, 0xC1, 0xC2, 0xC4, 0xDA, 0xDB, 0xDD}
_JFIF = b"JFIF\0"
_LOOP = b"\x0bNETSCAPE2.0"


def is_bare(data: bytes, media_type: str) -> bool:
    readers = {"image/png": _png, "image/webp": _webp, "image/jpeg": _jpeg, "image/gif": _gif}
    try:
        return readers[media_type](data)
    except (struct.error, IndexError, KeyError):
        return False


def _png(data: bytes) -> bool:
    position = 8
    while position < len(data):
        size, kind = struct.unpack_from(">I4s", data, position)
        position += size + 12
        if kind not in _PNG:
            return False
        if kind == b"IEND":
            return bool(position == len(data) and size == 0)
    return False


def _webp(data: bytes) -> bool:
    (size,) = struct.unpack_from("<I", data, 4)
    position = 12
    while position < len(data):
        kind, length = struct.unpack_from("<4sI", data, position)
        position += 8 + length + length % 2
        if kind not in _WEBP:
            return False
    return bool(position == len(data) == size + 8)


def _jpeg(data: bytes) -> bool:
    position = 2
    while True:
        if data[position] != 0xFF:
            return False
        mark = data[position + 1]
        (size,) = struct.unpack_from(">H", data, position + 2)
        if mark == 0xE0:
            # A thumbnail could hang on to it: 16 is its size without one.
            if data[position + 4 : position + 9] != _JFIF or size != 16:
                return False
        elif mark not in _JPEG:
            return False
        position += 2 + size
        if mark == 0xDA:
            position = _after_scan(data, position)
            if data[position + 1] == 0xD9:
                return position + 2 == len(data)


def _after_scan(data: bytes, position: int) -> int:
    """Where the next mark is that is no stuffed byte and no restart."""
    while True:
        position = data.find(b"\xff", position)
        if position < 0:
            raise IndexError
        if data[position + 1] != 0 and not 0xD0 <= data[position + 1] <= 0xD7:
            return position
        position += 2


def _gif(data: bytes) -> bool:
    position = 13 + _colours(data[10])
    while True:
        mark = data[position]
        if mark == 0x3B:
            return position + 1 == len(data)
        if mark == 0x2C:
            position = _after_blocks(data, position + 11 + _colours(data[position + 9]))
        elif mark == 0x21 and data[position + 1] == 0xF9:
            position = _after_blocks(data, position + 2)
        elif data.startswith(b"!\xff" + _LOOP, position):
            if data[position + 14] != 3 or data[position + 18] != 0:
                return False
            position += 19
        else:
            return False


def _colours(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(data: bytes, position: int) -> int:
    while size := data[position]:
        position += size + 1
    return position + 1
