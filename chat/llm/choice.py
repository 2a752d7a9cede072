"""One of the answers of a response, as its parts grow.

The one rule: a delta is appended, never joined. Joining happens when somebody looks, and once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from chat.llm.events import Finish, MediaDelta, ReasoningDelta, ToolCallDelta
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
        if delta.encrypted is not None and not delta.text:  # a block of its own
            growing = _Growing(ReasoningPart())
            self._append(growing)
        else:
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
