"""What an OpenAI-shaped response says: chunks of a stream, or the one object without a stream.

The one rule: nothing is believed before it is looked at. Any field may be missing, null, empty,
repeated in every chunk or of another type; `message` beside `delta` is a repetition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from chat.llm.dialects.error_shapes import error_in_answer
from chat.llm.dialects.openai.extras import citations, media_of, reasoning_details
from chat.llm.dialects.openai.tool_calls import ToolCalls
from chat.llm.dialects.openai.usage import decode_usage
from chat.llm.events import (
    Citation,
    Event,
    Finish,
    FinishReason,
    LogProbs,
    ReasoningDelta,
    RefusalDelta,
    ServerTool,
    Started,
    TextDelta,
    Usage,
)
from chat.llm.payload import mapping, sequence, text, text_or_none

_REASONS: dict[str, FinishReason] = {
    "stop": "stop",
    "eos": "stop",
    "end_turn": "stop",
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "tool_use": "tool_calls",
    "content_filter": "content_filter",
    "sensitive": "content_filter",
    "error": "error",
    "insufficient_system_resource": "error",
    "network_error": "error",
}


class Decoder:
    def __init__(self) -> None:
        self.is_complete = False
        self._is_started = False
        self._model: str | None = None
        self._id: str | None = None
        self._tool_calls: dict[int, ToolCalls] = {}
        self._finishes: dict[int, Finish] = {}
        self._usage: dict[str, Any] | None = None
        self._cited: dict[str, Citation] = {}

    def decode(self, payload: Any, event_name: str | None = None) -> Iterator[Event]:
        if not isinstance(payload, dict):
            return
        if self._model is None or self._id is None:
            yield from self._start(payload)
        for choice in sequence(payload.get("choices")):
            if isinstance(choice, dict):
                yield from self._choice(choice)
        yield from self._cite(citations(payload))
        usage = self._find_usage(payload)
        if usage is not None:
            yield usage
        error = error_in_answer(payload)
        if error is not None:
            raise error

    def close(self) -> Iterable[Event]:
        return ()

    def _start(self, payload: dict[str, Any]) -> Iterator[Event]:
        """Azure's first chunk has an empty id and model; the first real ones count."""
        if "choices" not in payload:
            return
        model = text_or_none(payload.get("model")) if self._model is None else None
        id = text_or_none(payload.get("id")) if self._id is None else None
        if self._is_started and model is None and id is None:
            return
        self._is_started = True
        self._model, self._id = self._model or model, self._id or id
        yield Started(model, id)

    def _choice(self, choice: dict[str, Any]) -> Iterator[Event]:
        index = choice.get("index")
        number = index if isinstance(index, int) else 0
        said = choice.get("delta")
        if not isinstance(said, dict):
            said = mapping(choice.get("message"))
        if said:
            yield from self._said(said, number)
        logprobs = mapping(choice.get("logprobs")).get("content")
        if isinstance(logprobs, list) and logprobs:
            yield LogProbs(tuple(entry for entry in logprobs if isinstance(entry, dict)), number)
        raw = choice.get("finish_reason")
        if isinstance(raw, str) and raw:
            yield from self._finish(raw, number)
        if choice.get("error"):
            error = error_in_answer({"error": choice["error"]})
            if error is not None:
                raise error

    def _said(self, said: dict[str, Any], number: int) -> Iterator[Event]:
        yield from _reasoning(said, number)
        content = said.get("content")
        if isinstance(content, str):
            if content:
                yield TextDelta(content, number)
        elif isinstance(content, list):
            yield from _content_list(content, number)
        refusal = said.get("refusal")
        if isinstance(refusal, str) and refusal:
            yield RefusalDelta(refusal, number)
        if said.get("tool_calls") or said.get("function_call"):
            calls = self._tool_calls.setdefault(number, ToolCalls(number))
            yield from calls.decode(said)
        if said.get("images") or said.get("audio"):
            yield from media_of(said, number)
        if said.get("annotations") or said.get("citations"):
            yield from self._cite(citations(said))
        for tool in sequence(said.get("executed_tools")):
            kind = text(mapping(tool).get("type"))
            name = text_or_none(mapping(tool).get("name"))
            yield ServerTool(name or kind, {"type": kind, "name": name})

    def _finish(self, raw: str, number: int) -> Iterator[Event]:
        self.is_complete = True
        reason = _REASONS.get(raw.lower(), "stop")
        if reason == "stop" and number in self._tool_calls and self._tool_calls[number]:
            reason = "tool_calls"
        finish = Finish(reason, raw, choice=number)
        if self._finishes.get(number) != finish:
            self._finishes[number] = finish
            yield finish

    def _cite(self, found: Iterable[Citation]) -> Iterator[Event]:
        for citation in found:
            known = self._cited.get(citation.url)
            if known is None or (known.title is None and citation.title is not None):
                self._cited[citation.url] = citation
                yield citation

    def _find_usage(self, payload: dict[str, Any]) -> Usage | None:
        """Beside the choices, under Groq's own key, or inside a choice (Moonshot). Perplexity
        repeats it in every chunk; it counts once."""
        usage = payload.get("usage") or mapping(payload.get("x_groq")).get("usage")
        if not usage:
            choices = sequence(payload.get("choices"))
            usage = mapping(choices[0]).get("usage") if choices else None
        if not isinstance(usage, dict) or not usage or usage == self._usage:
            return None
        self._usage = usage
        return decode_usage(usage)


def _reasoning(said: dict[str, Any], number: int) -> Iterator[Event]:
    """One spelling only: OpenRouter says the same words in two of them."""
    plain = text(said.get("reasoning_content")) or text(said.get("reasoning"))
    if plain:
        yield ReasoningDelta(plain, choice=number)
    details = said.get("reasoning_details")
    if isinstance(details, list) and details:
        yield from reasoning_details(details, number, is_text_known=bool(plain))


def _content_list(content: list[Any], number: int) -> Iterator[Event]:
    """Mistral's lists, and those of servers that answer in the form of a request."""
    for item in content:
        part = mapping(item)
        match part.get("type"):
            case "thinking":
                thinking = part.get("thinking")
                words = (
                    "".join(text(mapping(piece).get("text")) for piece in thinking)
                    if isinstance(thinking, list)
                    else text(thinking)
                )
                if words:
                    yield ReasoningDelta(words, choice=number)
            case "refusal":
                if text(part.get("refusal")):
                    yield RefusalDelta(text(part.get("refusal")), number)
            case "image_url":
                yield from media_of({"images": [part]}, number)
            case _:
                words = item if isinstance(item, str) else text(part.get("text"))
                if words:
                    yield TextDelta(words, number)
