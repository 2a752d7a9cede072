"""What a file is, by its bytes, and what its name may say about it."""

from __future__ import annotations

from django.test import SimpleTestCase

from chat.uploads import Refused, accept, names
from chat.uploads.kinds import detect
from tests.uploads import files


class DetectionTests(SimpleTestCase):
    def test_it_knows_what_can_be_attached_by_the_first_bytes(self) -> None:
        expected = {
            "image/png": files.picture("PNG"),
            "image/jpeg": files.picture("JPEG"),
            "image/webp": files.picture("WEBP"),
            "image/gif": files.picture("GIF"),
            "application/pdf": files.pdf(pages=1),
            "audio/wav": files.wav(),
            "audio/mpeg": files.mp3(),
            "audio/mp4": files.mp4(b"soun"),
            "audio/ogg": files.ogg(),
            "audio/webm": files.webm(b"A_OPUS"),
            "text/plain": "# Notes\n\tünï\n".encode(),
        }

        self.assertEqual({detect(data): data for data in expected.values()}, expected)

    def test_it_knows_nothing_else(self) -> None:
        others = {
            "flash": b"CWS\x0a\x00\x00\x00\x00",
            "archive": b"PK\x03\x04\x14\x00\x00\x00",
            "program": b"\x7fELF\x02\x01\x01\x00",
            "icon": b"\x00\x00\x01\x00\x01\x00",
            "tiff": b"II*\x00\x08\x00\x00\x00",
            "film in mp4": files.mp4(b"soun", b"vide"),
            "film in webm": files.webm(b"V_VP9 A_OPUS"),
            "film in ogg": files.ogg(b"OpusHead \x80theora"),
            "aac without a container": b"\xff\xf1\x50\x80\x00\x1f\xfc",
            "latin-1": "café".encode("latin-1"),
            "with a NUL": b"a\0b",
        }

        self.assertEqual({name: detect(data) for name, data in others.items() if detect(data)}, {})

    def test_wide_text_is_kept_as_utf_8(self) -> None:
        accepted = accept("Grüße".encode("utf-16"), "hello.txt")

        self.assertEqual(accepted.data, "Grüße".encode())


class LieTests(SimpleTestCase):
    def test_a_name_may_not_promise_another_kind(self) -> None:
        lies = {
            "photo.png": b"<html>" + files.SCRIPT,
            "song.mp3": files.picture("PNG"),
            "paper.pdf": b"just words",
            "photo.JPG": files.pdf(pages=1),
        }
        for name, data in lies.items():
            with self.assertRaises(Refused) as caught:
                accept(data, name)
            self.assertIn("is not what its name says", caught.exception.message)

    def test_markup_is_text_and_nothing_more(self) -> None:
        for name in ("page.html", "drawing.svg", "feed.xml", "script.js"):
            accepted = accept(b"<svg xmlns='http://www.w3.org/2000/svg'>" + files.SCRIPT, name)

            self.assertEqual(accepted.media_type, "text/plain")

    def test_every_refusal_names_the_file_and_is_a_sentence(self) -> None:
        for data in (b"", b"  \n", b"PK\x03\x04\0", b"x" * (2**20 + 1)):
            with self.assertRaises(Refused) as caught:
                accept(data, "the file")
            self.assertIn("“the file”", caught.exception.message)
            self.assertTrue(caught.exception.message.endswith("."))

    def test_sound_has_a_length_where_it_says_so(self) -> None:
        self.assertEqual(accept(files.wav(0.5), "a.wav").seconds, 0.5)
        self.assertEqual(accept(files.mp4(b"soun", seconds=3), "a.m4a").seconds, 3)
        self.assertEqual(accept(files.ogg(position=96_000), "a.ogg").seconds, 2)
        self.assertIsNone(accept(files.webm(b"A_OPUS"), "a.webm").seconds)

    def test_more_than_two_hours_of_sound_are_refused(self) -> None:
        with self.assertRaisesMessage(Refused, "“a.m4a” is too long: a sound may have 2 hours."):
            accept(files.mp4(b"soun", seconds=7201), "a.m4a")


class NameTests(SimpleTestCase):
    def test_a_name_is_the_last_piece_without_what_cannot_be_seen(self) -> None:
        odd = {
            "../../etc/passwd": "passwd",
            "C:\\Users\\alice\\a.txt": "a.txt",
            "/absolute.txt": "absolute.txt",
            "photo\u202egnp.exe": "photognp.exe",
            "a\r\nSet-Cookie: x.txt": "aSet-Cookie: x.txt",
            "a\0b.txt": "a\ufffdb.txt",
            "\ud800.txt": "\ufffd.txt",
            ".htaccess": ".htaccess",
            "con": "con",
            "…🐦.txt": "…🐦.txt",
            "..": "file",
            "": "file",
        }

        self.assertEqual({name: names.clean(name) for name in odd}, odd)

    def test_a_long_name_keeps_its_ending(self) -> None:
        name = names.clean("a" * 300 + ".txt")

        self.assertEqual(len(name), 150)
        self.assertTrue(name.endswith("a….txt"))
