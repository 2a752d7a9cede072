"""What an Anthropic-shaped response says: typed events of a stream, or one message.

The one rule: a block is what its `content_block_start` says; a kind that we do not know is kept by
name and its deltas are passed over. A message that is not streamed is its blocks, one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from chat.llm.dialects.anthropic.usage import decode_usage
from chat.llm.dialects.error_shapes import error_in_answer
from chat.llm.events import (
    Citation,
    Event,
    Finish,
    FinishReason,
    ReasoningDelta,
    ServerTool,
    Started,
    TextDelta,
    ToolCallDelta,
    UnknownBlock,
)
from chat.llm.payload import mapping, sequence, text, text_or_none

_REASONS: dict[str, FinishReason] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
_SERVER_TOOLS = ("server_tool_use", "mcp_tool_use")


class _Block:
    """One that is open. `pieces` are its arguments as they come."""

    def __init__(self, kind: str, start: dict[str, Any], call: int) -> None:
        self.kind = kind
        self.start = start
        self.call = call
        self.pieces: list[str] = []

    @property
    def arguments(self) -> Any:
        """What a tool of the provider was called with; a text if it is no JSON."""
        written = "".join(self.pieces)
        if not written:
            return mapping(self.start.get("input"))
        try:
            return msgspec.json.decode(written)
        except (msgspec.DecodeError, RecursionError):
            return written


class Decoder:
    def __init__(self) -> None:
        self.is_complete = False
        self._blocks: dict[Any, _Block] = {}
        self._calls = 0
        self._usage: dict[str, Any] = {}
        self._finish: Finish | None = None

    def decode(self, payload: Any, event_name: str | None = None) -> Iterator[Event]:
        if not isinstance(payload, dict):
            return
        error = error_in_answer(payload)
        if error is not None:
            raise error
        match payload.get("type"):
            case "content_block_delta":
                yield from self._delta(payload)
            case "content_block_start":
                block = mapping(payload.get("content_block"))
                yield from self._start_block(_key(payload), block)
            case "content_block_stop":
                yield from self._stop_block(_key(payload))
            case "message_start":
                yield from self._start(mapping(payload.get("message")))
            case "message_delta":
                yield from self._count(payload)
                yield from self._end(mapping(payload.get("delta")))
            case "message_stop":
                self.is_complete = True
            case "message":
                yield from self._message(payload)

    def close(self) -> Iterable[Event]:
        return ()

    def _message(self, message: dict[str, Any]) -> Iterator[Event]:
        yield from self._start(message)
        for number, block in enumerate(sequence(message.get("content"))):
            yield from self._start_block(number, mapping(block))
            yield from self._stop_block(number)
        yield from self._end(message)

    def _start(self, message: dict[str, Any]) -> Iterator[Event]:
        model, id = text_or_none(message.get("model")), text_or_none(message.get("id"))
        yield Started(model, id)
        yield from self._count(message)

    def _count(self, source: dict[str, Any]) -> Iterator[Event]:
        """What `message_delta` says replaces what `message_start` said: with web search the
        second input is more than a hundred times the first."""
        usage = source.get("usage")
        if isinstance(usage, dict) and usage:
            known = {name: value for name, value in usage.items() if value is not None}
            self._usage = {**usage, **self._usage, **known}
            yield decode_usage(self._usage)

    def _end(self, source: dict[str, Any]) -> Iterator[Event]:
        raw = text_or_none(source.get("stop_reason"))
        if raw is None:
            return
        self.is_complete = True
        reason = _REASONS.get(raw, "stop")
        if raw == "end_turn" and self._calls:
            reason = "tool_calls"
        finish = Finish(reason, raw, text_or_none(source.get("stop_sequence")))
        if finish != self._finish:
            self._finish = finish
            yield finish

    def _start_block(self, key: Any, start: dict[str, Any]) -> Iterator[Event]:
        kind = text(start.get("type"))
        block = self._blocks[key] = _Block(kind, start, self._calls)
        match kind:
            case "text":
                if text(start.get("text")):
                    yield TextDelta(text(start.get("text")))
                for citation in sequence(start.get("citations")):
                    yield from _cite(mapping(citation))
            case "thinking":
                signature = text_or_none(start.get("signature"))
                if text(start.get("thinking")) or signature:
                    yield ReasoningDelta(text(start.get("thinking")), signature)
            case "redacted_thinking":
                yield ReasoningDelta(encrypted=text(start.get("data")))
            case "tool_use":
                self._calls += 1
                id, name = text_or_none(start.get("id")), text_or_none(start.get("name"))
                yield ToolCallDelta(block.call, id, name)
            case _ if kind in _SERVER_TOOLS or "tool_use_id" in start:
                pass
            case _:
                yield UnknownBlock(kind, start)

    def _delta(self, payload: dict[str, Any]) -> Iterator[Event]:
        block = self._blocks.get(_key(payload))
        delta = mapping(payload.get("delta"))
        match delta.get("type"):
            case "text_delta":
                if text(delta.get("text")):
                    yield TextDelta(text(delta.get("text")))
            case "thinking_delta":
                if text(delta.get("thinking")):
                    yield ReasoningDelta(text(delta.get("thinking")))
            case "signature_delta":
                if text(delta.get("signature")):
                    yield ReasoningDelta(signature=text(delta.get("signature")))
            case "citations_delta":
                yield from _cite(mapping(delta.get("citation")))
            case "input_json_delta":
                piece = text(delta.get("partial_json"))
                if block is None or not piece:
                    return
                block.pieces.append(piece)
                if block.kind == "tool_use":
                    yield ToolCallDelta(block.call, arguments=piece)

    def _stop_block(self, key: Any) -> Iterator[Event]:
        block = self._blocks.pop(key, None)
        if block is None:
            return
        start = block.start
        if block.kind == "tool_use":
            given = start.get("input")
            if given and not block.pieces:  # whole in the start, as in a message
                yield ToolCallDelta(block.call, arguments=msgspec.json.encode(given).decode())
        elif block.kind in _SERVER_TOOLS:
            detail = {name: start.get(name) for name in ("type", "id", "name")}
            detail["arguments"] = block.arguments
            yield ServerTool(text(start.get("name")), detail)
        elif "tool_use_id" in start:
            detail = {name: start.get(name) for name in ("type", "tool_use_id")}
            yield ServerTool(block.kind, detail)


def _key(payload: dict[str, Any]) -> Any:
    index = payload.get("index")
    return index if isinstance(index, int) else None


def _cite(citation: dict[str, Any]) -> Iterator[Event]:
    """A page, a result of a search of the caller's own, or a document of the conversation."""
    url = text(citation.get("url")) or text(citation.get("source"))
    title = text_or_none(citation.get("title")) or text_or_none(citation.get("document_title"))
    index = citation.get("document_index")
    if not url and isinstance(index, int):
        url = f"document:{index}"
    if url:
        yield Citation(url, title)
