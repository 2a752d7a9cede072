"""Images and sounds inside JSON: base64, data URLs, and what kind of sound it is.

The one rule: broken base64 is None, never an exception.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error

from chat.llm.types import MediaPart


def decode_base64(value: str) -> bytes | None:
    """Forgives missing padding and the alphabet of URLs."""
    padded = value.replace("-", "+").replace("_", "/") + "=" * (-len(value) % 4)
    try:
        return b64decode(padded, validate=True)
    except (Base64Error, ValueError):
        return None


def decode_data_url(url: str) -> tuple[str, bytes] | None:
    """Media type and bytes; None for any other address and for broken base64."""
    head, _, body = url.partition(",")
    kind, *parameters = head.split(";")
    if not kind.startswith("data:") or "base64" not in parameters:
        return None
    data = decode_base64(body)
    return None if data is None else (kind[5:] or "application/octet-stream", data)


def encode_base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def media_url(media: MediaPart) -> str:
    """Its address, or a data URL of its bytes."""
    if media.url is not None:
        return media.url
    return f"data:{media.media_type};base64,{encode_base64(media.data or b'')}"


def sound_type(data: bytes) -> str:
    """The answer does not say; the request did. PCM is what a stream is made of."""
    for magic, media_type in _SOUNDS:
        if data.startswith(magic):
            return media_type
    return "audio/pcm"


_SOUNDS = (
    (b"RIFF", "audio/wav"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
)
