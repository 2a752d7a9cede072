"""Putting Gemini's function calls together.

Seen: no id, no `args`, several calls of one name; and calls in pieces, where each piece gives one
value by its JSON path, texts are continued, and `functionCall: {}` ends the call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import msgspec

from chat.llm.events import ToolCallDelta
from chat.llm.payload import mapping, sequence, text, text_or_none

_STEP = re.compile(
    r"\.([^.\[\]]+)|\[(\d{1,4})\]|\['((?:[^'\\]|\\.)*)'\]|\[\"((?:[^\"\\]|\\.)*)\"\]"
)
_VALUES = ("stringValue", "numberValue", "boolValue", "nullValue")
_WIDEST = 1000
"""Elements that a path may make an array have."""


class ToolCalls:
    """Those of one candidate. True once there is one."""

    def __init__(self, choice: int) -> None:
        self._choice = choice
        self._count = 0
        self._arguments: dict[str, Any] | None = None
        """Of the call that is still being written."""

    def __bool__(self) -> bool:
        return self._count > 0

    def decode(self, call: dict[str, Any], signature: str | None) -> Iterator[ToolCallDelta]:
        name = text_or_none(call.get("name"))
        if name is not None:
            yield from self.close()
            self._arguments = {}
            id = text_or_none(call.get("id"))
            self._count += 1
            yield ToolCallDelta(self._count - 1, id, name, signature=signature, choice=self._choice)
        if self._arguments is None:
            return
        self._arguments.update(mapping(call.get("args")))
        for item in sequence(call.get("partialArgs")):
            _place(self._arguments, mapping(item))
        if not call.get("willContinue"):
            yield from self.close()

    def close(self) -> Iterator[ToolCallDelta]:
        """The arguments, whole."""
        arguments, self._arguments = self._arguments, None
        if arguments is not None:
            written = msgspec.json.encode(arguments).decode()
            yield ToolCallDelta(self._count - 1, arguments=written, choice=self._choice)


def _place(arguments: dict[str, Any], piece: dict[str, Any]) -> None:
    """Put one value where its path says. A path that cannot be followed is passed over."""
    path = text(piece.get("jsonPath")).removeprefix("$")
    keys = [
        int(found[2]) if found[2] is not None else found[1] or found[3] or found[4] or ""
        for found in _STEP.finditer(path)
    ]
    field = next((name for name in _VALUES if name in piece), None)
    if not keys or field is None:
        return
    value = None if field == "nullValue" else piece[field]
    holder: Any = arguments
    for key, following in pairwise(keys):
        fresh: Any = [] if isinstance(following, int) else {}
        if not _has_room(holder, key):
            return
        if holder[key] is None:
            holder[key] = fresh
        holder = holder[key]
    last = keys[-1]
    if not _has_room(holder, last):
        return
    known = holder[last]
    is_continued = isinstance(known, str) and isinstance(value, str)
    holder[last] = known + value if is_continued else value


def _has_room(holder: Any, key: str | int) -> bool:
    """Whether `key` can be used here; if so, there is something under it, None if it is new."""
    if isinstance(holder, dict) and isinstance(key, str):
        holder.setdefault(key)
        return True
    if isinstance(holder, list) and isinstance(key, int) and key <= min(len(holder), _WIDEST):
        if key == len(holder):
            holder.append(None)
        return True
    return False
