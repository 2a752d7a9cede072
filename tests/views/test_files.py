"""Files over HTTP: uploaded, shown, saved, taken back; and to nobody else."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client, override_settings

from chat.models import File, blobs
from chat.uploads import accept
from tests.cast import PARROT, CastCase, conversation_of
from tests.uploads import files


class FilesCase(CastCase):
    def upload(self, data: bytes, name: str = "a.png", **fields: Any) -> Any:
        return self.client.post("/files/", {"file": SimpleUploadedFile(name, data), **fields})

    def uploaded(self, data: bytes, name: str) -> File:
        return File.objects.get(pk=self.upload(data, name).json()["id"])

    def sent(self, data: bytes, name: str) -> File:
        return accept(data, name).keep(self.alice, conversation_of(self.alice))


@override_settings(ENDPOINTS=[PARROT])
class UploadTests(FilesCase):
    def test_it_answers_what_it_made_of_the_file(self) -> None:
        response = self.upload(files.picture("PNG", (60, 40)), "heron.png", model="double/parrot")

        file = File.objects.get()
        self.assertEqual(response.status_code, 201)
        sentence = "Not known whether parrot takes images."
        self.assertEqual(
            response.json(),
            {
                "id": str(file.pk),
                "name": "heron.png",
                "media_type": "image/png",
                "size": file.size,
                "preview": f"/files/{file.pk}/thumbnail/",
                "warning": {"sentence": sentence, "is_refusal": False},
            },
        )
        self.assertEqual((file.user, file.conversation), (self.alice, None))
        self.assertEqual((file.width, file.height), (60, 40))

    def test_the_type_is_that_of_the_bytes_whatever_was_declared(self) -> None:
        given = SimpleUploadedFile("a.png", files.picture("JPEG"), content_type="text/html")

        response = self.client.post("/files/", {"file": given})

        self.assertEqual(response.json()["media_type"], "image/jpeg")

    def test_a_refusal_is_a_sentence_and_leaves_nothing(self) -> None:
        response = self.upload(b"<html>" + files.SCRIPT, "a.png")

        self.assertEqual(response.status_code, 422)
        self.assertIn("“a.png” is not what its name says", response.json()["error"])
        self.assertEqual(File.objects.count(), 0)

    def test_one_file_at_a_time(self) -> None:
        two = [SimpleUploadedFile("a.txt", b"a"), SimpleUploadedFile("b.txt", b"b")]

        for given in ({}, {"file": two}, {"file": "no file"}):
            self.assertEqual(self.client.post("/files/", given).status_code, 422)

    def test_odd_names_are_text(self) -> None:
        for name in ("../../x.txt", "a\u202etxt.exe", ".htaccess", "con", "🐦" * 200, "<b>.txt"):
            file = self.uploaded(b"words", name)

            response = self.client.get(f"/files/{file.pk}/")

            disposition = response.headers["Content-Disposition"]
            self.assertTrue(disposition.startswith("attachment"), disposition)
            self.assertNotRegex(file.name, r"[/\\\u202e]")
            self.assertRegex(disposition, r'^attachment; filename(\*=utf-8\'\'[^;"]+|="[^/\\]+")$')

    def test_a_thousand_files_of_one_name_are_not_hoarded(self) -> None:
        limits = replace(settings.LIMITS, files_unsent=2)
        with override_settings(LIMITS=limits):
            codes = [self.upload(b"words", "a.txt").status_code for _ in range(3)]

        self.assertEqual(codes, [201, 201, 422])

    def test_a_file_can_be_taken_back_until_it_is_sent(self) -> None:
        new, sent = self.uploaded(b"words", "a.txt"), self.sent(b"words", "b.txt")

        codes = [self.client.post(f"/files/{f.pk}/deletion/").status_code for f in (new, sent)]

        self.assertEqual(codes, [204, 404])
        self.assertIsNone(blobs.read(new.pk))
        self.assertIsNotNone(blobs.read(sent.pk))

    def test_the_text_of_a_pdf_becomes_a_file(self) -> None:
        paper = self.uploaded(files.pdf("The heron waits."), "paper.pdf")

        response = self.client.post(f"/files/{paper.pk}/text/")
        again = self.client.post(f"/files/{response.json()['id']}/text/")

        self.assertEqual(response.json()["name"], "paper.pdf.txt")
        self.assertEqual(blobs.read(uuid.UUID(response.json()["id"])), b"The heron waits.")
        self.assertEqual(again.status_code, 404)

    def test_the_rules_say_what_the_model_takes(self) -> None:
        response = self.client.get("/files/rules/?model=double/parrot")

        self.assertEqual(set(response.json()["cautions"]), {"image", "sound", "PDF"})
        self.assertRegex(response.json()["ticket"], r"^[0-9a-f]{64}$")


class ServingTests(FilesCase):
    def assert_harmless(self, response: HttpResponse) -> None:
        headers = response.headers
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(headers["Cache-Control"], "private, no-store")
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(headers["Cross-Origin-Resource-Policy"], "same-origin")
        self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
        self.assertTrue(headers["Content-Security-Policy"].endswith("; sandbox"))
        self.assertNotIn("script-src", headers["Content-Security-Policy"])

    def test_images_and_sound_are_shown_and_everything_else_is_saved(self) -> None:
        expected = {
            ("a.png", files.picture()): ("image/png", "inline"),
            ("a.wav", files.wav()): ("audio/wav", "inline"),
            ("a.pdf", files.pdf("x")): ("application/pdf", "attachment"),
            ("a.svg", b"<svg>" + files.SCRIPT): ("text/plain; charset=utf-8", "attachment"),
            ("a.html", b"<html>" + files.SCRIPT): ("text/plain; charset=utf-8", "attachment"),
        }
        for (name, data), (content_type, disposition) in expected.items():
            file = self.sent(data, name)

            response = self.client.get(f"/files/{file.pk}/")

            self.assertEqual(response.headers["Content-Type"], content_type)
            self.assertEqual(
                response.headers["Content-Disposition"], f'{disposition}; filename="{name}"'
            )
            self.assert_harmless(response)

    def test_a_thumbnail_is_of_images_only(self) -> None:
        picture, words = self.sent(files.picture(), "a.png"), self.sent(b"words", "a.txt")

        shown = self.client.get(f"/files/{picture.pk}/thumbnail/")

        self.assertEqual(files.decoded(shown.content).format, "WEBP")
        self.assert_harmless(shown)
        self.assertEqual(self.client.get(f"/files/{words.pk}/thumbnail/").status_code, 404)

    def test_a_player_gets_the_piece_that_it_asks_for(self) -> None:
        data = files.wav()
        path = f"/files/{self.sent(data, 'a.wav').pk}/"
        size = len(data)
        expected = {
            "bytes=0-99": (206, data[:100], f"bytes 0-99/{size}"),
            "bytes=100-": (206, data[100:], f"bytes 100-{size - 1}/{size}"),
            "bytes=-10": (206, data[-10:], f"bytes {size - 10}-{size - 1}/{size}"),
            f"bytes=10-{size * 9}": (206, data[10:], f"bytes 10-{size - 1}/{size}"),
            f"bytes={size}-": (416, b"", f"bytes */{size}"),
            "bytes=0-1,5-6": (200, data, None),
            "bytes=-": (200, data, None),
            "lines=1-2": (200, data, None),
        }
        for asked, (status, content, place) in expected.items():
            response = self.client.get(path, headers={"Range": asked})

            self.assertEqual(response.status_code, status, asked)
            self.assertEqual(response.content, content)
            self.assertEqual(response.headers.get("Content-Range"), place)

    def test_it_goes_with_its_conversation(self) -> None:
        file = self.sent(files.picture(), "a.png")
        assert file.conversation is not None
        file.conversation.delete_softly()

        for path in (f"/files/{file.pk}/", f"/files/{file.pk}/thumbnail/"):
            self.assertEqual(self.client.get(path).status_code, 404)

    def test_bytes_that_are_gone_are_not_there(self) -> None:
        file = self.sent(files.picture(), "a.png")
        blobs.remove(file.pk)

        self.assertEqual(self.client.get(f"/files/{file.pk}/").status_code, 404)

    def test_it_hides_from_strangers(self) -> None:
        new = self.uploaded(files.pdf("secret"), "new.pdf")
        sent = self.sent(files.picture(), "sent.png")

        for file in (new, sent):
            self.assert_hidden("get", f"/files/{file.pk}/")
            self.assert_hidden("get", f"/files/{file.pk}/thumbnail/")
        self.assert_hidden("post", f"/files/{new.pk}/text/")
        self.assert_hidden("post", f"/files/{new.pk}/deletion/")
        for path in ("/files/", "/files/rules/"):
            self.assertEqual(Client().post(path).status_code, 302)
