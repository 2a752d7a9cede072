"""What of a conversation a share shows: its path, with what is to be hidden taken out.

The one rule: what a visitor may not see is not in it. Pages, files and both data forms are made
from this alone, so that none of them can show more than another.

`{"version", "title", "system"?, "messages": [{"id", "role", "parts", "created_at", "answer"?}]}`;
an answer has `{"turn", "model", "state", "figures", "timeline", "facts"}`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chat import figures
from chat.figures import dollars, seconds
from chat.models import Message, Share, Turn
from chat.models.message import path_ids
from chat.sharing.redaction import Redaction
from chat.sharing.stream import unfinished

VERSION = 1
MESSAGES = 2000
"""The last so many of a path; a share is for reading."""
_HIDDEN = ("signature", "encrypted", "arguments_signature")
"""Of a reasoning model: of use to its provider only."""
_TEXTS = ("text", "content", "arguments", "name")


def redaction_of(share: Share) -> Redaction:
    stored = share.redaction
    return Redaction(
        is_on=stored.get("is_on", True),
        kept=frozenset(stored.get("kept", ())),
        words=tuple(stored.get("words", ())),
    )


def texts(share: Share, leaf: int | None) -> Iterable[str]:
    """Everything that could show, as it was written."""
    yield share.title or str(share.conversation)
    if share.shows_system:
        yield share.lane.system
    for row in _rows(leaf):
        for part in row.parts:
            yield from (part[name] for name in _TEXTS if isinstance(part.get(name), str))
            for item in part.get("items", ()):
                yield from (item["url"], item["title"] or "")
        if share.shows_parameters and (turn := getattr(row, "turn", None)):
            yield from (str(value) for value in turn.receipt["asked"]["parameters"].values())


def build(share: Share, leaf: int | None) -> dict[str, Any]:
    """The path to `leaf` as this share shows it."""
    clean = redaction_of(share)
    content: dict[str, Any] = {
        "version": VERSION,
        "title": clean(share.title or str(share.conversation)),
        "messages": [_message(row, share, clean) for row in _rows(leaf)],
    }
    if share.shows_system and share.lane.system:
        content["system"] = clean(share.lane.system)
    return content


def _rows(leaf: int | None) -> list[Message]:
    ids = path_ids(leaf)[-MESSAGES:]
    rows = Message.objects.filter(pk__in=ids).select_related("turn").in_bulk()
    return [rows[pk] for pk in ids]


def _message(row: Message, share: Share, clean: Redaction) -> dict[str, Any]:
    turn = getattr(row, "turn", None)
    is_written = turn is not None and turn.is_unfinished
    parts = [_part(_begun(part, clean) if is_written else part, clean) for part in row.parts]
    found: dict[str, Any] = {
        "id": row.pk,
        "role": row.role,
        "created_at": row.created_at.isoformat(),
        "parts": parts,
    }
    if turn:
        answer = _answer(turn, share, clean)
        found["answer"] = answer | {"timeline": _timeline(turn, row.parts, parts)}
    return found


def _begun(part: dict[str, Any], clean: Redaction) -> dict[str, Any]:
    """Of an answer that is still being written: without an end that may turn out to be a secret."""
    if part["type"] == "tool_call" and (clean.is_on or clean.words):
        return part | {"arguments": "…"}
    texts = {name: part[name] for name in ("text", "content") if isinstance(part.get(name), str)}
    return part | {name: unfinished(text, clean) for name, text in texts.items()}


def _part(part: dict[str, Any], clean: Redaction) -> dict[str, Any]:
    kept = {name: value for name, value in part.items() if name not in _HIDDEN}
    for name in _TEXTS:
        if isinstance(kept.get(name), str):
            kept[name] = clean(kept[name])
    if part["type"] == "citations":
        kept["items"] = [
            {"url": clean(item["url"]), "title": clean(item["title"] or "")}
            for item in part["items"]
        ]
    return kept


def _answer(turn: Turn, share: Share, clean: Redaction) -> dict[str, Any]:
    pairs = figures.figures(turn) if share.shows_receipts else []
    cost = figures.cost_text(turn)
    return {
        "turn": turn.pk,
        "model": turn.receipt["sent"]["model_name"],
        "state": turn.state,
        "figures": [pair for pair in pairs if share.shows_cost or pair[0] != cost],
        "facts": _facts(turn, share, clean),
    }


def _facts(turn: Turn, share: Share, clean: Redaction) -> list[tuple[str, str]]:
    """Of the receipt what the publisher wants to show, and never an address, a key or an id."""
    sent, answered = turn.receipt["sent"], turn.receipt.get("answered")
    facts: list[tuple[str, str]] = []
    if share.shows_parameters:
        asked = turn.receipt["asked"]["parameters"]
        facts += [(name, clean(str(value))) for name, value in asked.items()]
    if share.shows_receipts:
        facts.append(("Model id", sent["model"]))
    if share.shows_receipts and answered:
        usage = answered["usage"]
        facts += [
            ("Input tokens", f"{usage['input_tokens']:,}"),
            ("Output tokens", f"{usage['output_tokens']:,}"),
            ("In all", seconds(answered["total_ms"])),
        ]
        if answered["finish_reason"]:
            facts.append(("Finish reason", answered["finish_reason"]))
    if share.shows_cost:
        facts.append(("Cost", "unknown" if turn.cost is None else dollars(float(turn.cost))))
    return facts


def _timeline(
    turn: Turn, parts: list[dict[str, Any]], shown: list[dict[str, Any]]
) -> list[list[int]]:
    """The recorded times, for the text as it is shown: what was taken out changed its length."""
    before, after = _characters(parts), _characters(shown)
    if before == after or not before:
        return list(turn.timeline)
    return [[at, round(characters * after / before)] for at, characters in turn.timeline]


def _characters(parts: list[dict[str, Any]]) -> int:
    return sum(len(part.get("text") or "") for part in parts)
