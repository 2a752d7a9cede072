"""The page: a file is looked into, then taken; whoever else looks sees nothing of it."""

from __future__ import annotations

import dataclasses
import os
import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from chat.imports import staging
from chat.models import Conversation, User
from tests.cast import CastCase
from tests.imports.case import conversation, document

OCTETS = "application/octet-stream"


class PageTests(CastCase):
    def setUp(self) -> None:
        super().setUp()
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.enterContext(override_settings(DATA=Path(folder)))

    def send(self, text: str, user: User | None = None) -> None:
        client = self.as_user(user or self.alice)
        data, half = text.encode(), len(text.encode()) // 2
        for offset, piece in ((0, data[:half]), (half, data[half:])):
            response = client.post(f"/imports/pieces/?offset={offset}", piece, content_type=OCTETS)
            self.assertEqual(response.json(), {"size": offset + len(piece)})

    def test_a_file_in_pieces_is_looked_into_and_then_taken(self) -> None:
        self.send(document(conversation(), {"id": "odd", "title": "Odd"}))

        looked = self.client.post("/imports/", follow=True)
        self.assertContains(looked, "1 new, 0 already here, 1 unreadable.")
        self.assertContains(looked, "“Odd”: it is of no kind that is known here")
        self.assertEqual(Conversation.objects.count(), 0)
        taken = self.client.post("/imports/confirmation/", follow=True)

        self.assertContains(taken, "Imported. 1 new, 0 already here, 1 unreadable.")
        self.assertEqual(self.alice.conversations.count(), 1)
        self.assertFalse(staging.is_there(self.alice))

    def test_without_scripts_a_small_file_comes_in_the_form(self) -> None:
        file = SimpleUploadedFile("mine.json", document(conversation()).encode())

        response = self.client.post("/imports/", {"file": file}, follow=True)

        self.assertContains(response, "1 new, 0 already here.")

    def test_cancelling_keeps_nothing(self) -> None:
        self.send(document(conversation()))

        self.client.post("/imports/cancellation/")

        self.assertRedirects(self.client.post("/imports/confirmation/"), "/data/")
        self.assertEqual(Conversation.objects.count(), 0)

    def test_what_nobody_came_back_for_goes(self) -> None:
        self.send(document(conversation()))
        self.assertEqual(staging.sweep(), 0)
        old = time.time() - settings.LIMITS.import_kept - 60
        os.utime(staging.path(self.alice), (old, old))

        self.assertEqual(staging.sweep(), 1)
        self.assertFalse(staging.is_there(self.alice))

    def test_pieces_that_do_not_follow_are_refused(self) -> None:
        self.send(document(conversation()))
        for offset in ("7", "x", "", "-"):
            path = f"/imports/pieces/?offset={offset}"

            response = self.client.post(path, b"piece", content_type=OCTETS)

            self.assertEqual(response.status_code, 422)

    def test_a_file_has_an_end(self) -> None:
        limits = dataclasses.replace(settings.LIMITS, import_bytes=10)
        with self.settings(LIMITS=limits):
            response = self.client.post("/imports/pieces/?offset=0", b"x" * 11, content_type=OCTETS)

        self.assertEqual(response.status_code, 422)
        self.assertFalse(staging.is_there(self.alice))

    def test_it_hides_from_strangers(self) -> None:
        self.send(document(conversation()))
        bob = self.as_user(self.bob)

        self.assertContains(bob.post("/imports/"), "Choose a file first.")
        self.assertRedirects(bob.post("/imports/confirmation/"), "/data/")
        self.assertEqual(Conversation.objects.count(), 0)
        for path in ("/imports/", "/imports/pieces/", "/imports/confirmation/"):
            self.assertEqual(Client().post(path).status_code, 302)
        self.assertEqual(Client().get("/data/").status_code, 302)
