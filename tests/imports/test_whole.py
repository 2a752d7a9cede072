"""A conversation with everything, taken to somebody else and back: the same file again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs

from chat.imports import look, take
from chat.imports.schema import json_schema
from chat.models import Conversation, File, Folder, Tag, Turn, User, blobs
from tests.exports.reading import fetch, fetch_bytes, unpacked
from tests.exports.rich import rich
from tests.imports.case import ImportCase

ALL = "/exports/conversations.json"
SCHEMA = Path(__file__).parents[2] / "docs" / "export.schema.json"


class WholeTests(ImportCase):
    def setUp(self) -> None:
        super().setUp()
        self.conversation = rich(self.alice)

    def archive(self, user: User) -> bytes:
        status, data, headers = fetch_bytes(user, ALL)
        self.assertEqual((status, headers["Content-Type"]), (200, "application/zip"))
        return data

    def exported(self, user: User) -> tuple[dict[str, Any], dict[str, bytes]]:
        files = unpacked(self.archive(user))
        (found,) = json.loads(files.pop("conversations.json"))["conversations"]
        return found, files

    def test_somebody_else_gets_the_same_but_for_its_id(self) -> None:
        first, files = self.exported(self.alice)

        report = take(self.bob, self.file(self.archive(self.alice)))

        self.assertEqual((report.new, report.missing, report.reasons), (1, 0, []))
        second, same_files = self.exported(self.bob)
        self.assertEqual(second | {"id": first["id"]}, first)
        self.assertEqual(same_files, files)
        self.assertEqual(len(files), 5)

    def test_another_server_gets_the_same_with_its_id(self) -> None:
        first, files = self.exported(self.alice)
        archive = self.archive(self.alice)
        Conversation.with_deleted.all().delete()
        Folder.objects.all().delete()
        Tag.objects.all().delete()

        report = take(self.alice, self.file(archive))

        self.assertEqual(report.new, 1)
        self.assertEqual(self.exported(self.alice), (first, files))

    def test_its_files_are_there_and_its_own(self) -> None:
        take(self.bob, self.file(self.archive(self.alice)))

        files = File.objects.filter(user=self.bob)
        self.assertEqual(files.count(), 5)
        self.assertTrue(all(blobs.read(file.pk) for file in files))
        page = self.as_user(self.bob).get(f"/files/{files[0].pk}/")
        self.assertEqual(page.status_code, 200)
        alices = File.objects.filter(user=self.alice).first()
        assert alices is not None
        self.assertEqual(self.as_user(self.bob).get(f"/files/{alices.pk}/").status_code, 404)

    def test_names_that_are_here_are_used(self) -> None:
        Folder.make(self.bob, "FIELD NOTES")

        take(self.bob, self.file(self.archive(self.alice)))

        self.assertEqual([str(folder) for folder in Folder.of(self.bob)], ["FIELD NOTES"])
        self.assertEqual([str(tag) for tag in Tag.of(self.bob)], ["birds", "work"])
        self.assertEqual(str(self.bob.conversations.get().folder), "FIELD NOTES")

    def test_without_the_archive_files_are_named_and_that_is_told(self) -> None:
        _, text, headers = fetch(self.alice, f"{ALL}?files=no")
        self.assertEqual(headers["Content-Type"], "application/json")

        looked, taken = look(self.bob, self.file(text)), take(self.bob, self.file(text))

        self.assertEqual((looked.missing, taken.missing), (5, 5))
        self.assertIn("5 attachments are only named", taken.notes[0])

    def test_a_dry_run_sees_what_the_import_does(self) -> None:
        path = self.file(self.archive(self.alice))

        looked, taken = look(self.bob, path), take(self.bob, path)

        self.assertEqual((looked.new, looked.here), (taken.new, taken.here))

    def test_what_was_deleted_is_absent(self) -> None:
        self.conversation.delete_softly()

        _, text, _ = fetch(self.alice, ALL)

        self.assertEqual(json.loads(text)["conversations"], [])

    def test_it_is_in_no_sum_and_no_ledger(self) -> None:
        take(self.bob, self.file(self.archive(self.alice)))

        turns = Turn.objects.filter(user=self.bob)
        self.assertEqual(turns.filter(imported_at=None).count(), 0)
        self.assertGreater(turns.count(), 0)
        self.assertContains(self.as_user(self.bob).get("/usage/"), "0")

    def test_every_export_keeps_to_the_schema_that_is_published(self) -> None:
        schema = json.loads(SCHEMA.read_text())

        self.assertEqual(schema, json_schema(), "python manage.py export_schema")
        document = json.loads(unpacked(self.archive(self.alice))["conversations.json"])
        jsonschema_rs.validate(schema, document)
        with self.assertRaises(jsonschema_rs.ValidationError):
            jsonschema_rs.validate(schema, document | {"version": 2})
