"""What a model says, as it says it: one vocabulary for every dialect.

A well-behaved stream is `Started`, then deltas in any order, then `Usage` and `Finish`. Providers
are not well behaved: `Usage` may come several times (the last one counts), before or after
`Finish`, or never; `Finish` may be missing. A failure is not an event but a raised `ModelError`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

FinishReason = Literal["stop", "length", "tool_calls", "content_filter", "error"]


@dataclass(frozen=True, slots=True)
class Started:
    """The first thing said: ids as the provider gives them, None where it gives none."""

    model: str | None = None
    response_id: str | None = None


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str
    choice: int = 0


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """`signature` closes the block of thinking that it arrives in; `encrypted` without text is a
    block of its own."""

    text: str = ""
    signature: str | None = None
    encrypted: str | None = None
    choice: int = 0


@dataclass(frozen=True, slots=True)
class RefusalDelta:
    text: str
    choice: int = 0


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """A piece of the call number `index` (0, 1, … in order of first sight). `id` and `name` are
    given once, whole; `arguments` are joined."""

    index: int
    id: str | None = None
    name: str | None = None
    arguments: str = ""
    signature: str | None = None
    choice: int = 0


@dataclass(frozen=True, slots=True)
class MediaDelta:
    """A whole image or a piece of sound, decoded."""

    media_type: str
    data: bytes = field(repr=False)
    choice: int = 0


@dataclass(frozen=True, slots=True)
class Citation:
    url: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class ServerTool:
    """A tool that the provider ran itself (search, code execution); shown, never answered."""

    name: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UnknownBlock:
    """A block of a kind that has no word here (`compaction`, `fallback`); `detail` as it came."""

    kind: str
    detail: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class LogProbs:
    """Token log probabilities as the provider gave them."""

    content: tuple[Mapping[str, Any], ...]
    choice: int = 0


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens. `input_tokens` includes cache reads and writes; `output_tokens` includes reasoning.
    `raw` is the provider's own object."""

    input_tokens: int
    output_tokens: int
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    is_estimated: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finish:
    """`reason` None: the provider ended in good order without giving one."""

    reason: FinishReason | None
    raw: str | None = None
    stop_sequence: str | None = None
    choice: int = 0


Event = (
    Started
    | TextDelta
    | ReasoningDelta
    | RefusalDelta
    | ToolCallDelta
    | MediaDelta
    | Citation
    | ServerTool
    | UnknownBlock
    | LogProbs
    | Usage
    | Finish
)
