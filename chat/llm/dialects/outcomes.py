"""A request body under construction, with a record of what became of each parameter.

The one rule: nothing that was asked for disappears in silence. It is sent, translated or dropped,
and the receipt says which and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chat.llm.types import MediaPart, ParameterOutcome, Request, ToolResultPart


def has_other_markers(request: Request) -> bool:
    """Whether a cache is asked for after something that is no text: a tool, a result, a file."""
    parts = (part for message in request.messages for part in message.parts)
    marked = (part for part in parts if isinstance(part, MediaPart | ToolResultPart))
    things = (*marked, *(request.parameters.tools or ()))
    return any(thing.is_cache_boundary for thing in things)


class Body:
    """Fields are paths with dots: `generationConfig.topK` makes the object around it."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self.fields = fields
        self._outcomes: list[ParameterOutcome] = []

    @property
    def outcomes(self) -> tuple[ParameterOutcome, ...]:
        return tuple(self._outcomes)

    def put(self, field: str, wire: Any) -> None:
        *path, last = field.split(".")
        target = self.fields
        for name in path:
            target = target.setdefault(name, {})
        target[last] = wire

    def send(self, name: str, value: Any, *, field: str | None = None, wire: Any = None) -> None:
        """None is a parameter that was not set: nothing happens."""
        if value is None:
            return
        wire = value if wire is None else wire
        self.put(field or name, wire)
        sent_as = field if field and field != name else None
        self._outcomes.append(ParameterOutcome(name, "sent", wire, sent_as))

    def translate(self, name: str, value: Any, *, field: str, wire: Any, reason: str) -> None:
        if value is None:
            return
        self.put(field, wire)
        self._outcomes.append(ParameterOutcome(name, "translated", value, field, reason))

    def drop(self, name: str, value: Any, reason: str) -> None:
        if value is None:
            return
        self._outcomes.append(ParameterOutcome(name, "dropped", value, None, reason))

    def merge(self, extra: Mapping[str, Any], *, kept: frozenset[str]) -> None:
        """Extra JSON, as it stands; `kept` are the fields that it may not replace."""
        for name, value in extra.items():
            if name in kept:
                self.drop(name, value, "set by the playground itself")
                continue
            current = self.fields.get(name)
            if isinstance(current, dict) and isinstance(value, Mapping):
                self.fields[name] = {**current, **value}
            else:
                self.fields[name] = value
            self._outcomes.append(ParameterOutcome(name, "sent", value))
