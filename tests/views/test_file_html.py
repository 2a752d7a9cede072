"""Files in the thread, as HTML: names are text, addresses are ours."""

from __future__ import annotations

from typing import Any

from django.test import SimpleTestCase

from chat.file_html import file_html

ID = "0b8f3c9e-5d0a-4c1e-9b1a-0f6a4f3f7c11"
NAME = '"><script>alert(1)</script>.png'


def part(media_type: str, **fields: Any) -> dict[str, Any]:
    known = {"type": "media", "media_type": media_type, "name": NAME, "file": ID, "size": 2048}
    return known | fields


class FileHtmlTests(SimpleTestCase):
    def test_an_image_is_its_thumbnail_and_leads_to_itself(self) -> None:
        html = file_html(part("image/png", width=60, height=40))

        self.assertIn(f'<img src="/files/{ID}/thumbnail/"', html)
        self.assertIn(f'href="/files/{ID}/" target="_blank"', html)
        self.assertIn('width="60" height="40"', html)

    def test_sound_has_a_player_and_the_rest_is_saved(self) -> None:
        self.assertIn(
            f'<audio controls preload="metadata" src="/files/{ID}/">', file_html(part("audio/wav"))
        )
        saved = file_html(part("application/pdf", pages=1))
        self.assertIn(" download=", saved)
        self.assertIn("PDF · 1 page · 2.0\xa0KB", saved)

    def test_a_name_is_text_everywhere(self) -> None:
        for media_type in ("image/png", "audio/wav", "application/pdf", "text/plain"):
            self.assertNotIn("<script>", file_html(part(media_type)))

    def test_what_is_not_stored_says_so(self) -> None:
        lost = {"type": "media", "media_type": "image/png", "name": NAME}

        self.assertIn("is not stored here.", file_html(lost))
        self.assertNotIn("<script>", file_html(lost))
        self.assertIn("image/png, not stored yet", file_html(lost | {"name": None}))
        self.assertIn("It is no image.", file_html(lost | {"refused": "It is no image."}))
