"""A conversation in our own format, made from somebody else's, message by message."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

NAMESPACE = uuid.UUID("3c2f6c0e-5f43-4a53-8d6d-0a5b8a9f7e21")


@dataclass(slots=True)
class Growing:
    """`source` and `id` name it, so that the same conversation has the same id every time."""

    source: str
    id: str
    title: str
    began: datetime
    messages: list[dict[str, Any]] = field(default_factory=list)
    system: str = ""
    leaf: int | None = None

    def add(self, role: str, text: str, *, parent: int | None, at: datetime | None = None) -> int:
        """The number of the new message, for those that follow it."""
        number = len(self.messages) + 1
        parts = [{"type": "text", "text": text}] if text else []
        moment = (at or self.began).isoformat()
        row = {"id": number, "parent": parent, "role": role, "created_at": moment, "parts": parts}
        self.messages.append(row)
        return number

    def to_json(self) -> dict[str, Any]:
        last = max((message["created_at"] for message in self.messages), default=None)
        lane: dict[str, Any] = {
            "position": 0,
            "leaf": self.leaf or (len(self.messages) or None),
            "model": "",
            "system": self.system[: 256 * 1024],
            "parameters": {},
        }
        return {
            "id": str(uuid.uuid5(NAMESPACE, f"{self.source}:{self.id}")),
            "title": " ".join(self.title.split())[:200],
            "is_title_automatic": False,
            "created_at": self.began.isoformat(),
            "active_at": last or self.began.isoformat(),
            "lanes": [lane],
            "messages": self.messages,
        }


def from_seconds(value: Any) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**33:
        return None
    return datetime.fromtimestamp(value, UTC)


def from_iso(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
