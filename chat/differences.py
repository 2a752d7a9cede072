"""Two answers side by side: what was asked differently, and which words differ.

The one rule: the time it takes is bounded. Lines are compared first; where too much differs, the
old text is shown as gone and the new one as added, which is never wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from django.utils.html import format_html, format_html_join

from chat.figures import cost_text, label, seconds, value_text
from chat.models import Message, Turn

Kind = Literal["same", "gone", "added"]
LINES = 4_000
WORDS = 600
"""More than so many on either side are not compared one by one: it would take quadratic time."""
_WORD = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    before: str
    after: str

    @property
    def is_different(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Choice:
    """Another answer of the conversation, to compare with."""

    turn: Turn
    is_sibling: bool

    @property
    def label(self) -> str:
        name = self.turn.receipt["sent"]["model_name"]
        return f"{name}, {self.turn.created_at:%Y-%m-%d %H:%M}: {_opening(self.turn.answer)}"


def choices(turn: Turn) -> list[Choice]:
    """Answers to the same message first, each group newest first."""
    found = [Choice(row, row.prompt_id == turn.prompt_id) for row in turn.others()]
    return sorted(found, key=lambda choice: not choice.is_sibling)


def rows(before: Turn, after: Turn) -> list[Row]:
    """What was asked, parameter by parameter, and what came of it."""
    left, right = before.receipt["asked"], after.receipt["asked"]
    sent, sent_after = before.receipt["sent"], after.receipt["sent"]
    found = [
        Row("Model", left["model"], right["model"]),
        Row("Endpoint", sent["endpoint_label"], sent_after["endpoint_label"]),
        Row("System message", left["system"] or "none", right["system"] or "none"),
        Row("Messages", *(str(one["messages"]["count"]) for one in (sent, sent_after))),
    ]
    for name in sorted({*left["parameters"], *right["parameters"]}):
        values = (_sent(one["parameters"], name) for one in (left, right))
        found.append(Row(label(name), *values))
    facts = zip(_facts(before), _facts(after), strict=True)
    return found + [Row(name, one, other) for (name, one), (_, other) in facts]


def words(before: str, after: str) -> str:
    """Both texts in one, escaped, with `<del>` and `<ins>` around what differs."""
    pieces = [(_TEMPLATES[kind], text) for kind, text in compare(before, after) if text]
    return format_html_join("", "{}", ((format_html(form, text),) for form, text in pieces))


_TEMPLATES: dict[Kind, str] = {
    "same": "{}",
    "gone": "<del>{}</del>",
    "added": "<ins>{}</ins>",
}


def compare(before: str, after: str) -> Iterator[tuple[Kind, str]]:
    """The pieces in their order: without what is added they are `before`, without what is gone
    they are `after`."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for tag, gone, added in _spans(old, new, most=LINES):
        if tag == "equal":
            yield "same", "".join(gone)
        else:
            yield from _compare_words("".join(gone), "".join(added))


def _compare_words(before: str, after: str) -> Iterator[tuple[Kind, str]]:
    old, new = _WORD.findall(before), _WORD.findall(after)
    for tag, gone, added in _spans(old, new, most=WORDS):
        if tag == "equal":
            yield "same", "".join(gone)
            continue
        yield "gone", "".join(gone)
        yield "added", "".join(added)


def _spans(
    old: Sequence[str], new: Sequence[str], *, most: int
) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    shared = min(len(old), len(new))
    start = next((i for i in range(shared) if old[i] != new[i]), shared)
    end = next((i for i in range(shared - start) if old[-1 - i] != new[-1 - i]), shared - start)
    middle = old[start : len(old) - end], new[start : len(new) - end]
    yield "equal", old[:start], new[:start]
    if max(map(len, middle)) > most:
        yield "replace", *middle
    else:
        # Without `autojunk` a text of equal lines takes minutes.
        matcher = SequenceMatcher(None, *middle)
        for tag, i1, i2, j1, j2 in matcher.get_opcodes():
            yield tag, middle[0][i1:i2], middle[1][j1:j2]
    yield "equal", old[len(old) - end :], new[len(new) - end :]


def _facts(turn: Turn) -> list[tuple[str, str]]:
    answered: dict[str, Any] = turn.receipt.get("answered") or {}
    usage = answered.get("usage") or {}
    output = usage.get("output_tokens")
    return [
        ("Finish reason", answered.get("finish_reason") or "none"),
        ("Output", "unknown" if output is None else f"{output:,} tokens"),
        ("Whole answer after", seconds(answered["total_ms"]) if answered else "unknown"),
        ("Cost", cost_text(turn)),
    ]


def _sent(parameters: dict[str, Any], name: str) -> str:
    return value_text(parameters[name]) if name in parameters else "not sent"


def _opening(message: Message) -> str:
    words = " ".join(message.text[:200].split())
    return words[:50] + ("…" if len(words) > 50 else "") or "no words"
