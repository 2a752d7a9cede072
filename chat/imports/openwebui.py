"""Open WebUI's *Export chats*: a list of rows, each with a `chat` whose `history` is a map of
messages, and `currentId` the one that is shown."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from chat.imports import thoughts
from chat.imports.growing import Growing, Part, Source, Translated, in_order, moment, named
from chat.llm.payload import mapping, sequence, text
from chat.models.parts import quoted

SOURCE = Source("Open WebUI", "open-webui")
ROLES = ("user", "assistant")


def is_one(json: dict[str, Any]) -> bool:
    chat = mapping(json.get("chat")) or json
    has_map = isinstance(mapping(chat.get("history")).get("messages"), dict)
    return has_map or (chat is not json and isinstance(chat.get("messages"), list))


def translated(json: dict[str, Any]) -> Translated:
    chat = mapping(json.get("chat")) or json
    began = moment(json.get("created_at")) or moment(chat.get("timestamp"))
    title = text(json.get("title")) or text(chat.get("title"))
    growing = Growing(SOURCE, text(json.get("id")) or text(chat.get("id")), title, began)
    growing.system = text(mapping(chat.get("params")).get("system")) or text(chat.get("system"))
    growing.is_pinned = json.get("pinned") is True
    growing.is_archived = json.get("archived") is True
    growing.tags = _tags(mapping(json.get("meta")).get("tags") or chat.get("tags"))
    rows = _rows(chat)
    parents = {key: text(row.get("parentId")) for key, row in rows.items()}
    times = {key: moment(row.get("timestamp")) for key, row in rows.items()}
    models = [text(model) for model in sequence(chat.get("models"))]
    numbers: dict[str, int | None] = {}
    for key in in_order(parents, times):
        row, parent = rows[key], numbers.get(parents[key])
        role = text(row.get("role"))
        if role == "system":
            growing.system = growing.system or text(row.get("content"))
        if role not in ROLES:
            numbers[key] = parent
            continue
        is_answer = role == "assistant"
        model = (text(row.get("model")) or next(iter(models), "")) if is_answer else ""
        numbers[key] = growing.add(
            role,
            [*_files(row, growing), *(_answer(row) if is_answer else _question(row))],
            parent=parent,
            at=times[key],
            model=model,
            error=_error(row) if is_answer else "",
            is_cut=is_answer and row.get("done") is False,
        )
    growing.leaf = numbers.get(text(mapping(chat.get("history")).get("currentId")))
    return growing.finish()


def _rows(chat: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The map, or the list that old exports have instead, in which each follows the one before."""
    found = mapping(mapping(chat.get("history")).get("messages"))
    if found:
        return {key: mapping(row) for key, row in found.items()}
    rows: dict[str, dict[str, Any]] = {}
    last = ""
    for number, row in enumerate(map(mapping, sequence(chat.get("messages")))):
        key = text(row.get("id")) or f"row {number}"
        rows[key] = {"parentId": last, **row}
        last = key
    return rows


def _question(row: dict[str, Any]) -> list[Part]:
    content = row.get("content")
    texts = [text(mapping(piece).get("text")) for piece in sequence(content)]
    return thoughts.words(text(content) or "\n\n".join(filter(None, texts)))


def _answer(row: dict[str, Any]) -> list[Part]:
    items = [mapping(item) for item in sequence(row.get("output"))]
    results = {text(item.get("call_id")): _result(item) for item in items}
    output = [part for item in items for part in _item(item, results)]
    own = thoughts.reasoning(text(row.get("reasoning_content")))
    parts = output or [*own, *thoughts.parts_of(text(row.get("content")))]
    return [*thoughts.joined(parts), *_sources(row)]


def _item(item: dict[str, Any], results: dict[str, str]) -> list[Part]:
    """Of `output`, which newer versions write beside the text with its `<details>`."""
    content = [text(mapping(piece).get("text")) for piece in sequence(item.get("content"))]
    match text(item.get("type")):
        case "message":
            return thoughts.words("".join(content))
        case "reasoning":
            return thoughts.reasoning("".join(content))
        case "function_call":
            result = results.get(text(item.get("call_id")), "")
            return thoughts.tool(text(item.get("name")), text(item.get("arguments")), result)
        case "open_webui:code_interpreter":
            return thoughts.words(quoted(text(item.get("lang")) or "code", text(item.get("code"))))
    return []


def _result(item: dict[str, Any]) -> str:
    """What a tool gave back. The call with the same id comes before it, without one."""
    return "\n".join(text(mapping(piece).get("text")) for piece in sequence(item.get("output")))


def _files(row: dict[str, Any], growing: Growing) -> list[Part]:
    found: list[Part] = []
    for file in map(mapping, sequence(row.get("files"))):
        inner = mapping(file.get("file"))
        name = text(file.get("name")) or text(inner.get("filename"))
        kind = text(mapping(inner.get("meta")).get("content_type")) or text(
            file.get("content_type")
        )
        extract = text(mapping(inner.get("data")).get("content"))
        if text(file.get("type")) == "image":
            found.append(_image(text(file.get("url")), name, growing))
        elif extract.strip():
            found += thoughts.words(quoted(name or "file", extract))
        else:
            found.append(named(kind, name))
    return found


def _image(url: str, name: str, growing: Growing) -> Part:
    """Its bytes, if they stand in the address."""
    head, comma, body = url.partition(",")
    media_type = head.removeprefix("data:").removesuffix(";base64")
    if not comma or not head.startswith("data:image/") or not head.endswith(";base64"):
        return named("image/png", name or url.rpartition("/")[2])
    ending = media_type.partition("/")[2].replace("jpeg", "jpg")
    try:
        data = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        return named(media_type, name or f"image.{ending}")
    return growing.keep(data, media_type, name or f"image.{ending}")


def _sources(row: dict[str, Any]) -> list[Part]:
    items: dict[str, str] = {}
    for source in map(mapping, sequence(row.get("sources")) or sequence(row.get("citations"))):
        named_as = text(mapping(source.get("source")).get("name"))
        for facts in map(mapping, sequence(source.get("metadata"))):
            url = text(facts.get("source"))
            if url.startswith(("https://", "http://")) and len(url) <= 8000:
                items.setdefault(url, text(facts.get("title")) or named_as)
    found = [{"url": url, "title": title or None} for url, title in items.items()]
    return [{"type": "citations", "items": found}] if found else []


def _error(row: dict[str, Any]) -> str:
    error = row.get("error")
    if not error:
        return ""
    return text(mapping(error).get("content")) or text(error) or "It ended with an error."


def _tags(value: Any) -> list[str]:
    found = [text(tag) or text(mapping(tag).get("name")) for tag in sequence(value)]
    return [tag for tag in found if tag.strip()]
