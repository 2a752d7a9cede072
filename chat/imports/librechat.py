"""LibreChat's export of a conversation: `messages` in a list with parents, or, *recursive*, as a
tree of `children`."""

from __future__ import annotations

from typing import Any

from chat.imports import thoughts
from chat.imports.growing import Growing, Part, Source, Translated, in_order, moment, named
from chat.llm.payload import mapping, sequence, text

SOURCE = Source("LibreChat", "librechat")
PROVIDERS = {
    "openai": "openai",
    "azureopenai": "azure",
    "assistants": "openai",
    "anthropic": "anthropic",
    "google": "google",
}


def is_one(json: dict[str, Any]) -> bool:
    found = json.get("messagesTree", json.get("messages"))
    return isinstance(json.get("conversationId"), str) and isinstance(found, list | dict)


def translated(json: dict[str, Any]) -> Translated:
    options = mapping(json.get("options"))
    growing = Growing(SOURCE, text(json.get("conversationId")), text(json.get("title")), None)
    growing.system = text(options.get("promptPrefix")) or text(options.get("system"))
    growing.tags = [tag for tag in map(text, sequence(json.get("tags"))) if tag.strip()]
    rows, parents = _rows(json)
    times = {key: moment(row.get("createdAt")) for key, row in rows.items()}
    endpoint = text(json.get("endpoint")) or text(options.get("endpoint"))
    numbers: dict[str, int] = {}
    for key in in_order(parents, times):
        row = rows[key]
        is_answer = row.get("isCreatedByUser") is not True
        model = text(row.get("model")) or text(options.get("model")) if is_answer else ""
        asked = text(row.get("endpoint")) or endpoint
        is_error = is_answer and row.get("error") is True
        numbers[key] = growing.add(
            "assistant" if is_answer else "user",
            [*_files(row), *([] if is_error else _parts(row, is_answer=is_answer))],
            parent=numbers.get(parents[key]),
            at=times[key],
            model=model,
            provider=PROVIDERS.get(asked.lower(), ""),
            error=(text(row.get("text")) or "It ended with an error.") if is_error else "",
            is_cut=is_answer and row.get("unfinished") is True,
        )
    return growing.finish()


def _rows(json: dict[str, Any]) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """The messages by their ids, and the parent of each; where they stand in one another, that is
    what counts. Without recursion, however deep they stand."""
    top = json.get("messagesTree", json.get("messages"))
    waiting = [(mapping(row), "") for row in ([top] if isinstance(top, dict) else sequence(top))]
    waiting.reverse()
    rows: dict[str, dict[str, Any]] = {}
    parents: dict[str, str] = {}
    while waiting:
        row, above = waiting.pop()
        if not row:
            continue
        key = text(row.get("messageId"))
        if not key or key in rows:
            key = f"row {len(rows)}"
        rows[key], parents[key] = row, above or text(row.get("parentMessageId"))
        waiting += [(mapping(child), key) for child in reversed(sequence(row.get("children")))]
    return rows, parents


def _parts(row: dict[str, Any], *, is_answer: bool) -> list[Part]:
    content = [part for piece in sequence(row.get("content")) for part in _piece(mapping(piece))]
    words = text(row.get("text"))
    plain = thoughts.parts_of(words) if is_answer else thoughts.words(words)
    return thoughts.joined(content) or plain


def _piece(piece: dict[str, Any]) -> list[Part]:
    match text(piece.get("type")):
        case "text":
            inner = piece.get("text")
            return thoughts.parts_of(text(inner) or text(mapping(inner).get("value")))
        case "think":
            inner = piece.get("think")
            return thoughts.reasoning(text(inner) or text(mapping(inner).get("value")))
        case "tool_call":
            call = mapping(piece.get("tool_call"))
            inner = mapping(call.get("function"))
            name = text(call.get("name")) or text(inner.get("name"))
            arguments = text(call.get("args")) or text(inner.get("arguments"))
            return thoughts.tool(
                name, arguments, text(call.get("output")) or text(inner.get("output"))
            )
        case "error":
            return thoughts.words(text(piece.get("error")) or text(piece.get("text")))
        case "image_file":
            file = mapping(piece.get("image_file"))
            return [named(text(file.get("type")) or "image/png", text(file.get("filename")))]
    return []


def _files(row: dict[str, Any]) -> list[Part]:
    """They are named in the export, and stay on its server."""
    rows = [*sequence(row.get("files")), *sequence(row.get("attachments"))]
    return [
        named(text(file.get("type")), text(file.get("filename")))
        for file in map(mapping, rows)
        if file.get("filename") or file.get("file_id")
    ]
