"""What a provider double does with one request: steps, and whole answers made of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Head:
    """Status line and headers. Without it a script begins with a 200 event stream."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "text/event-stream"
    is_chunked: bool = True


@dataclass(frozen=True)
class Send:
    """Bytes of a streamed body, whole or in pieces of `size` bytes, `every` seconds apart."""

    data: bytes
    size: int = 0
    every: float = 0.0


@dataclass(frozen=True)
class Body(Send):
    """The whole body of a response that is not streamed."""


@dataclass(frozen=True)
class Raw:
    """Bytes as they stand on the wire, without framing."""

    data: bytes


@dataclass(frozen=True)
class Sleep:
    seconds: float


@dataclass(frozen=True)
class Until:
    """Wait for whoever writes the test."""

    event: asyncio.Event


@dataclass(frozen=True)
class Hang:
    """Say nothing more, but keep the connection."""


@dataclass(frozen=True)
class Cut:
    """Close in good order on the TCP level, in the middle of the body."""


@dataclass(frozen=True)
class HalfClose:
    """Send FIN but go on reading: what a crashed proxy in between looks like."""


@dataclass(frozen=True)
class Reset:
    """RST."""


Step = Head | Send | Raw | Sleep | Until | Hang | Cut | HalfClose | Reset


def chunk(**fields: Any) -> bytes:
    """One `data:` line of the OpenAI dialect."""
    payload = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "double", **fields}
    return b"data: " + json.dumps(payload).encode() + b"\n\n"


def delta(text: str, *, finish_reason: str | None = None, name: str = "content") -> bytes:
    choice = {"index": 0, "delta": {name: text}, "finish_reason": finish_reason}
    return chunk(choices=[choice])


def ending(*, input_tokens: int = 5, output_tokens: int = 7) -> bytes:
    """Finish, usage and [DONE]."""
    usage = {
        "prompt_tokens": input_tokens,
        "completion_tokens": output_tokens,
        "total_tokens": input_tokens + output_tokens,
    }
    finish = chunk(choices=[{"index": 0, "delta": {}, "finish_reason": "stop"}])
    return finish + chunk(choices=[], usage=usage) + b"data: [DONE]\n\n"


def stream(*texts: str, every: float = 0.0) -> list[Step]:
    """A well-behaved answer in the OpenAI dialect, `every` seconds between its deltas."""
    steps: list[Step] = [Head(headers={"x-request-id": "req-double"})]
    for text in texts:
        steps += [Send(delta(text)), Sleep(every)] if every else [Send(delta(text))]
    return [*steps, Send(ending())]


def calling(name: str, **arguments: Any) -> list[Step]:
    """An answer in the OpenAI dialect that calls one tool."""
    function = {"name": name, "arguments": json.dumps(arguments)}
    call = {"index": 0, "id": "call_1", "type": "function", "function": function}
    return [
        Head(),
        Send(chunk(choices=[{"index": 0, "delta": {"tool_calls": [call]}}])),
        Send(ending().replace(b'"stop"', b'"tool_calls"')),
    ]


def answer(
    payload: Any, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> list[Step]:
    """A JSON response that is not streamed."""
    head = Head(status, headers or {}, "application/json", is_chunked=False)
    return [head, Body(json.dumps(payload).encode())]


def failure(status: int, message: str = "no", **error: Any) -> list[Step]:
    """An error in the OpenAI dialect. `retry_after` becomes the header."""
    retry_after = error.pop("retry_after", None)
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return answer({"error": {"message": message, **error}}, status=status, headers=headers)
