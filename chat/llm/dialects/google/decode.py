"""What a Gemini response says: one object, or many of the same shape.

The one rule: every chunk is a whole response of its own, of which any part may be missing. What is
called STOP is a tool call if there was one, and a prompt that was blocked has no candidates at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chat.llm.dialects.error_shapes import error_in_answer
from chat.llm.dialects.google.tool_calls import ToolCalls
from chat.llm.dialects.google.usage import decode_usage
from chat.llm.events import (
    Citation,
    Event,
    Finish,
    FinishReason,
    LogProbs,
    MediaDelta,
    ReasoningDelta,
    ServerTool,
    Started,
    TextDelta,
    UnknownBlock,
)
from chat.llm.media import decode_base64
from chat.llm.payload import mapping, sequence, text, text_or_none

_REASONS: dict[str, FinishReason] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "SAFETY": "content_filter",
    "RECITATION": "content_filter",
    "BLOCKLIST": "content_filter",
    "PROHIBITED_CONTENT": "content_filter",
    "SPII": "content_filter",
    "MODEL_ARMOR": "content_filter",
    "IMAGE_SAFETY": "content_filter",
    "IMAGE_PROHIBITED_CONTENT": "content_filter",
    "IMAGE_RECITATION": "content_filter",
}
"""Every other value (OTHER, MALFORMED_FUNCTION_CALL, … and new ones) is an error."""


class Decoder:
    def __init__(self) -> None:
        self.is_complete = False
        self._model: str | None = None
        self._id: str | None = None
        self._is_started = False
        self._calls: dict[int, ToolCalls] = {}
        self._finishes: dict[int, Finish] = {}
        self._usage: dict[str, Any] = {}
        self._is_blocked = False

    def decode(self, payload: Any, event_name: str | None = None) -> Iterator[Event]:
        if not isinstance(payload, dict):
            return
        error = error_in_answer({"choices": None, **payload})
        if error is not None:
            raise error
        yield from self._start(payload)
        for candidate in sequence(payload.get("candidates")):
            yield from self._candidate(mapping(candidate))
        yield from self._block(mapping(payload.get("promptFeedback")))
        usage = payload.get("usageMetadata")
        if isinstance(usage, dict) and usage and not usage.items() <= self._usage.items():
            self._usage = {**self._usage, **usage}
            yield decode_usage(self._usage)

    def close(self) -> Iterator[Event]:
        """Calls that were still open, and the reason if the calls came after it."""
        for number, calls in self._calls.items():
            yield from calls.close()
            finish = self._finishes.get(number)
            if finish is not None and finish.reason == "stop" and calls:
                yield Finish("tool_calls", finish.raw, choice=number)

    def _start(self, payload: dict[str, Any]) -> Iterator[Event]:
        model = text_or_none(payload.get("modelVersion")) if self._model is None else None
        id = text_or_none(payload.get("responseId")) if self._id is None else None
        if model or id or not self._is_started:
            self._is_started = True
            self._model, self._id = self._model or model, self._id or id
            yield Started(model, id)

    def _candidate(self, candidate: dict[str, Any]) -> Iterator[Event]:
        index = candidate.get("index")
        number = index if isinstance(index, int) else 0
        for part in sequence(mapping(candidate.get("content")).get("parts")):
            yield from self._part(mapping(part), number)
        yield from _citations(candidate)
        logprobs = _logprobs(mapping(candidate.get("logprobsResult")))
        if logprobs:
            yield LogProbs(tuple(logprobs), number)
        raw = text_or_none(candidate.get("finishReason"))
        if raw is not None:
            yield from self._finish(raw, number)

    def _part(self, part: dict[str, Any], number: int) -> Iterator[Event]:
        signature = text_or_none(part.get("thoughtSignature"))
        call = part.get("functionCall")
        if isinstance(call, dict):
            calls = self._calls.setdefault(number, ToolCalls(number))
            yield from calls.decode(call, signature)
            return
        words = text(part.get("text"))
        if part.get("thought") is True:
            if words or signature:
                yield ReasoningDelta(words, signature, choice=number)
            return
        if words:
            yield TextDelta(words, number)
        inline = mapping(part.get("inlineData"))
        data = decode_base64(text(inline.get("data")))
        if data:
            media_type = text(inline.get("mimeType")) or "application/octet-stream"
            yield MediaDelta(media_type, data, number)
        if "fileData" in part:
            yield UnknownBlock("fileData", mapping(part["fileData"]))
        if signature is not None and ("text" in part or inline):
            yield ReasoningDelta(signature=signature, choice=number)
        yield from _server_tools(part)

    def _finish(self, raw: str, number: int) -> Iterator[Event]:
        self.is_complete = True
        calls = self._calls.get(number)
        if calls is not None:
            yield from calls.close()
        reason = _REASONS.get(raw, "error")
        if reason == "stop" and calls:
            reason = "tool_calls"
        finish = Finish(reason, raw, choice=number)
        if self._finishes.get(number) != finish:
            self._finishes[number] = finish
            yield finish

    def _block(self, feedback: dict[str, Any]) -> Iterator[Event]:
        raw = text_or_none(feedback.get("blockReason"))
        if raw is None or self._is_blocked:
            return
        self._is_blocked = self.is_complete = True
        message = text_or_none(feedback.get("blockReasonMessage"))
        yield UnknownBlock("prompt_block", {"reason": raw, "message": message})
        yield Finish("content_filter", raw)


def _server_tools(part: dict[str, Any]) -> Iterator[Event]:
    """Code that Google ran, and searches that it made. `code` and `output` are for showing."""
    if "executableCode" in part:
        code = mapping(part["executableCode"])
        detail = {"type": "executable_code", "language": code.get("language")}
        yield ServerTool("executable_code", detail | {"code": text(code.get("code"))})
    if "codeExecutionResult" in part:
        result = mapping(part["codeExecutionResult"])
        detail = {"type": "code_execution_result", "outcome": result.get("outcome")}
        yield ServerTool("code_execution_result", detail | {"output": text(result.get("output"))})
    if "toolCall" in part:
        yield ServerTool(text(mapping(part["toolCall"]).get("toolType")), {"type": "tool_call"})
    if "toolResponse" in part:
        name = text(mapping(part["toolResponse"]).get("toolType"))
        yield ServerTool(name, {"type": "tool_response"})


def _citations(candidate: dict[str, Any]) -> Iterator[Citation]:
    metadata = mapping(candidate.get("citationMetadata"))
    sources = sequence(metadata.get("citationSources")) + sequence(metadata.get("citations"))
    for chunk in sequence(mapping(candidate.get("groundingMetadata")).get("groundingChunks")):
        grounds = mapping(chunk)
        sources += [grounds.get(name) for name in ("web", "retrievedContext", "maps")]
    for item in sources:
        source = mapping(item)
        if text(source.get("uri")):
            yield Citation(text(source.get("uri")), text_or_none(source.get("title")))


def _logprobs(result: dict[str, Any]) -> list[dict[str, Any]]:
    """In OpenAI's form, which is the one that others know."""
    tops = sequence(result.get("topCandidates"))
    found = []
    for number, item in enumerate(sequence(result.get("chosenCandidates"))):
        top = mapping(tops[number]) if number < len(tops) else {}
        others = [_logprob(mapping(other)) for other in sequence(top.get("candidates"))]
        found.append(_logprob(mapping(item)) | {"top_logprobs": others})
    return found


def _logprob(candidate: dict[str, Any]) -> dict[str, Any]:
    return {"token": candidate.get("token"), "logprob": candidate.get("logProbability")}
