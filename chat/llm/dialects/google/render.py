"""Our answers in Google's shape, for callers of our own API.

The one rule: a function call is told whole, once its arguments are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from chat.llm import sse
from chat.llm.answer import Answer
from chat.llm.choice import Choice
from chat.llm.dialects.google import signatures
from chat.llm.dialects.google.errors import render_error
from chat.llm.dialects.google.usage import encode_usage
from chat.llm.errors import ModelError
from chat.llm.events import (
    Citation,
    Event,
    Finish,
    LogProbs,
    MediaDelta,
    ReasoningDelta,
    RefusalDelta,
    TextDelta,
    ToolCallDelta,
    Usage,
)
from chat.llm.media import encode_base64
from chat.llm.types import MediaPart, Part, ReasoningPart, RefusalPart, TextPart, ToolCallPart

_REASONS = {"length": "MAX_TOKENS", "content_filter": "SAFETY", "error": "OTHER"}


class StreamRenderer:
    """Events in, chunks out. `id` and `model` are ours, not the provider's."""

    def __init__(self, id: str, model: str) -> None:
        self._tail = {"modelVersion": model, "responseId": id}
        self._calls = Answer()
        """Calls whose arguments are still coming."""
        self._finishes: dict[int, Finish] = {}
        self._usage: Usage | None = None

    def render(self, event: Event) -> bytes:
        """Empty where the shape has no place for it, or not yet."""
        match event:
            case TextDelta() | RefusalDelta():
                return self._parts(event.choice, [{"text": event.text}])
            case ReasoningDelta():
                thinking = _thinking(event.text, event.signature, event.encrypted)
                return self._parts(event.choice, list(thinking))
            case MediaDelta():
                return self._parts(event.choice, [_inline(event.media_type, event.data)])
            case ToolCallDelta():
                self._calls.add(event)
            case Citation():
                return self._chunk(0, [], groundingMetadata=_grounding([event]))
            case LogProbs():
                return self._chunk(event.choice, [], logprobsResult=_logprobs(event.content))
            case Finish():
                self._finishes[event.choice] = event
            case Usage():
                self._usage = event
        return b""

    def close(self) -> bytes:
        """The calls, why it ended, and what it took."""
        body = b""
        for choice in self._calls.choices:
            body += self._parts(choice.index, [_call(call) for call in choice.tool_calls])
        usage = {"usageMetadata": encode_usage(self._usage)} if self._usage else {}
        finishes = self._finishes or {0: Finish(None)}
        candidates = [
            {
                "content": {"role": "model", "parts": [{"text": ""}]},
                "finishReason": finish_reason(finish),
                "index": number,
            }
            for number, finish in finishes.items()
        ]
        return body + self._encoded({"candidates": candidates, **usage})

    def fail(self, error: ModelError) -> bytes:
        """The last thing of a stream that failed; nothing may follow it."""
        return sse.encode(msgspec.json.encode(render_error(error)[1]))

    def _parts(self, choice: int, parts: list[dict[str, Any]]) -> bytes:
        return self._chunk(choice, parts) if parts else b""

    def _chunk(self, choice: int, parts: list[dict[str, Any]], **fields: Any) -> bytes:
        content = {"role": "model", "parts": parts}
        return self._encoded({"candidates": [{"content": content, "index": choice, **fields}]})

    def _encoded(self, chunk: dict[str, Any]) -> bytes:
        return sse.encode(msgspec.json.encode({**chunk, **self._tail}))


def render_response(answer: Answer, *, id: str, model: str) -> dict[str, Any]:
    response: dict[str, Any] = {
        "candidates": [_candidate(choice, answer) for choice in answer.choices],
        "modelVersion": model,
        "responseId": id,
    }
    if answer.usage is not None:
        response["usageMetadata"] = encode_usage(answer.usage)
    return response


def finish_reason(finish: Finish) -> str:
    return _REASONS.get(finish.reason or "", "STOP")


def _candidate(choice: Choice, answer: Answer) -> dict[str, Any]:
    parts = [rendered for part in choice.parts for rendered in _part(part)]
    candidate: dict[str, Any] = {
        "content": {"role": "model", "parts": parts},
        "finishReason": finish_reason(choice.finish or Finish(None)),
        "index": choice.index,
    }
    if choice.index == 0 and answer.citations:
        candidate["groundingMetadata"] = _grounding(list(answer.citations))
    if choice.logprobs:
        candidate["logprobsResult"] = _logprobs(choice.logprobs)
    return candidate


def _part(part: Part) -> Iterator[dict[str, Any]]:
    match part:
        case TextPart() | RefusalPart():
            yield {"text": part.text}
        case ReasoningPart():
            yield from _thinking(part.text, part.signature, part.encrypted)
        case MediaPart():
            yield _inline(part.media_type, part.data or b"")
        case ToolCallPart():
            yield _call(part)


def _thinking(text: str, signature: str | None, encrypted: str | None) -> Iterator[dict[str, Any]]:
    signed = _signed(signature)
    if text:
        yield {"text": text, "thought": True, **signed}
    elif signed:
        yield {"text": "", **signed}
    if encrypted:
        yield {"text": "", "thoughtSignature": signatures.sealed(encrypted)}


def _signed(signature: str | None) -> dict[str, str]:
    return {"thoughtSignature": signatures.written(signature)} if signature else {}


def _inline(media_type: str, data: bytes) -> dict[str, Any]:
    return {"inlineData": {"mimeType": media_type, "data": encode_base64(data)}}


def _call(part: ToolCallPart) -> dict[str, Any]:
    try:
        arguments = msgspec.json.decode(part.arguments or "{}")
    except (msgspec.DecodeError, RecursionError):
        arguments = part.arguments
    arguments = arguments if isinstance(arguments, dict) else {"arguments": arguments}
    call: dict[str, Any] = {"name": part.name, "args": arguments}
    called = call | ({"id": part.id} if part.id else {})
    return {"functionCall": called, **_signed(part.signature)}


def _grounding(citations: list[Citation]) -> dict[str, Any]:
    chunks = [{"web": {"uri": cited.url, "title": cited.title}} for cited in citations]
    return {"groundingChunks": chunks}


def _logprobs(content: Any) -> dict[str, Any]:
    def own(entry: Any) -> dict[str, Any]:
        return {"token": entry.get("token"), "logProbability": entry.get("logprob")}

    return {
        "chosenCandidates": [own(entry) for entry in content],
        "topCandidates": [
            {"candidates": [own(other) for other in entry.get("top_logprobs") or ()]}
            for entry in content
        ],
    }
