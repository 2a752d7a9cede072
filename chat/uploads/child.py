"""The parent's side of `worker`: at most so many at once, none for longer than it may.

The one rule: whatever becomes of the child, the answer is a result or a sentence.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from django.conf import settings

from chat.uploads.refused import Refused

WORKER = Path(__file__).with_name("worker.py")
STARTING_SECONDS = 15
"""On top of the time of the processor, for a machine that is busy."""
SENTENCES = {
    "too_many_pixels": "“{name}” has too many pixels: an image may have {megapixels} million.",
    "too_many_frames": "“{name}” has too many frames: a moving image may have {frames}.",
    "too_large": "“{name}” takes too much memory to look into.",
    "damaged": "“{name}” is damaged, or not what it says it is.",
    "locked": "“{name}” is locked with a password.",
    "too_many_pages": "“{name}” has too many pages: a PDF may have {pages}.",
    "too_much_text": "“{name}” has too much text: {mebibytes} MiB are the limit.",
    "no_text": "“{name}” has no text in it. It may be pictures of pages.",
    "crashed": "“{name}” could not be looked into: it takes too long, too much memory, or worse.",
    "busy": "Too many files are being looked into. Try “{name}” again in a moment.",
}

MEMORY = Path("/dev/shm")  # noqa: S108 (not for names that somebody could foresee)
MEMORY_TIMES = 2
IMAGE_BYTES = settings.LIMITS.image_bytes

logger = logging.getLogger(__name__)
_slots = threading.BoundedSemaphore(settings.LIMITS.decoders)


@dataclass(frozen=True, slots=True)
class Outcome:
    facts: dict[str, Any]
    data: bytes | None = None
    thumbnail: bytes | None = None


def look(
    task: Literal["image", "pdf", "text"], data: bytes, *, name: str, media_type: str
) -> Outcome:
    """What the worker found and wrote. Blocks; raise `Refused`."""
    limits = settings.LIMITS
    if not _slots.acquire(timeout=limits.decoder_seconds + STARTING_SECONDS):
        raise _refused("busy", name)
    try:
        with tempfile.TemporaryDirectory(prefix="playground-", dir=_folder(data)) as folder:
            paths = {key: Path(folder) / key for key in ("source", "target", "thumbnail")}
            paths["source"].write_bytes(data)
            job = {key: str(path) for key, path in paths.items()} | {
                "task": task,
                "media_type": media_type,
                "pixels": limits.image_pixels,
                "frames": limits.image_frames,
                "thumbnail_pixels": limits.thumbnail_pixels,
                "pages": limits.pdf_pages,
                "text_bytes": limits.text_bytes,
                "memory": limits.decoder_memory,
                "seconds": limits.decoder_seconds,
            }
            facts = _run(job, name)
            if refused := facts.get("refused"):
                raise _refused(refused, name)
            return Outcome(facts, _read(paths["target"]), _read(paths["thumbnail"]))
    finally:
        _slots.release()


def _folder(data: bytes) -> Path | None:
    """A folder that is memory, if the system has one with room: what is looked into is written to
    no disk then."""
    with suppress(OSError):
        is_roomy = shutil.disk_usage(MEMORY).free > MEMORY_TIMES * (len(data) + IMAGE_BYTES)
        if is_roomy and os.access(MEMORY, os.W_OK | os.X_OK):
            return MEMORY
    return None


def _run(job: dict[str, Any], name: str) -> dict[str, Any]:
    try:
        done = subprocess.run(  # noqa: S603 (our own file, and a job made of our own paths)
            [sys.executable, "-I", "-B", str(WORKER)],
            input=json.dumps(job).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd=Path(job["source"]).parent,
            timeout=settings.LIMITS.decoder_seconds + STARTING_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _refused("crashed", name) from None
    if done.returncode != 0:
        logger.warning("a file could not be looked into: the child ended with %s", done.returncode)
        raise _refused("crashed", name)
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


def _refused(code: str, name: str) -> Refused:
    limits = settings.LIMITS
    return Refused(
        SENTENCES[code].format(
            name=name,
            megapixels=limits.image_pixels // 1_000_000,
            frames=limits.image_frames,
            pages=limits.pdf_pages,
            mebibytes=limits.text_bytes // 2**20,
        )
    )


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None
