"""What goes over a wire and comes back, without what the wire is free to spell its own way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from chat.llm.answer import Answer
from chat.llm.dialects import Dialect
from chat.llm.errors import ModelError
from chat.llm.events import Event, Finish, ToolCallDelta, Usage
from chat.llm.response import ResponseDecoder


def over_the_wire(body: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(body))


def read(dialect: Dialect, body: bytes) -> tuple[list[Event], ModelError | None]:
    decoder = ResponseDecoder(dialect)
    events = decoder.feed(body) + decoder.close()
    return events, decoder.failure


def without_spelling(events: list[Event]) -> list[Event]:
    """Without the provider's own words for a reason, its own usage object, and the borders between
    pieces of arguments. Usage counts once, the last time."""
    plain: list[Event] = []
    usage: Usage | None = None
    for event in events:
        last = plain[-1] if plain else None
        match event:
            case Finish():
                plain.append(replace(event, raw=None))
            case Usage():
                usage = replace(event, raw={})
            case ToolCallDelta() if isinstance(last, ToolCallDelta) and last.index == event.index:
                plain[-1] = replace(last, arguments=last.arguments + event.arguments)
            case _:
                plain.append(event)
    return [*plain, usage] if usage is not None else plain


def said(events: list[Event]) -> dict[str, Any]:
    """Everything that an answer keeps, likewise without spelling."""
    answer = Answer()
    answer.extend(events)
    concluded = answer.as_dict() | {"usage_raw": None, "finish_reason_raw": None}
    for call in concluded["tool_calls"]:
        del call["arguments_raw"]
    return concluded
