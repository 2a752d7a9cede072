"""Archives that are damaged, or that lie: each gets a sentence, and nothing of them is kept."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import stat
import struct
import zipfile
from typing import Any

from django.conf import settings

from chat.models import Conversation, File, blobs
from tests.imports.case import ImportCase, conversation, document
from tests.imports.samples import png

SYMLINK = (stat.S_IFLNK | 0o777) << 16


def archive(*files: tuple[str, str | bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", kind) as target:
        for name, content in files:
            target.writestr(name, content)
    return data.getvalue()


class ArchiveTests(ImportCase):
    def refused(self, data: bytes) -> str:
        report = self.take(data)
        self.assertEqual((report.new, report.unreadable), (0, 1))
        self.assertEqual(Conversation.with_deleted.count(), 0)
        self.assertEqual(sorted(self.folder.rglob("*")), sorted(self.folder.glob("*.json")))
        return report.reasons[0][1]

    def limited(self, **limits: Any) -> None:
        changed = dataclasses.replace(settings.LIMITS, **limits)
        self.enterContext(self.settings(LIMITS=changed))

    def test_conversations_may_lie_in_a_folder_or_in_numbered_files(self) -> None:
        data = archive(
            ("export/conversations-000.json", json.dumps([conversation()])),
            ("export/conversations-001.json", document(conversation())),
            ("export/other.json", "not looked at"),
        )

        report = self.take(data)

        self.assertEqual((report.new, report.unreadable), (2, 0))

    def test_names_that_lead_out_are_refused(self) -> None:
        for name in ("../x.json", "a/../../x.json", "/etc/x.json", "C:\\x.json", "..\\x.json"):
            with self.subTest(name):
                self.assertIn("it is no export", self.refused(archive((name, "[]"))))

    def test_links_are_refused(self) -> None:
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as target:
            link = zipfile.ZipInfo("conversations.json")
            link.external_attr = SYMLINK
            target.writestr(link, "/etc/passwd")

        self.assertIn("has a link in it", self.refused(data.getvalue()))

    def test_many_files_are_refused_before_they_are_listed(self) -> None:
        files = [(f"{number}.json", "[]") for number in range(10_000)]
        self.limited(import_entries=9_999)
        self.assertIn("10,000 files", self.refused(archive(*files, kind=zipfile.ZIP_STORED)))

        self.limited(import_list=10_000)
        self.assertIn("more than", self.refused(archive(*files, kind=zipfile.ZIP_STORED)))

    def test_what_unpacks_to_too_much_is_refused_by_what_it_says(self) -> None:
        data = bytearray(archive(("conversations.json", document(conversation()))))
        at = data.rindex(b"PK\x01\x02")
        struct.pack_into("<I", data, at + 24, 0xFFFFFFF0)
        self.limited(import_unpacked=2**31)

        self.assertIn("unpacks to more than 2 GiB", self.refused(bytes(data)))

    def test_what_unpacks_to_too_much_is_refused_by_what_it_does(self) -> None:
        self.limited(import_unpacked=2**20)
        zeros = b"[" + b" " * 2**21
        data = bytearray(archive(("conversations.json", zeros)))
        for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
            struct.pack_into("<I", data, data.rindex(mark) + offset, 100)

        # What it declares is small; the reader stops there and finds the rest missing.
        reason = self.refused(bytes(data))

        self.assertTrue("damaged" in reason or "unpacks to" in reason or "cut" in reason, reason)

    def test_a_file_that_many_conversations_name_counts_each_time(self) -> None:
        self.limited(import_unpacked=2**20)
        data = b"x" * 100_000
        digest = hashlib.sha256(data).hexdigest()
        media = {"type": "media", "media_type": "text/plain", "sha256": digest, "size": len(data)}
        rows = [conversation() for _ in range(30)]
        for row in rows:
            row["messages"][0]["parts"].append(media)

        text = document(*rows)
        report = self.take(archive(("conversations.json", text), (f"files/{digest}", data)))

        self.assertLessEqual(File.objects.count(), 10)
        self.assertEqual(report.new, File.objects.count() + report.missing)

    def test_a_cut_or_broken_archive_is_told(self) -> None:
        data = archive(("conversations.json", document(conversation())))

        self.assertIn("cut", self.refused(data[: len(data) // 2]))
        broken = bytearray(data)
        broken[45:90] = bytes(45)
        self.assertIn("damaged", self.refused(bytes(broken)))
        self.assertIn("no JSON file", self.refused(archive(("cats.txt", "meow"))))
        self.assertIn("no JSON file", self.refused(archive()))
        self.assertIn("cut", self.refused(b"PK"))

    def test_a_locked_archive_is_told(self) -> None:
        data = bytearray(archive(("conversations.json", document(conversation()))))
        for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            data[data.index(mark) + offset] |= 1

        self.assertIn("locked with a password", self.refused(bytes(data)))

    def test_a_list_that_claims_to_be_huge_is_not_read(self) -> None:
        data = bytearray(archive(("conversations.json", document(conversation()))))
        struct.pack_into("<I", data, data.rindex(b"PK\x05\x06") + 12, 2**31)

        self.assertIn("more than", self.refused(bytes(data)))

    def test_bytes_that_are_not_what_the_hash_says_are_not_kept(self) -> None:
        row = conversation()
        media = {"type": "media", "media_type": "text/plain", "sha256": "0" * 64, "size": 5}
        row["messages"][0]["parts"].append(media)
        files = (("conversations.json", document(row)), (f"files/{'0' * 64}", "Hello"))

        report = self.take(archive(*files))

        self.assertEqual((report.new, report.missing), (1, 1))
        (part,) = Conversation.objects.get().messages.get().files
        self.assertNotIn("file", part)

    def test_an_image_with_something_behind_it_is_drawn_anew(self) -> None:
        data = png() + b"<script>alert(1)</script>"
        digest = hashlib.sha256(data).hexdigest()
        row = conversation()
        media = {"type": "media", "media_type": "image/png", "name": "x.png", "sha256": digest}
        row["messages"][0]["parts"].append(media | {"size": len(data)})

        report = self.take(
            archive(("conversations.json", document(row)), (f"files/{digest}", data))
        )

        self.assertEqual((report.new, report.missing), (1, 0))
        kept = blobs.read(File.objects.get().pk)
        assert kept is not None
        self.assertNotIn(b"script", kept)
