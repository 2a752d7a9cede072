"""Ids and names of tool calls, where a dialect needs what another does not give.

Google gives calls without an id and asks for the name with each result; OpenAI and Anthropic ask
for the id with both. The one rule: a call and its result always end up with the same id.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from chat.llm.types import Message, Part, ToolCallPart, ToolResultPart


def with_tool_ids(messages: Iterable[Message]) -> tuple[Message, ...]:
    """The same messages; every call has an id, every result the id and name of its call."""
    open_calls: list[ToolCallPart] = []
    number = 0
    completed: list[Message] = []
    for message in messages:
        if not any(isinstance(part, ToolCallPart | ToolResultPart) for part in message.parts):
            completed.append(message)
            continue
        parts: list[Part] = []
        for part in message.parts:
            if isinstance(part, ToolCallPart):
                call = part if part.id else replace(part, id=f"call_{number}")
                number += 1
                open_calls.append(call)
                parts.append(call)
            elif isinstance(part, ToolResultPart):
                parts.append(_answered(part, open_calls))
            else:
                parts.append(part)
        completed.append(replace(message, parts=tuple(parts)))
    return tuple(completed)


def _answered(result: ToolResultPart, open_calls: list[ToolCallPart]) -> ToolResultPart:
    call = next((call for call in open_calls if _is_answer(result, call)), None)
    if call is None:
        return result
    open_calls.remove(call)
    return replace(result, call_id=call.id, name=result.name or call.name)


def _is_answer(result: ToolResultPart, call: ToolCallPart) -> bool:
    if result.call_id:
        return result.call_id == call.id
    return not result.name or result.name == call.name
