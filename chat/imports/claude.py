"""Claude's `conversations.json`: a list of messages, each with a sender and blocks."""

from __future__ import annotations

from typing import Any

from chat.imports.growing import Growing, from_iso
from chat.llm.payload import mapping, sequence, text

ROLES = {"human": "user", "assistant": "assistant"}
ROOT = "00000000-0000-4000-8000-000000000000"


def is_one(json: dict[str, Any]) -> bool:
    return isinstance(json.get("chat_messages"), list)


def translated(json: dict[str, Any]) -> dict[str, Any]:
    """Where a message names its parent, branches are kept; else each follows the one before."""
    began = from_iso(json.get("created_at"))
    if began is None:
        raise ValueError("it does not say when it began")
    growing = Growing("claude", text(json.get("uuid")), text(json.get("name")), began)
    numbers: dict[str, int] = {}
    last: int | None = None
    for row in map(mapping, json["chat_messages"]):
        role = ROLES.get(text(row.get("sender")))
        if role is None:
            continue
        named = text(row.get("parent_message_uuid"))
        parent = None if named == ROOT else numbers.get(named, last)
        at = from_iso(row.get("created_at"))
        last = growing.add(role, _words(row), parent=parent, at=at)
        numbers[text(row.get("uuid"))] = last
    return growing.to_json()


def _words(row: dict[str, Any]) -> str:
    blocks = [mapping(block) for block in sequence(row.get("content"))]
    words = [text(block.get("text")) for block in blocks if block.get("type") == "text"]
    files = [mapping(file) for file in sequence(row.get("attachments"))]
    extracts = [
        f"{text(file.get('file_name'))}\n\n{text(file.get('extracted_content'))}"
        for file in files
        if file.get("extracted_content")
    ]
    return "\n\n".join([*extracts, *filter(None, words)]) or text(row.get("text"))
