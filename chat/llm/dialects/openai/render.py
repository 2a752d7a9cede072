"""Our answers in OpenAI's shape, for callers of our own API.

The one rule: what `decode` reads from here is what was said. Thinking goes out as
`reasoning_content`, and in `reasoning_details` what has to come back with the next turn.
"""

from __future__ import annotations

from typing import Any

import msgspec

from chat.llm import sse
from chat.llm.answer import Answer
from chat.llm.choice import Choice
from chat.llm.dialects.openai.errors import render_error
from chat.llm.dialects.openai.extras import encode_reasoning_details
from chat.llm.dialects.openai.usage import encode_usage
from chat.llm.errors import ModelError
from chat.llm.events import (
    Citation,
    Event,
    Finish,
    LogProbs,
    MediaDelta,
    ReasoningDelta,
    RefusalDelta,
    ServerTool,
    Started,
    TextDelta,
    ToolCallDelta,
    UnknownBlock,
    Usage,
)
from chat.llm.media import encode_base64, media_url
from chat.llm.types import MediaPart, ReasoningPart, ToolCallPart

DONE = sse.encode(b"[DONE]")
_REASONS = {"error": "stop", None: "stop"}


class StreamRenderer:
    """Events in, chunks out. `id` and `model` are ours, not the provider's."""

    def __init__(self, id: str, model: str, *, created: int, has_usage: bool = False) -> None:
        self._head = {"id": id, "object": "chat.completion.chunk", "created": created}
        self._model = model
        self._has_usage = has_usage
        self._usage: Usage | None = None
        self._is_role_sent: set[int] = set()

    def render(self, event: Event) -> bytes:
        """Empty where the shape has no place for it."""
        match event:
            case TextDelta():
                return self._delta(event.choice, {"content": event.text})
            case ReasoningDelta():
                return self._delta(event.choice, _reasoning(event))
            case RefusalDelta():
                return self._delta(event.choice, {"refusal": event.text})
            case ToolCallDelta():
                return self._delta(event.choice, {"tool_calls": [_tool_call_delta(event)]})
            case MediaDelta():
                return self._delta(event.choice, _media([_part_of(event)]))
            case Citation():
                return self._delta(0, {"annotations": [_annotation(event)]})
            case LogProbs():
                return self._delta(event.choice, {}, logprobs={"content": list(event.content)})
            case Finish():
                reason = finish_reason(event)
                return self._delta(event.choice, {}, finish_reason=reason)
            case Usage():
                self._usage = event
                return b""
            case Started():
                return self._delta(0, {"content": ""})
            case ServerTool() | UnknownBlock():
                return b""

    def close(self) -> bytes:
        """Usage, if it was asked for, and the marker."""
        if not self._has_usage or self._usage is None:
            return DONE
        return self._chunk([], usage=encode_usage(self._usage)) + DONE

    def fail(self, error: ModelError) -> bytes:
        """The last thing of a stream that failed; nothing may follow it."""
        return sse.encode(msgspec.json.encode(render_error(error)[1]))

    def _delta(
        self,
        choice: int,
        delta: dict[str, Any],
        *,
        finish_reason: str | None = None,
        logprobs: dict[str, Any] | None = None,
    ) -> bytes:
        if choice not in self._is_role_sent:
            self._is_role_sent.add(choice)
            delta = {"role": "assistant", **delta}
        entry: dict[str, Any] = {"index": choice, "delta": delta, "finish_reason": finish_reason}
        if logprobs is not None:
            entry["logprobs"] = logprobs
        return self._chunk([entry])

    def _chunk(self, choices: list[dict[str, Any]], **fields: Any) -> bytes:
        chunk = {**self._head, "model": self._model, "choices": choices, **fields}
        return sse.encode(msgspec.json.encode(chunk))


def render_response(answer: Answer, *, id: str, model: str, created: int) -> dict[str, Any]:
    response: dict[str, Any] = {
        "id": id,
        "object": "chat.completion",
        "created": created,
        "model": model,
        "choices": [_choice(choice, answer) for choice in answer.choices],
    }
    if answer.usage is not None:
        response["usage"] = encode_usage(answer.usage)
    return response


def finish_reason(finish: Finish) -> str:
    """OpenAI has no word for an error; a client would not know what to make of null at the end."""
    return _REASONS.get(finish.reason) or str(finish.reason)


def _choice(choice: Choice, answer: Answer) -> dict[str, Any]:
    message: dict[str, Any] = {
        "role": "assistant",
        "content": choice.text or None,
        "refusal": choice.refusal,
    }
    thinking = [part for part in choice.parts if isinstance(part, ReasoningPart)]
    if choice.reasoning:
        message["reasoning_content"] = choice.reasoning
    if any(part.signature or part.encrypted for part in thinking):
        message["reasoning_details"] = encode_reasoning_details(thinking)
    if choice.tool_calls:
        message["tool_calls"] = [_tool_call(call) for call in choice.tool_calls]
    message |= _media(list(choice.media))
    if choice.index == 0 and answer.citations:
        message["annotations"] = [_annotation(citation) for citation in answer.citations]
    logprobs = {"content": choice.logprobs} if choice.logprobs else None
    reason = finish_reason(choice.finish) if choice.finish else None
    fields = {"index": choice.index, "message": message, "logprobs": logprobs}
    return {**fields, "finish_reason": reason}


def _reasoning(event: ReasoningDelta) -> dict[str, Any]:
    delta: dict[str, Any] = {"reasoning_content": event.text} if event.text else {}
    if event.signature or event.encrypted:
        part = ReasoningPart("", event.signature, event.encrypted)
        delta["reasoning_details"] = encode_reasoning_details([part])
    return delta


def _tool_call_delta(event: ToolCallDelta) -> dict[str, Any]:
    function: dict[str, Any] = {"arguments": event.arguments}
    call: dict[str, Any] = {"index": event.index, "function": function}
    if event.name is not None:
        function["name"] = event.name
        call["type"] = "function"
    if event.id is not None:
        call["id"] = event.id
    return call | _signature(event.signature)


def _tool_call(part: ToolCallPart) -> dict[str, Any]:
    function = {"name": part.name, "arguments": part.arguments}
    call = {"id": part.id, "type": "function", "function": function}
    return call | _signature(part.signature)


def _signature(signature: str | None) -> dict[str, Any]:
    if signature is None:
        return {}
    return {"extra_content": {"google": {"thought_signature": signature}}}


def _part_of(event: MediaDelta) -> MediaPart:
    return MediaPart(event.media_type, data=event.data)


def _media(media: list[MediaPart]) -> dict[str, Any]:
    images = [part for part in media if not part.media_type.startswith("audio/")]
    sounds = [part for part in media if part.media_type.startswith("audio/")]
    fields: dict[str, Any] = {}
    if images:
        urls = [{"url": media_url(part)} for part in images]
        fields["images"] = [{"type": "image_url", "image_url": url} for url in urls]
    if sounds:
        fields["audio"] = {"data": encode_base64(b"".join(part.data or b"" for part in sounds))}
    return fields


def _annotation(citation: Citation) -> dict[str, Any]:
    cited = {"url": citation.url, "title": citation.title or "", "start_index": 0, "end_index": 0}
    return {"type": "url_citation", "url_citation": cited}
