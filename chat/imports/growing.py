"""A conversation in our own format, made from somebody else's, message by message.

The one rule: nothing is lost over a tree that is none. What hangs in a circle, or follows what is
not there, becomes a branch of its own.
"""

from __future__ import annotations

import hashlib
import heapq
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from chat.catalog import match
from chat.imports.schema import MOST_MESSAGES
from chat.llm.payload import text

NAMESPACE = uuid.UUID("3c2f6c0e-5f43-4a53-8d6d-0a5b8a9f7e21")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_SYSTEM = 256 * 1024
MOST_PARTS = 4 * MOST_MESSAGES
DIALECTS = {"anthropic": "anthropic", "google": "google"}

Part = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Translated:
    """`json` is our format; `files` are bytes that stood in the other's, by their hash."""

    source: str
    json: dict[str, Any]
    files: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    """As people know it."""
    slug: str


@dataclass(slots=True)
class Growing:
    """`id` names it, so that the same conversation has the same id every time."""

    source: Source
    id: str
    title: str
    began: datetime | None
    messages: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    system: str = ""
    leaf: int | None = None
    is_pinned: bool = False
    is_archived: bool = False
    parts: int = 0

    def add(
        self,
        role: str,
        parts: list[Part],
        *,
        parent: int | None,
        at: datetime | None = None,
        model: str = "",
        provider: str = "",
        error: str = "",
        is_cut: bool = False,
    ) -> int:
        """The number of the new message, for those that follow it. Raise `ValueError`."""
        number = len(self.messages) + 1
        self.parts += len(parts)
        if number > MOST_MESSAGES or self.parts > MOST_PARTS:
            raise ValueError(f"it has more than {MOST_MESSAGES:,} messages")
        moment = (at or self._at(parent)).isoformat()
        row: dict[str, Any] = {
            "id": number,
            "parent": parent,
            "role": role,
            "created_at": moment,
            "parts": parts,
        }
        if role == "assistant" and parent is not None and (model or error or is_cut):
            failure = {"code": "imported", "message": error[:2000], "is_retryable": False}
            row["turn"] = {
                "prompt": parent,
                "lane": 0,
                "status": "failed" if error else "stopped" if is_cut else "completed",
                "error": failure if error else None,
                "receipt": self._receipt(model or "unknown", provider),
                "created_at": moment,
                "imported_from": self.source.name,
            }
        self.messages.append(row)
        return number

    def keep(self, data: bytes, media_type: str, name: str) -> Part:
        """The part of a file whose bytes came along."""
        sha256 = hashlib.sha256(data).hexdigest()
        self.files[sha256] = data
        return named(media_type, name) | {"size": len(data), "sha256": sha256}

    def finish(self) -> Translated:
        """Raise `ValueError` if nobody said anything."""
        if not self.messages:
            raise ValueError("there is no message in it")
        moments = [datetime.fromisoformat(row["created_at"]) for row in self.messages]
        began = self.began or min(moments)
        for row in self.messages:
            if turn := row.get("turn"):
                turn["receipt"]["asked"]["system"] = self.system[:MOST_SYSTEM]
        title = " ".join(self.title.split())[:200]
        lane: dict[str, Any] = {
            "position": 0,
            "leaf": self.leaf or len(self.messages),
            "model": "",
            "system": self.system[:MOST_SYSTEM],
            "parameters": {},
        }
        json = {
            "id": str(uuid.uuid5(NAMESPACE, f"{self.source.slug}:{self.id or self._digest()}")),
            "title": title or self._first_words(),
            "is_title_automatic": not title,
            "created_at": began.isoformat(),
            "active_at": max(moments).isoformat(),
            "pinned_at": max(moments).isoformat() if self.is_pinned else None,
            "archived_at": max(moments).isoformat() if self.is_archived else None,
            "tags": [{"name": tag[:100]} for tag in self.tags[:20]],
            "lanes": [lane],
            "messages": self.messages,
        }
        return Translated(self.source.name, json, self.files)

    def _at(self, parent: int | None) -> datetime:
        """When a message was written that does not say so: with the one before it."""
        if parent is not None:
            return datetime.fromisoformat(self.messages[parent - 1]["created_at"])
        return self.began or EPOCH

    def _digest(self) -> str:
        """For one without an id: what is said in it."""
        return hashlib.sha256(msgspec.json.encode([self.title, self.messages])).hexdigest()

    def _first_words(self) -> str:
        found = (part["text"] for row in self.messages for part in row["parts"] if "text" in part)
        return " ".join(next(found, "")[:1000].split())[:60]

    def _receipt(self, model: str, provider: str) -> dict[str, Any]:
        model = model[:200]
        known = match(provider, model) if provider else None
        return {
            "version": 1,
            "asked": {"model": f"{self.source.slug}/{model}", "system": "", "parameters": {}},
            "sent": {
                "endpoint": self.source.slug,
                "endpoint_label": self.source.name,
                "dialect": DIALECTS.get(provider, "openai"),
                "model": model,
                "model_name": known.name if known else model,
                # What went out there is not known here.
                "messages": {"count": 0, "sha256": ""},
                "parameters": [],
                "omitted": [],
            },
        }


def named(media_type: str, name: str) -> Part:
    """A file that is only named."""
    is_type = 0 < media_type.find("/") < len(media_type) - 1 and len(media_type) <= 100
    plain = is_type and all(char.isalnum() or char in "/.+-_" for char in media_type)
    known = media_type if plain and media_type.count("/") == 1 else "application/octet-stream"
    return {"type": "media", "media_type": known, "name": name[:150] or "file"}


def in_order(parents: Mapping[str, str], times: Mapping[str, datetime | None]) -> list[str]:
    """Each after its parent, and otherwise by the time. A circle is opened at its first."""
    children: dict[str, list[str]] = {}
    for key, parent in parents.items():
        children.setdefault(parent, []).append(key)
    places = {key: place for place, key in enumerate(parents)}
    found: dict[str, None] = {}
    waiting: list[tuple[datetime, int, str]] = []

    def put(key: str, before: datetime) -> None:
        heapq.heappush(waiting, (times.get(key) or before, places[key], key))

    def follow() -> None:
        while waiting:
            moment, _, key = heapq.heappop(waiting)
            if key not in found:
                found[key] = None
                for child in children.get(key, ()):
                    put(child, moment)

    for key, parent in parents.items():
        if parent not in parents:
            put(key, EPOCH)
    follow()
    for key in parents:
        if key not in found:
            put(key, EPOCH)
            follow()
    return list(found)


def moment(value: Any) -> datetime | None:
    """Seconds or milliseconds since 1970, or ISO 8601; None for what is no time, or before that."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        seconds = value / 1000 if 1e11 < value < 1e14 else value
        return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < 2**33 else None
    try:
        found = datetime.fromisoformat(text(value))
    except ValueError:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found if found > EPOCH else None
