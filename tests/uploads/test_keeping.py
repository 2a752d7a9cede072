"""How long files are kept, and that the disk follows the rows."""

from __future__ import annotations

import os
import time
import uuid
from datetime import timedelta
from unittest import mock

from django.utils import timezone

from chat.models import Conversation, File, blobs
from chat.uploads import accept
from tests.cast import CastCase, conversation_of
from tests.uploads import files

DAY = timedelta(days=1)


class KeepingTests(CastCase):
    def keep(self, conversation: Conversation | None = None) -> File:
        return accept(files.picture(), "a.png").keep(self.alice, conversation)

    def grow_old(self, file: File, age: timedelta) -> None:
        File.objects.filter(pk=file.pk).update(created_at=timezone.now() - age)
        moment = time.time() - age.total_seconds()
        for suffix in ("", blobs.THUMBNAIL):
            os.utime(blobs.path(file.pk, suffix), (moment, moment))

    def test_bytes_lie_under_a_random_name_for_nobody_else_to_read(self) -> None:
        path = blobs.path(self.keep().pk)

        self.assertRegex(str(path.relative_to(blobs.folder())), r"^[0-9a-f]{2}/[0-9a-f]{32}$")
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)

    def test_what_was_never_sent_goes_after_a_day(self) -> None:
        old, young, sent = self.keep(), self.keep(), self.keep(conversation_of(self.alice))
        self.grow_old(old, DAY * 1.01)
        self.grow_old(young, DAY * 0.99)
        self.grow_old(sent, DAY * 9)

        File.purge_unsent()

        self.assertEqual(set(File.objects.values_list("pk", flat=True)), {young.pk, sent.pk})
        self.assertIsNone(blobs.read(old.pk))
        self.assertIsNone(blobs.read(old.pk, blobs.THUMBNAIL))
        self.assertIsNotNone(blobs.read(sent.pk))

    def test_they_go_with_their_conversation(self) -> None:
        conversation = conversation_of(self.alice)
        file, other = self.keep(conversation), self.keep(conversation_of(self.alice))
        self.grow_old(file, DAY)
        self.grow_old(other, DAY)
        conversation.delete_softly()
        long_ago = timezone.now() - 31 * DAY
        Conversation.with_deleted.filter(pk=conversation.pk).update(deleted_at=long_ago)

        Conversation.purge_deleted()
        File.sweep()

        self.assertIsNone(blobs.read(file.pk))
        self.assertIsNotNone(blobs.read(other.pk))

    def test_bytes_whose_row_is_on_its_way_stay(self) -> None:
        id = uuid.uuid4()
        blobs.write(id, b"new")

        File.sweep()

        self.assertEqual(blobs.read(id), b"new")

    def test_without_a_row_there_was_no_file(self) -> None:
        full = OSError(28, "No space left")
        with mock.patch.object(blobs, "write", side_effect=full), self.assertRaises(OSError):
            self.keep()

        self.assertEqual(File.objects.count(), 0)
