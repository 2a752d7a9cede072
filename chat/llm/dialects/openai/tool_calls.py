"""Putting tool calls together from deltas that agree on little.

Seen: whole calls in one chunk; no index; the first index 1; an empty id or name that must not
overwrite; name and id repeated in each delta that must not be joined; every parallel call under
index 0; the legacy `function_call`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import msgspec

from chat.llm.events import ToolCallDelta
from chat.llm.payload import mapping, sequence, text_or_none


class _Call:
    __slots__ = ("id", "name", "number")

    def __init__(self, number: int) -> None:
        self.number = number
        self.id: str | None = None
        self.name: str | None = None


class ToolCalls:
    """Those of one choice. True once there is one."""

    def __init__(self, choice: int) -> None:
        self._choice = choice
        self._by_key: dict[Hashable, _Call] = {}
        self._count = 0
        self._last: _Call | None = None

    def __bool__(self) -> bool:
        return self._count > 0

    def decode(self, said: dict[str, Any]) -> Iterator[ToolCallDelta]:
        for item in sequence(said.get("tool_calls")):
            entry = mapping(item)
            function = mapping(entry.get("function"))
            if not function:
                custom = mapping(entry.get("custom"))
                function = {"name": custom.get("name"), "arguments": custom.get("input")}
            index = entry.get("index")
            yield from self._delta(
                index if isinstance(index, int) else None,
                text_or_none(entry.get("id")),
                function,
                signature=_signature(entry),
            )
        legacy = mapping(said.get("function_call"))
        if legacy:
            yield from self._delta("legacy", None, legacy)

    def _delta(
        self,
        key: Hashable | None,
        id: str | None,
        function: dict[str, Any],
        *,
        signature: str | None = None,
    ) -> Iterator[ToolCallDelta]:
        name = text_or_none(function.get("name"))
        arguments = _arguments(function.get("arguments"))
        call = self._find(key, id, name)
        if call is None:
            if not (id or name or arguments):
                return
            call = self._begin(key, id)
        new_id = id if call.id is None else None
        new_name = name if call.name is None else None
        call.id, call.name = call.id or id, call.name or name
        self._last = call
        if new_id or new_name or arguments or signature:
            yield ToolCallDelta(
                call.number, new_id, new_name, arguments, signature, choice=self._choice
            )

    def _find(self, key: Hashable | None, id: str | None, name: str | None) -> _Call | None:
        if key is not None:
            call = self._by_key.get(key)
            is_another = call is not None and id and call.id and id != call.id
            return None if is_another else call
        if id is not None:
            return self._by_key.get(("id", id))
        return None if name is not None else self._last

    def _begin(self, key: Hashable | None, id: str | None) -> _Call:
        call = _Call(self._count)
        self._count += 1
        if key is not None:
            self._by_key[key] = call
        elif id is not None:
            self._by_key[("id", id)] = call
        return call


def _arguments(value: Any) -> str:
    """JSON text; a few servers send the object itself."""
    if isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode() if isinstance(value, dict) else ""


def _signature(entry: dict[str, Any]) -> str | None:
    """Google's, on its OpenAI-shaped endpoint."""
    google = mapping(mapping(entry.get("extra_content")).get("google"))
    return text_or_none(google.get("thought_signature"))
