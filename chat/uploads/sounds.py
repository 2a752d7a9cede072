"""How long a sound is, as far as its container says so in a place that is easily found.

The one rule: what is odd is unknown (None), never an error; nothing is decoded.
"""

from __future__ import annotations

import struct

PCM_RATE = 24_000
"""What providers stream, where they do not say otherwise: 16 bit, one channel."""
_MP3_KBITS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_MP3_KBITS_LOW = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)


def seconds(data: bytes, media_type: str) -> float | None:
    measure = {
        "audio/wav": _wav,
        "audio/mp4": _mp4,
        "audio/ogg": _ogg,
        "audio/mpeg": _mp3,
    }.get(media_type)
    try:
        found = measure(data) if measure else None
    except (struct.error, ZeroDivisionError, IndexError):
        return None
    return None if found is None else round(found, 1)


def wav_of_pcm(data: bytes, rate: int = PCM_RATE) -> bytes:
    """Samples with a header in front, so that a browser can play them."""
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 1,
                       rate, rate * 2, 2, 16)  # fmt: skip
    return head + struct.pack("<4sI", b"data", len(data)) + data


def _wav(data: bytes) -> float | None:
    at, rate = 12, 0
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        if name == b"fmt ":
            (rate,) = struct.unpack_from("<I", data, at + 16)
        if name == b"data":
            return float(min(size, len(data) - at - 8) / rate)
        at += 8 + size + size % 2
    return None


def _mp4(data: bytes) -> float | None:
    at = data.find(b"mvhd")
    if at < 0:
        return None
    if data[at + 4] == 1:
        scale, duration = struct.unpack_from(">IQ", data, at + 24)
    else:
        scale, duration = struct.unpack_from(">II", data, at + 16)
    return float(duration / scale)


def _ogg(data: bytes) -> float | None:
    last = data.rfind(b"OggS")
    (position,) = struct.unpack_from("<q", data, last + 6)
    vorbis = data.find(b"\x01vorbis", 0, 1024)
    rate = struct.unpack_from("<I", data, vorbis + 12)[0] if vorbis >= 0 else 48_000
    return float(position / rate) if position >= 0 else None


def _mp3(data: bytes) -> float | None:
    """By the bit rate of its first frame: for a variable one this is a guess, so it is unknown."""
    at = 0
    if data.startswith(b"ID3"):
        a, b, c, d = data[6:10]
        at = 10 + (a << 21 | b << 14 | c << 7 | d)
    if data[at] != 0xFF or b"Xing" in data[at : at + 64] or b"VBRI" in data[at : at + 64]:
        return None
    is_first = data[at + 1] & 0x18 == 0x18
    kbits = (_MP3_KBITS if is_first else _MP3_KBITS_LOW)[data[at + 2] >> 4]
    return (len(data) - at) * 8 / (kbits * 1000)
