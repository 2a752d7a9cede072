"""An answer as it grows: events go in, whole parts come out.

The one rule: adding is constant work, whatever the length so far; joining happens when somebody
looks. A live turn, a response that is not streamed and the `decode` command all use this.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from chat.llm import payload as json
from chat.llm.choice import Choice
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
from chat.llm.types import MediaPart, Part, ToolCallPart


class Answer:
    """Everything one response said. `add` what `Client.stream` or `ResponseDecoder.feed` gives."""

    def __init__(self) -> None:
        self.model: str | None = None
        self.response_id: str | None = None
        self.usage: Usage | None = None
        """The last one that came."""
        self.server_tools: list[ServerTool] = []
        self.unknown_blocks: list[UnknownBlock] = []
        self._citations: dict[str, Citation] = {}
        self._first = Choice(0)
        self._choices: dict[int, Choice] = {0: self._first}

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Unique by address, in order of first sight."""
        return tuple(self._citations.values())

    @property
    def choices(self) -> tuple[Choice, ...]:
        """By index. There is always a first one, even if nothing was said."""
        return tuple(self._choices[index] for index in sorted(self._choices))

    @property
    def parts(self) -> tuple[Part, ...]:
        return self._first.parts

    @property
    def text(self) -> str:
        return self._first.text

    @property
    def reasoning(self) -> str:
        return self._first.reasoning

    @property
    def refusal(self) -> str | None:
        return self._first.refusal

    @property
    def tool_calls(self) -> tuple[ToolCallPart, ...]:
        return self._first.tool_calls

    @property
    def media(self) -> tuple[MediaPart, ...]:
        return self._first.media

    @property
    def finish(self) -> Finish | None:
        return self._first.finish

    def add(self, event: Event) -> None:
        match event:
            case TextDelta():
                self._choice(event.choice).add_text(event.text)
            case ReasoningDelta():
                self._choice(event.choice).add_reasoning(event)
            case ToolCallDelta():
                self._choice(event.choice).add_tool_call(event)
            case RefusalDelta():
                self._choice(event.choice).add_refusal(event.text)
            case MediaDelta():
                self._choice(event.choice).add_media(event)
            case Finish():
                self._choice(event.choice).finish = event
            case LogProbs():
                self._choice(event.choice).logprobs.extend(event.content)
            case Usage():
                self.usage = event
            case Citation():
                self._cite(event)
            case ServerTool():
                self.server_tools.append(event)
            case UnknownBlock():
                self.unknown_blocks.append(event)
            case Started():
                self.model = event.model or self.model
                self.response_id = event.response_id or self.response_id

    def extend(self, events: Sequence[Event]) -> None:
        for event in events:
            self.add(event)

    def as_dict(self) -> dict[str, Any]:
        """The plain form of what was said, as the `decode` command prints it."""
        usage, finish = self.usage, self.finish
        return {
            "text": self.text,
            "reasoning": self.reasoning,
            "refusal": self.refusal,
            "tool_calls": tool_calls_as_dicts(self.tool_calls),
            "finish_reason": finish.reason if finish else None,
            "finish_reason_raw": finish.raw if finish else None,
            "stop_sequence": finish.stop_sequence if finish else None,
            "usage": _usage_as_dict(usage) if usage else None,
            "usage_raw": dict(usage.raw) if usage else None,
            "citations": [{"url": c.url, "title": c.title} for c in self.citations],
            "images": [_media_as_dict(m) for m in self.media if not _is_sound(m)],
            "audio": [_media_as_dict(m) for m in self.media if _is_sound(m)],
            "server_tools": [_tool_as_dict(tool) for tool in self.server_tools],
            "model": self.model,
            "response_id": self.response_id,
        }

    def _choice(self, index: int) -> Choice:
        choice = self._choices.get(index)
        if choice is None:
            choice = self._choices[index] = Choice(index)
        return choice

    def _cite(self, citation: Citation) -> None:
        known = self._citations.get(citation.url)
        if known is None or (known.title is None and citation.title is not None):
            self._citations[citation.url] = citation


def _is_sound(media: MediaPart) -> bool:
    return media.media_type.startswith("audio/")


def _media_as_dict(media: MediaPart) -> dict[str, Any]:
    data = media.data or b""
    return {"mime": media.media_type, "bytes": len(data), "sha256": sha256(data).hexdigest()}


def tool_calls_as_dicts(calls: Sequence[ToolCallPart]) -> list[dict[str, Any]]:
    return [_tool_call_as_dict(call) for call in calls]


def _tool_call_as_dict(call: ToolCallPart) -> dict[str, Any]:
    """Arguments that are no JSON (cut, or invented) stay the string that they are."""
    raw = call.arguments
    try:
        arguments = json.decode(raw.encode()) if raw.strip() else {}
    except ValueError:
        arguments = raw
    return {"id": call.id, "name": call.name, "arguments": arguments, "arguments_raw": raw}


def _tool_as_dict(tool: ServerTool) -> dict[str, Any]:
    return {key: value for key, value in tool.detail.items() if key not in ("code", "output")}


def _usage_as_dict(usage: Usage) -> dict[str, int]:
    return {
        "input": usage.input_tokens,
        "output": usage.output_tokens,
        "cached_input": usage.cache_read_tokens,
        "cache_write": usage.cache_write_tokens,
        "reasoning": usage.reasoning_tokens,
    }
