"""What is said to a model: messages made of parts, and the parameters beside them.

Values only: frozen, slotted, without I/O. Every dialect encodes from these and parses into them,
so a word that only one provider knows has no place here; it travels in `Parameters.extra`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["system", "user", "assistant", "tool"]
DialectName = Literal["openai", "anthropic", "google"]
ReasoningEffort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]


@dataclass(frozen=True, slots=True)
class TextPart:
    text: str
    is_cache_boundary: bool = False
    """The provider is asked to cache the prompt up to and including this part."""


@dataclass(frozen=True, slots=True)
class ReasoningPart:
    """Thinking that a model showed. `signature` and `encrypted` are opaque and must be sent back
    unchanged with the next turn, or the provider refuses the conversation."""

    text: str = ""
    signature: str | None = None
    encrypted: str | None = None


@dataclass(frozen=True, slots=True)
class MediaPart:
    """An image, a sound, a video or a document: bytes, or the address of them, never both."""

    media_type: str
    data: bytes | None = field(default=None, repr=False)
    url: str | None = None
    name: str | None = None
    is_cache_boundary: bool = False


@dataclass(frozen=True, slots=True)
class ToolCallPart:
    """`arguments` is the JSON text as the model wrote it, which may not be JSON at all."""

    name: str
    arguments: str = "{}"
    id: str | None = None
    signature: str | None = None


@dataclass(frozen=True, slots=True)
class ToolResultPart:
    call_id: str | None
    content: str
    name: str | None = None
    is_error: bool = False
    is_cache_boundary: bool = False


@dataclass(frozen=True, slots=True)
class RefusalPart:
    """What the model said instead of an answer, where the provider keeps it apart."""

    text: str


Part = TextPart | ReasoningPart | MediaPart | ToolCallPart | ToolResultPart | RefusalPart


@dataclass(frozen=True, slots=True)
class Message:
    role: Role
    parts: tuple[Part, ...]
    name: str | None = None

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts if isinstance(part, TextPart))


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the model may call; `schema` is JSON Schema of its arguments."""

    name: str
    description: str = ""
    schema: Mapping[str, Any] = field(default_factory=dict)
    is_strict: bool = False
    is_cache_boundary: bool = False


@dataclass(frozen=True, slots=True)
class ToolChoice:
    """`mode` is auto, none, required (any tool) or tool (the one called `name`)."""

    mode: Literal["auto", "none", "required", "tool"]
    name: str | None = None


@dataclass(frozen=True, slots=True)
class ResponseFormat:
    """`kind` json asks for any JSON; json_schema for an object that fits `schema`."""

    kind: Literal["text", "json", "json_schema"]
    name: str = "answer"
    schema: Mapping[str, Any] | None = None
    is_strict: bool = False


@dataclass(frozen=True, slots=True)
class Parameters:
    """None means *not sent*: the model's own default applies. Ranges are the catalogue's matter."""

    temperature: float | None = None
    max_output_tokens: int | None = None
    top_p: float | None = None
    top_k: int | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    seed: int | None = None
    stop_sequences: tuple[str, ...] | None = None
    reasoning_effort: ReasoningEffort | None = None
    reasoning_budget_tokens: int | None = None
    response_format: ResponseFormat | None = None
    tools: tuple[Tool, ...] | None = None
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    logprobs: int | None = None
    """How many alternatives per token to report; 0 means the chosen token only."""
    choices: int | None = None
    user: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Sent as it stands, on top of the encoded body."""


@dataclass(frozen=True, slots=True)
class Request:
    model: str
    messages: tuple[Message, ...]
    parameters: Parameters = Parameters()
    is_streamed: bool = True
    is_prefilled: bool = False
    """The last message is the beginning of the answer, which goes on from there."""


ParameterFate = Literal["sent", "translated", "dropped"]


@dataclass(frozen=True, slots=True)
class ParameterOutcome:
    """What became of one parameter on its way to the wire. What was None is not listed."""

    name: str
    fate: ParameterFate
    value: Any
    sent_as: str | None = None
    """The wire field, where it differs from `name`."""
    reason: str | None = None
    """Why it was translated or dropped, in words that may be shown."""

    def is_meant_by(self, field: str) -> bool:
        """Whether a provider that complains of `field` means this. It may complain of something
        inside, leave out what is around it, or spell topK as top_k. What was dropped is not it."""
        ours, theirs = _folded(self.sent_as or self.name), _folded(field)
        is_inside = theirs.startswith(f"{ours}.")
        is_same = theirs == ours or is_inside or ours.endswith(f".{theirs}")
        return is_same and self.fate != "dropped"


def _folded(field: str) -> str:
    return field.replace("_", "").lower()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Base URL, key and dialect as configured. `name` is a slug that is unique on this server."""

    name: str
    label: str
    base_url: str
    dialect: DialectName = "openai"
    api_key: str = field(default="", repr=False)
    provider: str = "compatible"
    """A row of the providers table: auth header and quirks."""
    is_private_allowed: bool = False
    """An administrator named this address, so it may be loopback or private."""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What an endpoint says about a model of its own; None where it says nothing."""

    id: str
    name: str | None = None
    context_window: int | None = None
    max_output_tokens: int | None = None
    owned_by: str | None = None
