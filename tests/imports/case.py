"""Files to import, and what Alice's own export would be."""

from __future__ import annotations

import json
import tempfile
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings

from chat.imports import Report, look, take
from chat.models import Conversation, User
from tests.cast import CastCase, answer_again, conversation_of, exchange
from tests.exports.reading import fetch


class ImportCase(CastCase):
    def setUp(self) -> None:
        super().setUp()
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    @staticmethod
    def written(content: str | bytes) -> Path:
        """For tests without a folder of their own; it goes with the data of the run."""
        path = Path(settings.DATA) / f"{uuid.uuid4()}.json"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def file(self, content: str | bytes) -> Path:
        path = self.folder / f"{uuid.uuid4()}.json"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def look(self, content: str | bytes, user: User | None = None) -> Report:
        return look(user or self.alice, self.file(content))

    def take(self, content: str | bytes, user: User | None = None) -> Report:
        return take(user or self.alice, self.file(content))

    def export(self, user: User | None = None) -> str:
        _, text, _ = fetch(user or self.alice, "/exports/conversations.json")
        return text

    def tree(self) -> Conversation:
        """Two branches, a receipt each, and a lane in the middle of it."""
        conversation = conversation_of(self.alice, "Birds & co")
        first = exchange(conversation, "Which?", "A heron. 鷺 🪶", cost="0.001234500")
        second = answer_again(first.prompt, "A duck.", lane=conversation.lanes.get())
        exchange(conversation, "Why?", "It quacks.", parent=second.answer)
        conversation.lanes.update(leaf=second.answer, system="Be brief.")
        return conversation


def document(*conversations: Any) -> str:
    fields = {"format": "playground.conversations", "version": 1}
    return json.dumps(fields | {"conversations": list(conversations)})


def conversation(**fields: Any) -> dict[str, Any]:
    """A small one that can be read, but for `fields`."""
    moment = "2026-03-05T10:00:00+00:00"
    lane = {"position": 0, "leaf": 1, "model": "", "system": "", "parameters": {}}
    return {
        "id": str(uuid.uuid4()),
        "title": "Small",
        "is_title_automatic": False,
        "created_at": moment,
        "active_at": moment,
        "lanes": [lane],
        "messages": [message()],
    } | fields


def message(**fields: Any) -> dict[str, Any]:
    moment = "2026-03-05T10:00:00+00:00"
    parts = [{"type": "text", "text": "Hello"}]
    row = {"id": 1, "parent": None, "role": "user", "created_at": moment, "parts": parts}
    return row | fields
