"""Images that are nothing but images, and those that carry something."""

from __future__ import annotations

import io
import unittest
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from chat.uploads import accept
from chat.uploads.bare import is_bare

TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}


def drawn(form: str, **options: Any) -> bytes:
    data = io.BytesIO()
    Image.linear_gradient("L").resize((30, 20)).convert("RGB").save(data, form, **options)
    return data.getvalue()


def moving(form: str) -> bytes:
    data = io.BytesIO()
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "navy", "white")]
    frames[0].save(data, form, save_all=True, append_images=frames[1:], duration=90, loop=0)
    return data.getvalue()


class BareTests(unittest.TestCase):
    def test_what_was_drawn_here_is_bare(self) -> None:
        images = [(form, drawn(form)) for form in TYPES]
        images += [(form, moving(form)) for form in ("PNG", "WEBP", "GIF")]
        images.append(("JPEG", drawn("JPEG", progressive=True)))
        for form, data in images:
            with self.subTest(form):
                kept = accept(data, f"x.{form.lower()}")
                self.assertTrue(is_bare(kept.data, TYPES[form]))

    def test_what_hangs_on_behind_the_end_is_seen(self) -> None:
        for form, media_type in TYPES.items():
            with self.subTest(form):
                self.assertFalse(is_bare(drawn(form) + b"<script>", media_type))
                self.assertFalse(is_bare(drawn(form)[:-4], media_type))

    def test_what_is_said_about_a_picture_is_seen(self) -> None:
        exif = Image.Exif()
        exif[0x010E] = "where it was taken"
        note = PngInfo()
        note.add_text("Comment", "<script>")
        for form, data in (
            ("JPEG", drawn("JPEG", exif=exif)),
            ("JPEG", drawn("JPEG", comment=b"<script>")),
            ("WEBP", drawn("WEBP", exif=exif)),
            ("PNG", drawn("PNG", pnginfo=note)),
            ("GIF", drawn("GIF", comment=b"<script>")),
        ):
            with self.subTest(form):
                self.assertFalse(is_bare(data, TYPES[form]))

    def test_odd_bytes_are_not_bare(self) -> None:
        for media_type in TYPES.values():
            for data in (b"", b"\xff\xd8\xff", bytes(40), b"\xff" * 40):
                self.assertFalse(is_bare(data, media_type))
        self.assertFalse(is_bare(drawn("PNG"), "image/svg+xml"))
