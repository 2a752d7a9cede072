"""What a file is, by its first bytes.

The one rule: what is not recognised is nothing; the name of a file only ever speaks against it.
"""

from __future__ import annotations

import codecs
import re

PDF = "application/pdf"
TEXT = "text/plain"
IMAGES = ("image/png", "image/jpeg", "image/webp", "image/gif")

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", PDF),
    (b"ID3", "audio/mpeg"),
)
_EXTENSIONS = {
    **dict.fromkeys(("png", "jpg", "jpeg", "jpe", "webp", "gif"), "image"),
    **dict.fromkeys(("mp3", "wav", "m4a", "ogg", "oga", "opus", "weba"), "sound"),
    "pdf": "PDF",
}
_LOOKED_AT = 64 * 1024
"""Of a container, where its tracks are named."""
_BINARY = re.compile(r"[\x00-\x06\x0e-\x1a\x1c-\x1f]")


def detect(data: bytes) -> str | None:
    """The media type, or None for what cannot be attached."""
    for magic, media_type in _MAGIC:
        if data.startswith(magic):
            return media_type
    if data.startswith(b"RIFF"):
        return {b"WAVE": "audio/wav", b"WEBP": "image/webp"}.get(data[8:12])
    if data.startswith((b"OggS", b"\x1a\x45\xdf\xa3")) or data[4:8] == b"ftyp":
        return _container(data)
    if _is_mp3_frame(data[:4]):
        return "audio/mpeg"
    return TEXT if as_text(data) is not None else None


def as_text(data: bytes) -> str | None:
    """The text, if it is one: UTF-8, or UTF-16 that says so."""
    is_wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if _BINARY.search(text) else text


def kind_of(media_type: str) -> str:
    """image, sound, PDF or text: as sentences say it."""
    if media_type == PDF:
        return "PDF"
    return {"image": "image", "audio": "sound"}.get(media_type.partition("/")[0], "text")


def claimed_kind(name: str) -> str | None:
    """What the end of the name says it is, where that is one of ours that is not text."""
    return _EXTENSIONS.get(name.rpartition(".")[2].lower()) if "." in name else None


def _container(data: bytes) -> str | None:
    """Containers hold films as well, which cannot be attached."""
    head = data[:_LOOKED_AT]
    if data.startswith(b"OggS"):
        is_sound = b"OpusHead" in head or b"\x01vorbis" in head or b"Speex   " in head
        return "audio/ogg" if is_sound and b"theora" not in head else None
    if data.startswith(b"\x1a\x45\xdf\xa3"):
        is_sound = b"webm" in data[:64] and (b"A_OPUS" in head or b"A_VORBIS" in head)
        return "audio/webm" if is_sound and b"V_" not in head else None
    # The boxes that name the tracks may stand at the end of the file.
    handlers = {data[at.end() + 8 : at.end() + 12] for at in re.finditer(b"hdlr", data)}
    return "audio/mp4" if b"soun" in handlers and b"vide" not in handlers else None


def _is_mp3_frame(head: bytes) -> bool:
    """Sync, layer III, and neither of the forbidden values for bit rate and sampling rate."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    is_layer_3 = head[1] & 0x06 == 0x02 and head[1] & 0x18 != 0x08
    return is_layer_3 and head[2] >> 4 not in (0, 15) and head[2] & 0x0C != 0x0C
