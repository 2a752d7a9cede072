"""An answer as it grows: events go in, whole parts come out.

The one rule: adding is constant work, whatever the length so far; joining happens when somebody
looks. A live turn, a response that is not streamed and the `decode` command all use this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

import msgspec

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
from chat.llm.types import MediaPart, Part, ReasoningPart, RefusalPart, TextPart, ToolCallPart


@dataclass(slots=True)
class _Growing:
    """One part under way. `whole` is the part without its text, which lies in `pieces`."""

    whole: TextPart | ReasoningPart | RefusalPart | ToolCallPart
    pieces: list[str] = field(default_factory=list)
    is_closed: bool = False

    @property
    def text(self) -> str:
        if len(self.pieces) > 1:
            self.pieces[:] = ["".join(self.pieces)]
        return self.pieces[0] if self.pieces else ""

    def part(self) -> Part:
        if isinstance(self.whole, ToolCallPart):
            return replace(self.whole, arguments=self.text)
        return replace(self.whole, text=self.text)


class Choice:
    """One of the answers that were asked for; nearly always the only one."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.finish: Finish | None = None
        self.logprobs: list[Mapping[str, Any]] = []
        self._parts: list[_Growing | MediaPart] = []
        self._calls: dict[int, _Growing] = {}
        self._sound: bytearray | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        """In the order in which each began."""
        self._close_sound()
        return tuple(p if isinstance(p, MediaPart) else p.part() for p in self._parts)

    @property
    def text(self) -> str:
        return self._joined(TextPart)

    @property
    def reasoning(self) -> str:
        return self._joined(ReasoningPart)

    @property
    def refusal(self) -> str | None:
        return self._joined(RefusalPart) or None

    @property
    def tool_calls(self) -> tuple[ToolCallPart, ...]:
        return tuple(part for part in self.parts if isinstance(part, ToolCallPart))

    @property
    def media(self) -> tuple[MediaPart, ...]:
        return tuple(part for part in self.parts if isinstance(part, MediaPart))

    def add_text(self, text: str) -> None:
        self._open(TextPart("")).pieces.append(text)

    def add_refusal(self, text: str) -> None:
        self._open(RefusalPart("")).pieces.append(text)

    def add_reasoning(self, delta: ReasoningDelta) -> None:
        if not (delta.text or delta.signature or delta.encrypted):
            return
        growing = self._open(ReasoningPart())
        if delta.text:
            growing.pieces.append(delta.text)
        if delta.signature is not None or delta.encrypted is not None:
            growing.whole = ReasoningPart(signature=delta.signature, encrypted=delta.encrypted)
            growing.is_closed = True

    def add_tool_call(self, delta: ToolCallDelta) -> None:
        growing = self._calls.get(delta.index)
        if growing is None:
            growing = self._calls[delta.index] = _Growing(ToolCallPart("", "", None))
            self._append(growing)
        if delta.arguments:
            growing.pieces.append(delta.arguments)
        if delta.id is None and delta.name is None and delta.signature is None:
            return
        call = growing.whole
        assert isinstance(call, ToolCallPart)  # noqa: S101 - only such calls are in _calls
        growing.whole = ToolCallPart(
            name=delta.name or call.name,
            arguments="",
            id=delta.id or call.id,
            signature=delta.signature or call.signature,
        )

    def add_media(self, delta: MediaDelta) -> None:
        """Pieces of one sound are joined; every image is whole."""
        last = self._parts[-1] if self._parts else None
        if (
            self._sound is not None
            and isinstance(last, MediaPart)
            and last.media_type == delta.media_type
        ):
            self._sound += delta.data
            return
        self._append(MediaPart(delta.media_type, data=delta.data))
        if delta.media_type.startswith("audio/"):
            self._sound = bytearray(delta.data)

    def _open(self, fresh: TextPart | ReasoningPart | RefusalPart) -> _Growing:
        """The last part if it is of this kind and still open, else a new one."""
        last = self._parts[-1] if self._parts else None
        if isinstance(last, _Growing) and type(last.whole) is type(fresh) and not last.is_closed:
            return last
        growing = _Growing(fresh)
        self._append(growing)
        return growing

    def _append(self, part: _Growing | MediaPart) -> None:
        self._close_sound()
        self._sound = None
        self._parts.append(part)

    def _close_sound(self) -> None:
        last = self._parts[-1] if self._parts else None
        if self._sound is not None and isinstance(last, MediaPart):
            self._parts[-1] = replace(last, data=bytes(self._sound))

    def _joined(self, kind: type[TextPart] | type[ReasoningPart] | type[RefusalPart]) -> str:
        return "".join(
            p.text for p in self._parts if isinstance(p, _Growing) and type(p.whole) is kind
        )


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
        self._is_first_seen = False

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
            "tool_calls": [_tool_call_as_dict(call) for call in self.tool_calls],
            "finish_reason": finish.reason if finish else None,
            "finish_reason_raw": finish.raw if finish else None,
            "stop_sequence": finish.stop_sequence if finish else None,
            "usage": _usage_as_dict(usage) if usage else None,
            "usage_raw": dict(usage.raw) if usage else None,
            "citations": [{"url": c.url, "title": c.title} for c in self.citations],
            "images": [_media_as_dict(m) for m in self.media if not _is_sound(m)],
            "audio": [_media_as_dict(m) for m in self.media if _is_sound(m)],
            "server_tools": [dict(tool.detail) for tool in self.server_tools],
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


def _tool_call_as_dict(call: ToolCallPart) -> dict[str, Any]:
    """Arguments that are no JSON (cut, or invented) stay the string that they are."""
    raw = call.arguments
    try:
        arguments = msgspec.json.decode(raw) if raw.strip() else {}
    except msgspec.DecodeError:
        arguments = raw
    return {"id": call.id, "name": call.name, "arguments": arguments, "arguments_raw": raw}


def _usage_as_dict(usage: Usage) -> dict[str, int]:
    return {
        "input": usage.input_tokens,
        "output": usage.output_tokens,
        "cached_input": usage.cache_read_tokens,
        "cache_write": usage.cache_write_tokens,
        "reasoning": usage.reasoning_tokens,
    }
