"""Looks into one file, in a process of its own: one job as JSON on stdin, one result on stdout.

The one rule: limits come first. It imports nothing of ours, starts nothing, and whatever a file
does to it ends here.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import Any

FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP", "image/gif": "GIF"}
KEPT = ("transparency", "duration", "loop", "disposal")
"""What a picture needs to look the same. Everything else (EXIF, comments, profiles) goes."""


class Refusal(Exception):
    """`code` is a key of `child.SENTENCES`."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def main() -> None:
    job = json.loads(sys.stdin.read())
    limit(job)
    task = {"image": image, "pdf": pdf, "text": text}[job["task"]]
    try:
        result = task(job)
    except Refusal as refusal:
        result = {"refused": refusal.code}
    except MemoryError:
        result = {"refused": "too_large"}
    print(json.dumps(result))


def limit(job: dict[str, Any]) -> None:
    """Memory, time, no children, no large files, no core."""
    try:
        import resource
    except ImportError:  # Windows has none of it; the parent's timeout remains
        return
    for name, most in (
        ("RLIMIT_AS", job["memory"]),
        ("RLIMIT_CPU", job["seconds"]),
        ("RLIMIT_FSIZE", job["memory"] // 8),
        ("RLIMIT_NPROC", 0),
        ("RLIMIT_CORE", 0),
    ):
        if hasattr(resource, name):
            resource.setrlimit(getattr(resource, name), (most, most))


def image(job: dict[str, Any]) -> dict[str, Any]:
    import warnings

    from PIL import Image, UnidentifiedImageError

    # Asked before anything is decoded: a small file can claim any number of pixels.
    Image.MAX_IMAGE_PIXELS = job["pixels"]
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    form = FORMATS[job["media_type"]]
    try:
        with Image.open(job["source"], formats=[form]) as picture:
            count = getattr(picture, "n_frames", 1) if form != "JPEG" else 1
            if count > job["frames"]:
                raise Refusal("too_many_frames")
            frames = [_clean(picture, number) for number in range(count)]
        first, *others = frames
        options: dict[str, Any] = {"quality": 92} if form in ("JPEG", "WEBP") else {}
        if others:
            options |= {"save_all": True, "append_images": others}
            for name in ("duration", "disposal"):
                values = [frame.info.get(name) for frame in frames]
                if None not in values:
                    options[name] = values
            options["loop"] = first.info.get("loop", 0)
        first.save(job["target"], form, **options)
        _thumbnail(first, job)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refusal("too_many_pixels") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, TypeError):
        # What Pillow raises for broken files, by its own documentation and by fuzzing.
        raise Refusal("damaged") from None
    return {"width": first.width, "height": first.height}


def _clean(picture: Any, number: int) -> Any:
    """One frame as it is seen: turned as EXIF says, in sRGB, and without anything beside it."""
    from PIL import ImageOps

    picture.seek(number)
    picture.load()
    frame = picture.copy()
    # Broken EXIF turns nothing.
    with contextlib.suppress(ValueError, OSError, SyntaxError, TypeError, KeyError):
        frame = ImageOps.exif_transpose(frame)
    frame = _in_srgb(frame)
    if picture.format in ("JPEG", "MPO") and frame.mode not in ("RGB", "L"):
        frame = frame.convert("RGB")
    frame.info = {name: frame.info[name] for name in KEPT if name in frame.info}
    if hasattr(frame, "getexif"):
        frame.getexif().clear()
    return frame


def _in_srgb(frame: Any) -> Any:
    from io import BytesIO

    from PIL import ImageCms

    profile = frame.info.get("icc_profile")
    if not profile or frame.mode not in ("RGB", "CMYK"):
        return frame
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        srgb = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(frame, source, srgb, outputMode="RGB") or frame
    except (ImageCms.PyCMSError, OSError, ValueError):
        return frame  # a broken profile colours nothing


def _thumbnail(frame: Any, job: dict[str, Any]) -> None:
    has_alpha = "A" in frame.mode or "transparency" in frame.info
    small = frame.convert("RGBA" if has_alpha else "RGB")
    small.thumbnail((job["thumbnail_pixels"], job["thumbnail_pixels"]))
    small.info = {}
    small.save(job["thumbnail"], "WEBP", quality=82)


def pdf(job: dict[str, Any]) -> dict[str, Any]:
    return {"pages": len(_open(job))}


def text(job: dict[str, Any]) -> dict[str, Any]:
    """Page by page, to the limit and no further."""
    import pypdfium2

    pieces: list[str] = []
    size = 0
    try:
        for page in _open(job):
            words = page.get_textpage().get_text_bounded()
            pieces.append(words.replace("\r\n", "\n").replace("\0", "").strip())
            page.close()
            size += len(pieces[-1].encode("utf-8", "replace")) + 2
            if size > job["text_bytes"]:
                raise Refusal("too_much_text")
    except pypdfium2.PdfiumError:
        raise Refusal("damaged") from None
    written = "\n\n".join(piece for piece in pieces if piece)
    if not written:
        raise Refusal("no_text")
    Path(job["target"]).write_text(written, encoding="utf-8", errors="replace")
    return {}


def _open(job: dict[str, Any]) -> Any:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(job["source"])
    except pypdfium2.PdfiumError as error:
        is_locked = "password" in str(error).lower()
        raise Refusal("locked" if is_locked else "damaged") from None
    if len(document) > job["pages"]:
        raise Refusal("too_many_pages")
    if not len(document):
        raise Refusal("damaged")
    return document


if __name__ == "__main__":
    main()
