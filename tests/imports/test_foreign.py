"""Exports of others: branches, roles and words come over; what only they know stays behind."""

from __future__ import annotations

import json

from chat.models import Conversation
from tests.imports.case import ImportCase


def node(key: str, parent: str | None, role: str, text: str) -> dict[str, object]:
    content = {"content_type": "text", "parts": [text]}
    message = {"author": {"role": role}, "create_time": 1_700_000_000.5, "content": content}
    return {"id": key, "parent": parent, "children": [], "message": message}


CHATGPT = {
    "title": "Birds",
    "create_time": 1_700_000_000.0,
    "conversation_id": "6f1f8a52-0000-4c53-9a0e-6d6f2f0c3b11",
    "current_node": "b",
    "mapping": {
        "root": {"id": "root", "parent": None, "message": None, "children": ["s"]},
        "b": node("b", "q", "assistant", "A duck."),
        "s": node("s", "root", "system", "Be brief."),
        "q": node("q", "s", "user", "Which?"),
        "a": node("a", "q", "assistant", "A heron."),
        "x": node("x", "y", "user", "in a circle"),
        "y": node("y", "x", "user", "in a circle"),
    },
}
CLAUDE = {
    "uuid": "0d6d5c1c-0000-4000-8000-6d6f2f0c3b11",
    "name": "Fish",
    "created_at": "2026-01-02T03:04:05.678Z",
    "chat_messages": [
        {"uuid": "1", "sender": "human", "text": "Which?", "created_at": "2026-01-02T03:04:05Z"},
        {
            "uuid": "2",
            "sender": "assistant",
            "content": [
                {"type": "thinking", "thinking": "…"},
                {"type": "text", "text": "A trout."},
            ],
        },
    ],
}


class ForeignTests(ImportCase):
    def test_chatgpt_with_its_branches(self) -> None:
        report = self.take(json.dumps([CHATGPT]))

        self.assertEqual((report.new, report.unreadable), (1, 0))
        conversation = Conversation.objects.get()
        self.assertEqual(conversation.title, "Birds")
        self.assertEqual(conversation.created_at.timestamp(), 1_700_000_000)
        lane = conversation.lanes.get()
        self.assertEqual([message.text for message in lane.path()], ["Which?", "A duck."])
        self.assertEqual(lane.system, "Be brief.")
        self.assertEqual(conversation.messages.count(), 5)
        self.assertContains(self.client.get(f"/c/{conversation.pk}/"), "A duck.")

    def test_claude(self) -> None:
        report = self.take(json.dumps([CLAUDE]))

        self.assertEqual((report.new, report.unreadable), (1, 0))
        lane = Conversation.objects.get().lanes.get()
        self.assertEqual([message.text for message in lane.path()], ["Which?", "A trout."])

    def test_the_same_file_twice_is_here_already(self) -> None:
        text = json.dumps([CHATGPT, CLAUDE, CLAUDE])

        reports = [self.take(text) for _ in range(2)]

        self.assertEqual([(report.new, report.here) for report in reports], [(2, 1), (0, 3)])

    def test_odd_ones_are_told_and_the_others_come(self) -> None:
        odd = [{"mapping": {}}, {"mapping": {"a": 3}, "create_time": "x"}, {"chat_messages": [3]}]

        report = self.take(json.dumps([*odd, CLAUDE]))

        self.assertEqual((report.new, report.unreadable), (1, 3))
