"""Our answers in Anthropic's shape, for callers of our own API.

The one rule: blocks follow one another and never interleave. The first tool call streams; calls
that run beside it are held back and follow whole.
"""

from __future__ import annotations

from typing import Any

import msgspec

from chat.llm import sse
from chat.llm.answer import Answer
from chat.llm.dialects.anthropic.errors import render_error
from chat.llm.dialects.anthropic.usage import encode_usage
from chat.llm.errors import ModelError
from chat.llm.events import (
    Citation,
    Event,
    Finish,
    ReasoningDelta,
    RefusalDelta,
    TextDelta,
    ToolCallDelta,
    Usage,
)
from chat.llm.types import Part, ReasoningPart, RefusalPart, TextPart, ToolCallPart

_REASONS = {"length": "max_tokens", "tool_calls": "tool_use", "content_filter": "refusal"}
_NOTHING = Usage(0, 0)


class StreamRenderer:
    """Events in, typed events out. `id` and `model` are ours, not the provider's. Only the first
    choice is told: the dialect knows no other."""

    def __init__(self, id: str, model: str) -> None:
        self._id = id
        self._model = model
        self._is_started = False
        self._blocks = 0
        self._open: str | None = None
        self._call: int | None = None
        """The number of the call whose block is open."""
        self._held: dict[int, ToolCallPart] = {}
        self._told: set[int] = set()
        self._finish: Finish | None = None
        self._usage = _NOTHING

    def render(self, event: Event) -> bytes:
        """Empty where the shape has no place for it."""
        if getattr(event, "choice", 0) != 0:
            return b""
        head = self._start()
        match event:
            case TextDelta() | RefusalDelta():
                return head + self._text(event.text)
            case ReasoningDelta():
                return head + self._thinking(event)
            case ToolCallDelta():
                return head + self._tool_call(event)
            case Citation():
                return head + self._citation(event)
            case Usage():
                self._usage = event
            case Finish():
                self._finish = event
        return head

    def close(self) -> bytes:
        """What was held back, why it ended, and what it took."""
        fields = {
            "delta": _ending(self._finish),
            "usage": encode_usage(self._usage),
        }
        end = self._event("message_delta", **fields) + self._event("message_stop")
        return self._start() + self._leave() + end

    def fail(self, error: ModelError) -> bytes:
        """The last thing of a stream that failed; nothing may follow it."""
        return sse.encode(msgspec.json.encode(render_error(error)[1]), name="error")

    def _start(self) -> bytes:
        if self._is_started:
            return b""
        self._is_started = True
        return self._event("message_start", message=_message(self._id, self._model))

    def _text(self, text: str) -> bytes:
        if not text:
            return b""
        head = self._enter("text", {"type": "text", "text": ""})
        return head + self._delta({"type": "text_delta", "text": text})

    def _thinking(self, event: ReasoningDelta) -> bytes:
        body = b""
        if event.text or event.signature:
            body += self._enter("thinking", {"type": "thinking", "thinking": "", "signature": ""})
        if event.text:
            body += self._delta({"type": "thinking_delta", "thinking": event.text})
        if event.signature:
            body += self._delta({"type": "signature_delta", "signature": event.signature})
            body += self._leave()
        if event.encrypted:
            redacted = {"type": "redacted_thinking", "data": event.encrypted}
            body += self._enter("redacted", redacted) + self._leave()
        return body

    def _tool_call(self, event: ToolCallDelta) -> bytes:
        if self._call == event.index:
            return self._arguments(event.arguments)
        if self._call is not None:
            held = self._held.get(event.index, ToolCallPart("", ""))
            self._held[event.index] = ToolCallPart(
                event.name or held.name, held.arguments + event.arguments, event.id or held.id
            )
            return b""
        if event.index in self._told:
            return b""
        return self._enter_call(event.index, event.id, event.name) + self._arguments(
            event.arguments
        )

    def _enter_call(self, number: int, id: str | None, name: str | None) -> bytes:
        block: dict[str, Any] = {
            "type": "tool_use",
            "id": id or f"toolu_{number}",
            "name": name,
            "input": {},
        }
        head = self._leave() + self._enter("tool_use", block)
        self._call = number
        self._told.add(number)
        return head

    def _arguments(self, piece: str) -> bytes:
        return self._delta({"type": "input_json_delta", "partial_json": piece}) if piece else b""

    def _citation(self, event: Citation) -> bytes:
        head = self._enter("text", {"type": "text", "text": ""})
        return head + self._delta({"type": "citations_delta", "citation": _cited(event)})

    def _enter(self, kind: str, block: dict[str, Any]) -> bytes:
        """Go into a block of this kind; one that is open already will do."""
        if self._open == kind and kind in ("text", "thinking"):
            return b""
        head = self._leave()
        self._open = kind
        return head + self._event("content_block_start", index=self._blocks, content_block=block)

    def _leave(self) -> bytes:
        if self._open is None:
            return b""
        body = self._event("content_block_stop", index=self._blocks)
        self._blocks += 1
        self._open = self._call = None
        held, self._held = self._held, {}
        for number, call in held.items():
            body += self._enter_call(number, call.id, call.name) + self._arguments(call.arguments)
        return body + self._leave() if held else body

    def _delta(self, delta: dict[str, Any]) -> bytes:
        return self._event("content_block_delta", index=self._blocks, delta=delta)

    def _event(self, name: str, **fields: Any) -> bytes:
        return sse.encode(msgspec.json.encode({"type": name, **fields}), name=name)


def render_response(answer: Answer, *, id: str, model: str) -> dict[str, Any]:
    blocks = [block for part in answer.parts if (block := _block(part)) is not None]
    if answer.citations:
        texts = [block for block in blocks if block["type"] == "text"]
        if not texts:
            texts = [{"type": "text", "text": ""}]
            blocks += texts
        texts[-1]["citations"] = [_cited(citation) for citation in answer.citations]
    message = _message(id, model) | _ending(answer.finish)
    usage = encode_usage(answer.usage or _NOTHING)
    return message | {"content": blocks, "usage": usage}


def _message(id: str, model: str) -> dict[str, Any]:
    return {
        "id": id,
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": encode_usage(_NOTHING),
    }


def _cited(citation: Citation) -> dict[str, Any]:
    """Clients expect every field; what was cited, and the index, only Anthropic's servers know."""
    return {
        "type": "web_search_result_location",
        "url": citation.url,
        "title": citation.title,
        "cited_text": "",
        "encrypted_index": "",
    }


def _ending(finish: Finish | None) -> dict[str, Any]:
    stop = finish.stop_sequence if finish else None
    reason = _REASONS.get((finish.reason if finish else None) or "")
    if reason is None:
        reason = "stop_sequence" if stop is not None else "end_turn"
    return {"stop_reason": reason, "stop_sequence": stop}


def _block(part: Part) -> dict[str, Any] | None:
    match part:
        case TextPart() | RefusalPart():
            return {"type": "text", "text": part.text}
        case ReasoningPart(text="", encrypted=str(data), signature=None):
            return {"type": "redacted_thinking", "data": data}
        case ReasoningPart():
            return {"type": "thinking", "thinking": part.text, "signature": part.signature or ""}
        case ToolCallPart():
            return {"type": "tool_use", "id": part.id, "name": part.name, "input": _input(part)}
        case _:
            return None


def _input(call: ToolCallPart) -> Any:
    try:
        return msgspec.json.decode(call.arguments or "{}")
    except (msgspec.DecodeError, RecursionError):
        return {"arguments": call.arguments}
