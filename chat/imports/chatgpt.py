"""ChatGPT's `conversations.json`: a mapping of nodes with parents, some without a message."""

from __future__ import annotations

from typing import Any

from chat.imports.growing import Growing, from_seconds
from chat.llm.payload import mapping, sequence, text

ROLES = {"user", "assistant", "tool"}


def is_one(json: dict[str, Any]) -> bool:
    return isinstance(json.get("mapping"), dict)


def translated(json: dict[str, Any]) -> dict[str, Any]:
    """Parents first, in the order of time; hidden and empty nodes are passed over."""
    began = from_seconds(json.get("create_time"))
    if began is None:
        raise ValueError("it does not say when it began")
    nodes = {key: mapping(node) for key, node in json["mapping"].items()}
    id = text(json.get("conversation_id")) or text(json.get("id")) or began.isoformat()
    growing = Growing("chatgpt", id, text(json.get("title")), began)
    numbers: dict[str, int | None] = {}
    for key in _in_order(nodes):
        node = nodes[key]
        parent = numbers.get(text(node.get("parent")))
        message = mapping(node.get("message"))
        role = text(mapping(message.get("author")).get("role"))
        words = _words(mapping(message.get("content")))
        if role == "system" and words and not growing.system:
            growing.system = words
        if role not in ROLES or not words:
            numbers[key] = parent
            continue
        at = from_seconds(message.get("create_time"))
        numbers[key] = growing.add(role, words, parent=parent, at=at)
    growing.leaf = numbers.get(text(json.get("current_node")))
    return growing.to_json()


def _in_order(nodes: dict[str, dict[str, Any]]) -> list[str]:
    """Each node after its parent. What hangs in a circle is left out."""
    children: dict[str, list[str]] = {}
    roots = []
    for key, node in nodes.items():
        parent = text(node.get("parent"))
        if parent in nodes:
            children.setdefault(parent, []).append(key)
        else:
            roots.append(key)
    found: list[str] = []
    waiting = list(reversed(roots))
    while waiting:
        key = waiting.pop()
        found.append(key)
        waiting += reversed(children.get(key, []))
    return found


def _words(content: dict[str, Any]) -> str:
    """Text and code; of pictures and files there is nothing but a name in the export."""
    parts = [part for part in sequence(content.get("parts")) if isinstance(part, str)]
    return "\n\n".join(part for part in parts if part) or text(content.get("text"))
