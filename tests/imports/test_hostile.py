"""Files that are damaged, or that lie: nothing of them is kept, and each is told why."""

from __future__ import annotations

import copy
import dataclasses
import json
import time
from typing import Any

from django.conf import settings
from django.utils import timezone

from chat.models import Conversation, Message, Turn
from tests.imports.case import ImportCase, conversation, document, message


class HostileTests(ImportCase):
    def refused(self, content: str | bytes) -> str:
        report = self.take(content)
        self.assertEqual(report.new, 0)
        self.assertEqual(Conversation.with_deleted.count(), 0)
        self.assertEqual(report.unreadable, 1)
        return report.reasons[0][1]

    def test_what_is_no_export_is_told_apart(self) -> None:
        self.assertIn("not a JSON file", self.refused("Hello"))
        self.assertIn("not a JSON file", self.refused(b""))
        self.assertIn("ZIP", self.refused(b"PK\x03\x04..."))
        self.assertIn("version", self.refused(document().replace('"version": 1', '"version": 2')))
        self.assertIn("not as an export is", self.refused('{"hello": 1}'))
        self.assertIn("not JSON", self.refused(b'[{"title": x}]'))
        self.assertIn("not as an export is", self.refused(b'[{"title": "\xff"}]'))
        self.assertIn("not a conversation", self.refused("[[1, 2]]"))

    def test_of_a_cut_file_the_whole_conversations_are_kept(self) -> None:
        text = document(conversation(), conversation())

        report = self.take(text[:-40])

        self.assertEqual(report.new, 1)
        self.assertIn("ends in the middle", report.reasons[0][1])

    def test_depth_is_no_way_in(self) -> None:
        deep = "[" * 50_000 + "]" * 50_000
        lane = conversation()["lanes"][0] | {"parameters": {"a": json.loads("[" * 80 + "]" * 80)}}

        self.assertIn("nested", self.refused(f'[{{"title": {deep}}}]'))
        self.assertIn("nested", self.refused(document(conversation(lanes=[lane]))))

    def test_trees_that_are_none_are_refused(self) -> None:
        lane = conversation()["lanes"][0]
        for fields in (
            {"messages": [message(id=2)]},
            {"messages": [message(parent=1)]},
            {"messages": [message(), message(id=2, parent=3)]},
            {"lanes": [lane | {"leaf": 7}]},
            {"lanes": [lane, lane]},
            {"lanes": []},
            {"user": 1},
            {"owner": "bob"},
            {"id": "../../etc/passwd"},
            {"created_at": "0001-01-01T00:00:00+00:00"},
            {"created_at": "2026-03-05"},
            {"messages": [message(role="system")]},
            {"messages": [message(parts=[{"type": "text", "text": "x", "file": "y"}])]},
            {
                "messages": [
                    message(parts=[{"type": "media", "media_type": "a/b", "url": "file:///"}])
                ]
            },
        ):
            with self.subTest(fields):
                self.refused(document(conversation(**fields)))

    def test_the_future_is_now(self) -> None:
        late = "9998-01-01T00:00:00+00:00"

        self.take(document(conversation(active_at=late, messages=[message(created_at=late)])))

        self.assertLessEqual(Conversation.objects.get().active_at, timezone.now())
        self.assertLessEqual(Message.objects.get().created_at, timezone.now())

    def test_what_a_database_refuses_is_replaced(self) -> None:
        parts = [{"type": "text", "text": "a\0b"}]

        self.take(document(conversation(title="x\0y", messages=[message(parts=parts)])))

        self.assertEqual(Conversation.objects.get().title, "x\ufffdy")
        self.assertEqual(Message.objects.get().text, "a\ufffdb")

    def test_no_part_of_a_receipt_can_be_missing_or_odd(self) -> None:
        self.tree()
        (whole,) = json.loads(self.export())["conversations"]
        Conversation.with_deleted.all().delete()
        changes: list[tuple[tuple[str, ...], Any]] = [
            (("receipt", "sent"), None),
            (("receipt", "sent", "dialect"), "pigeon"),
            (("receipt", "sent", "messages"), {}),
            (("receipt", "sent", "parameters"), [{"name": "x"}]),
            (("receipt", "answered"), None),
            (("receipt", "answered", "usage"), {}),
            (("receipt", "answered", "total_ms"), "long"),
            (("receipt", "charged"), {"rates": {"input": "1"}}),
            (("receipt", "version"), 2),
            (("cost",), "NaN"),
            (("cost",), "-1"),
            (("cost",), "1e30"),
            (("input_tokens",), -1),
            (("input_tokens",), 2**40),
            (("prompt",), 3),
            (("lane",), 9),
            (("status",), "running"),
            (("error",), "bad"),
            (("timeline",), [["a", 1]]),
        ]
        for path, value in changes:
            with self.subTest(path):
                odd = copy.deepcopy(whole)
                place = odd["messages"][1]["turn"]
                for name in path[:-1]:
                    place = place[name]
                place[path[-1]] = value

                self.refused(document(odd))
        self.assertEqual(Turn.objects.count(), 0)

    def test_many_messages_take_a_moment_and_one_too_large_is_told(self) -> None:
        rows = [message()] + [message(id=n, parent=n - 1) for n in range(2, 2001)]
        start = time.process_time()

        report = self.take(document(conversation(messages=rows)))

        self.assertEqual(report.new, 1)
        self.assertLess(time.process_time() - start, 20)
        huge, small = "x" * 2_000_000, json.dumps(conversation())
        limits = dataclasses.replace(settings.LIMITS, import_conversation=1024**2)
        with self.settings(LIMITS=limits):
            report = self.take(f'[{{"title": "{huge}"}}, {small}]')
        self.assertIn("1 MiB", report.reasons[0][1])
        self.assertEqual(report.new, 1)
