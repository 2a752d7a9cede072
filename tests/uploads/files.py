"""Files for tests, made here and now: good ones, bombs and lies."""

from __future__ import annotations

import io
import struct
import wave
import zlib
from typing import Any

import pypdfium2
from PIL import Image

SCRIPT = b"<script>alert(document.domain)</script>"


def picture(
    form: str = "PNG", size: tuple[int, int] = (60, 40), *, colour: Any = "teal", **options: Any
) -> bytes:
    return encoded(Image.new(options.pop("mode", "RGB"), size, colour), form, **options)


def photo(size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    """A JPEG with EXIF: taken with the camera on its side, at a known place."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Camera of Alice"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0)})
    return encoded(Image.new("RGB", size, "teal"), "JPEG", exif=exif, **options)


def moving(form: str, frames: int) -> bytes:
    """No two frames are alike, so that none is left out."""
    pictures = [Image.new("RGB", (8, 8), (i * 37 % 256, i * 91 % 256, 7)) for i in range(frames)]
    first, *others = pictures
    return encoded(first, form, save_all=True, append_images=others, duration=40, loop=0)


def claiming(width: int, height: int) -> bytes:
    """A small PNG that says it is very large."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes(1024))
    chunks = (chunk(b"IHDR", head), chunk(b"IDAT", body), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def decoded(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def pdf(*texts: str, pages: int = 0) -> bytes:
    """A page for each text, or so many empty ones."""
    if not texts:
        document = pypdfium2.PdfDocument.new()
        for _ in range(pages):
            document.new_page(200, 200)
        buffer = io.BytesIO()
        document.save(buffer)
        return buffer.getvalue()
    count = len(texts)
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for i, text in enumerate(texts):
        stream = f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET"
        objects += [
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * i} 0 R >>",
            f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        ]
    return _written(objects)


def _written(objects: list[str]) -> bytes:
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    end += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + end.encode()


def wav(seconds: float = 0.5) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(int(16000 * seconds)))
    return buffer.getvalue()


def mp4(*handlers: bytes, seconds: int = 3) -> bytes:
    """The boxes that say what is in it, and nothing in it."""
    mvhd = b"mvhd" + bytes(12) + struct.pack(">II", 1000, seconds * 1000)
    tracks = b"".join(b"hdlr" + bytes(8) + handler + bytes(12) for handler in handlers)
    return struct.pack(">I", 16) + b"ftypM4A " + bytes(4) + mvhd + tracks


def webm(codec: bytes) -> bytes:
    return b"\x1a\x45\xdf\xa3" + bytes(8) + b"\x42\x82\x84webm" + bytes(40) + codec + bytes(64)


def ogg(codec: bytes = b"OpusHead", position: int = 96_000) -> bytes:
    first = b"OggS" + bytes(24) + codec + bytes(32)
    return first + b"OggS\x00\x04" + struct.pack("<q", position) + bytes(64)


def mp3() -> bytes:
    return (b"\xff\xfb\x90\x00" + bytes(413)) * 4
