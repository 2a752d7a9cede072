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
from tests.cast import conversation_of
from tests.imports.case import ImportCase, conversation, document, message
from tests.imports.samples import node, words


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
        self.assertIn("no kind that is known", self.refused('{"hello": 1}'))
        self.assertIn("not JSON", self.refused(b'[{"title": x}]'))
        self.assertIn("no kind that is known", self.refused(b'[{"title": "\xff"}]'))
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

    def test_a_hundred_thousand_messages_are_too_many_whoever_wrote_them(self) -> None:
        def chain(count: int) -> dict[str, Any]:
            return {str(n): node(str(n), str(n - 1), "user", words("x")) for n in range(count)}

        foreign = {"id": "x", "title": "Deep", "mapping": chain(100_000)}
        rows = [message()] + [message(id=n, parent=n - 1) for n in range(2, 100_001)]

        self.assertIn("50,000 messages", self.refused(json.dumps([foreign])))
        self.assertIn("50000", self.refused(document(conversation(messages=rows))))

    def test_trees_nested_too_deeply_are_told(self) -> None:
        row = '{"messageId": "x", "text": "y", "children": ['
        text = f'{{"conversationId": "a", "messages": [{row * 20_000}{"]}" * 20_000}]}}'

        self.assertIn("nested too deeply", self.refused(text))

    def test_odd_json_is_read_as_far_as_it_means_something(self) -> None:
        text = document(conversation(title="First"))
        twice = text.replace('"title": "First"', '"title": "First", "title": "Last"')

        self.take(twice.replace("Hello", "a\\ud800b\\u0000c"))

        kept = Conversation.objects.get()
        self.assertEqual(kept.title, "Last")
        self.assertEqual(kept.messages.get().text, "a\ufffdb\ufffdc")

    def test_numbers_that_are_none_are_told(self) -> None:
        for number in ("1e999", "NaN", "-Infinity"):
            lane = conversation()["lanes"][0] | {"parameters": {"temperature": "?"}}
            text = document(conversation(lanes=[lane])).replace('"?"', number)
            with self.subTest(number):
                self.assertIn("number", self.refused(text))

    def test_whose_it_was_does_not_matter(self) -> None:
        theirs = conversation_of(self.bob, "Bob's own")
        row = conversation(id=str(theirs.pk), title="Mine")

        self.take(document(row))

        self.assertEqual(Conversation.objects.get(pk=theirs.pk).title, "Bob's own")
        self.assertEqual(self.alice.conversations.get().title, "Mine")

    def test_a_file_in_another_encoding_is_told(self) -> None:
        self.assertIn("not UTF-8", self.refused("[]".encode("utf-16")))

    def test_folders_and_tags_that_cannot_be_had_are_left_out(self) -> None:
        names = ["", "  ", "\u202e", "x" * 100]
        row = conversation(folder={"name": "\0"}, tags=[{"name": name} for name in names])

        report = self.take(document(row))

        self.assertEqual(report.new, 1)
        self.assertIsNone(Conversation.objects.get().folder)
