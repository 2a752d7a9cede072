"""What a conversation of our own format may hold: docs/export.md as types.

The one rule: whatever passes can be shown, exported and asked again by the rest of the code, which
trusts the shape of what it wrote itself.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

MOST_MESSAGES = 50_000
"""In one conversation."""
Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Number = Annotated[int, Meta(ge=1)]
Milliseconds = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Moment = Annotated[datetime, Meta(tz=True)]
Short = Annotated[str, Meta(max_length=300)]
Address = Annotated[str, Meta(pattern="^https?://", max_length=8000)]


class Strict(Struct, forbid_unknown_fields=True):
    """Ours to define: an unknown field is a mistake, or a newer version."""


class Text(Strict, tag_field="type", tag="text"):
    text: str


class Reasoning(Strict, tag_field="type", tag="reasoning"):
    text: str
    signature: str | None = None
    encrypted: str | None = None


class Refused(Strict, tag_field="type", tag="refusal"):
    text: str


class ToolCall(Strict, tag_field="type", tag="tool_call"):
    name: str
    arguments: str
    id: str | None = None
    signature: str | None = None


class ToolResult(Strict, tag_field="type", tag="tool_result"):
    content: str
    is_error: bool
    call_id: str | None = None
    name: str | None = None


class Media(Strict, tag_field="type", tag="media"):
    media_type: Annotated[str, Meta(pattern=r"^[\w.+-]+/[\w.+-]+$", max_length=100)]
    name: Annotated[str, Meta(max_length=200)] | None = None
    url: Address | None = None
    size: Count | None = None
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")] | None = None
    width: Count | None = None
    height: Count | None = None
    pages: Count | None = None
    seconds: float | None = None
    refused: str | None = None


class Citation(Strict):
    url: str
    title: str | None = None


class Citations(Strict, tag_field="type", tag="citations"):
    items: list[Citation]


Part = Text | Reasoning | Refused | ToolCall | ToolResult | Media | Citations


class Continues(Struct):
    """`characters` with `prefill`, `reason` with `message`."""

    message: Number
    version: Count
    way: Literal["prefill", "message"]
    characters: Count = 0
    reason: str = ""


class Asked(Struct):
    model: Short
    system: str
    parameters: dict[str, Any]
    continues: Continues | msgspec.UnsetType = msgspec.UNSET


class Outcome(Struct):
    name: str
    fate: Literal["sent", "translated", "dropped"]
    value: Any
    sent_as: str | None
    reason: str | None


class Summary(Struct):
    count: Count
    sha256: str


class Sent(Struct):
    endpoint: str
    endpoint_label: str
    dialect: Literal["openai", "anthropic", "google"]
    model: Short
    model_name: str
    messages: Summary
    parameters: list[Outcome]
    omitted: list[str]
    body: dict[str, Any] = {}


class Usage(Struct):
    input_tokens: Count
    output_tokens: Count
    cache_read_tokens: Count
    reasoning_tokens: Count
    is_estimated: bool


class Retry(Struct):
    code: str
    waited_seconds: float
    status: int | None


class Fallback(Struct):
    endpoint_label: str
    message: str


class Answered(Struct):
    model: str | None
    response_id: str | None
    request_id: str | None
    status: int | None
    retries: list[Retry]
    finish_reason: str | None
    first_token_ms: Milliseconds | None
    total_ms: Milliseconds
    tokens_per_second: float | None
    usage: Usage
    fallbacks: list[Fallback] = []


class Charged(Struct):
    cost: str | None = None
    currency: str | None = None
    reason: str = ""
    rates: dict[str, str] = {}
    price_table: str | msgspec.UnsetType = msgspec.UNSET
    source: str | msgspec.UnsetType = msgspec.UNSET
    as_of: str | msgspec.UnsetType = msgspec.UNSET

    def __post_init__(self) -> None:
        if self.rates and msgspec.UNSET in (self.price_table, self.source, self.as_of):
            raise ValueError("rates without their price table")


class Receipt(Struct):
    version: Literal[1]
    asked: Asked
    sent: Sent
    answered: Answered | msgspec.UnsetType = msgspec.UNSET
    charged: Charged | msgspec.UnsetType = msgspec.UNSET


class Failure(Strict):
    code: str
    message: str
    is_retryable: bool
    parameter: str | None = None


class Turn(Strict):
    """`imported_from` says who else wrote it; every importer marks it as imported in any case."""

    prompt: Number
    lane: Count
    status: Literal["completed", "stopped", "failed"]
    receipt: Receipt
    created_at: Moment
    error: Failure | None = None
    timeline: list[tuple[Milliseconds, Count]] = []
    input_tokens: Count | None = None
    output_tokens: Count | None = None
    cost: Decimal | None = None
    started_at: Moment | None = None
    finished_at: Moment | None = None
    imported_from: Literal["ChatGPT", "Claude", "Open WebUI", "LibreChat"] | None = None


class Message(Strict):
    id: Number
    parent: Number | None
    role: Literal["user", "assistant", "tool"]
    created_at: Moment
    parts: list[Part]
    name: Annotated[str, Meta(max_length=120)] = ""
    starred_at: Moment | None = None
    turn: Turn | None = None


class Lane(Strict):
    position: Annotated[int, Meta(ge=0, le=100)]
    leaf: Number | None
    model: Short
    system: Annotated[str, Meta(max_length=256 * 1024)]
    parameters: dict[str, Any]


class Label(Strict):
    """A folder or a tag."""

    name: Annotated[str, Meta(max_length=100)]
    colour: Annotated[str, Meta(max_length=6)] = ""


class Conversation(Strict):
    id: UUID
    title: Annotated[str, Meta(max_length=200)]
    created_at: Moment
    active_at: Moment
    lanes: Annotated[list[Lane], Meta(min_length=1, max_length=100)]
    messages: Annotated[list[Message], Meta(max_length=MOST_MESSAGES)]
    is_title_automatic: bool = True
    pinned_at: Moment | None = None
    archived_at: Moment | None = None
    folder: Label | None = None
    tags: Annotated[list[Label], Meta(max_length=100)] = []


class Document(Struct):
    format: Literal["playground.conversations"]
    version: Literal[1]
    conversations: list[Conversation]


def conversation(json: Any) -> Conversation:
    """Raise `ValueError` with a sentence."""
    try:
        return msgspec.convert(json, Conversation, strict=True, str_keys=True)
    except msgspec.ValidationError as error:
        raise ValueError(f"it is not as an export is: {error}") from None


def json_schema() -> dict[str, Any]:
    """Of a whole export, for other programs: docs/export.schema.json."""
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Conversations of a playground, version 1",
    }
    return head | msgspec.json.schema(Document)
