"""Files of a temporary conversation: on no disk, and gone with it."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from chat.models import File, blobs
from tests.temporary.case import close_all
from tests.temporary.pages import PageCase
from tests.uploads import files


class FileTests(PageCase):
    def upload(self, key: uuid.UUID, data: bytes, name: str) -> Any:
        file = SimpleUploadedFile(name, data)
        fields = {"file": file, "conversation": str(key), "model": "double/parrot"}
        return self.client.post("/files/", fields)

    def test_they_are_taken_shown_and_taken_back_in_memory(self) -> None:
        room = self.open()
        before = list(blobs.stored(older_than=-60))

        taken = self.upload(room.key, files.picture(), "bird.png").json()
        shown = self.client.get(f"/files/{taken['id']}/")
        small = self.client.get(taken["preview"])

        assert shown.headers["Content-Type"] == "image/png"
        assert files.decoded(shown.content).size
        assert small.headers["Content-Type"] == "image/webp"
        assert File.objects.count() == 0
        assert list(blobs.stored(older_than=-60)) == before
        assert self.client.post(f"/files/{taken['id']}/deletion/").status_code == 204
        assert self.client.get(f"/files/{taken['id']}/").status_code == 404

    def test_the_text_of_a_pdf_stays_in_memory_too(self) -> None:
        room = self.open()
        taken = self.upload(room.key, files.pdf("A page about herons"), "birds.pdf").json()

        text = self.client.post(f"/files/{taken['id']}/text/", {"model": "double/parrot"}).json()

        assert text["media_type"] == "text/plain"
        assert b"herons" in self.client.get(f"/files/{text['id']}/").content
        assert File.objects.count() == 0

    def test_for_one_that_is_gone_nothing_is_kept_on_the_disk(self) -> None:
        room = self.open()
        close_all()

        response = self.upload(room.key, files.picture(), "bird.png")

        assert response.status_code == 422
        assert "temporary" in response.json()["error"]
        assert File.objects.count() == 0
