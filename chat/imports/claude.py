"""Claude's `conversations.json`: a list of messages, each with a sender and blocks."""

from __future__ import annotations

from typing import Any

import msgspec

from chat.imports import thoughts
from chat.imports.growing import Growing, Part, Source, Translated, in_order, moment, named
from chat.llm.payload import mapping, sequence, text
from chat.models.parts import quoted

SOURCE = Source("Claude", "claude")
ROLES = {"human": "user", "assistant": "assistant"}


def is_one(json: dict[str, Any]) -> bool:
    return isinstance(json.get("chat_messages"), list)


def translated(json: dict[str, Any]) -> Translated:
    """Where a message names its parent, branches are kept; else each follows the one before."""
    growing = Growing(
        SOURCE, text(json.get("uuid")), text(json.get("name")), moment(json.get("created_at"))
    )
    rows = [mapping(row) for row in json["chat_messages"]]
    rows = [row for row in rows if text(row.get("sender")) in ROLES]
    keys = [text(row.get("uuid")) or f"row {number}" for number, row in enumerate(rows)]
    found = dict(zip(keys, rows, strict=True))
    parents = {
        key: text(row.get("parent_message_uuid")) or (keys[number - 1] if number else "")
        for number, (key, row) in enumerate(zip(keys, rows, strict=True))
    }
    times = {key: moment(row.get("created_at")) for key, row in found.items()}
    conversation_model = text(json.get("model"))
    numbers: dict[str, int] = {}
    for key in in_order(parents, times):
        row = found[key]
        role = ROLES[text(row.get("sender"))]
        model = text(row.get("model")) or conversation_model if role == "assistant" else ""
        numbers[key] = growing.add(
            role,
            _parts(row),
            parent=numbers.get(parents[key]),
            at=times[key],
            model=model,
            provider="anthropic" if model else "",
        )
    growing.leaf = numbers.get(text(json.get("current_leaf_message_uuid")))
    growing.is_pinned = json.get("is_starred") is True
    return growing.finish()


def _parts(row: dict[str, Any]) -> list[Part]:
    found: list[Part] = []
    for file in map(mapping, sequence(row.get("attachments"))):
        name, extract = text(file.get("file_name")), text(file.get("extracted_content"))
        if extract:
            found += thoughts.words(quoted(name or "file", extract))
        else:
            found.append(named(text(file.get("file_type")), name))
    for file in map(mapping, sequence(row.get("files"))):
        found.append(named(_type(text(file.get("file_kind"))), text(file.get("file_name"))))
    blocks = [part for block in sequence(row.get("content")) for part in _block(mapping(block))]
    return thoughts.joined([*found, *(blocks or thoughts.words(text(row.get("text"))))])


def _block(block: dict[str, Any]) -> list[Part]:
    match text(block.get("type")):
        case "text":
            return [*thoughts.words(text(block.get("text"))), *_citations(block)]
        case "thinking":
            return thoughts.reasoning(text(block.get("thinking")))
        case "tool_use":
            given = msgspec.json.format(msgspec.json.encode(block.get("input"))).decode()
            return thoughts.words(quoted(text(block.get("name")) or "tool", given))
        case "tool_result":
            inside = block.get("content")
            texts = [text(mapping(piece).get("text")) for piece in sequence(inside)]
            result = text(inside) or "\n\n".join(filter(None, texts))
            return thoughts.words(quoted("result", result)) if result.strip() else []
    return []


def _citations(block: dict[str, Any]) -> list[Part]:
    rows = [mapping(row) for row in sequence(block.get("citations"))]
    urls = [(text(row.get("url")), text(row.get("title"))) for row in rows]
    items = [{"url": url, "title": title or None} for url, title in urls if _is_web(url)]
    return [{"type": "citations", "items": items}] if items else []


def _is_web(url: str) -> bool:
    return url.startswith(("https://", "http://")) and len(url) <= 8000


def _type(kind: str) -> str:
    return "image/png" if kind == "image" else "application/octet-stream"
