"""The same words as an answer of each dialect, whole and streamed, and a provider that gives them
to whoever asks, in the dialect that was asked."""

from __future__ import annotations

import json
from typing import Any

from chat.llm.types import DialectName
from tests.provider import Provider, Received
from tests.script import Head, Send, Step, answer, stream

SAID = "It scatters.\nBlue — most 🌊"
WHOLE: dict[DialectName, Any] = {
    "openai": {"choices": [{"message": {"content": SAID}}]},
    "anthropic": {"content": [{"type": "thinking"}, {"type": "text", "text": SAID}]},
    "google": {"candidates": [{"content": {"parts": [{"text": SAID}]}}]},
}


def streamed(dialect: DialectName) -> list[Step]:
    """In pieces of a few bytes, so that lines and characters come torn."""
    if dialect == "openai":
        steps: list[Step] = list(stream(SAID[:5], SAID[5:]))
    elif dialect == "anthropic":
        events = [{"type": "message_start", "message": {}}, {"type": "ping"}]
        events += [
            {"type": "content_block_delta", "delta": {"type": "text_delta", "text": text}}
            for text in (SAID[:5], SAID[5:])
        ]
        steps = [Head(), *(Send(_event(event)) for event in events)]
    else:
        chunks = [
            {"candidates": [{"content": {"parts": [{"text": text}]}}]}
            for text in (SAID[:5], SAID[5:])
        ]
        last = {"candidates": [{"content": {}, "finishReason": "STOP"}], "usageMetadata": {}}
        steps = [Head(), *(Send(_event(event)) for event in [*chunks, last])]
    return [Send(step.data, size=7) if isinstance(step, Send) else step for step in steps]


def _event(payload: Any) -> bytes:
    line = json.dumps(payload, ensure_ascii=False)
    return f"event: {payload.get('type', 'x')}\ndata: {line}\n\n".encode()


def dialect_of(received: Received) -> DialectName:
    if received.path.endswith("/messages"):
        return "anthropic"
    return "openai" if received.path.endswith("/chat/completions") else "google"


class Polyglot(Provider):
    def _steps_for(self, received: Received) -> tuple[Step, ...]:
        if received.method != "POST":
            return super()._steps_for(received)
        dialect = dialect_of(received)
        is_streamed = received.json.get("stream") or "streamGenerateContent" in received.path
        return tuple(streamed(dialect) if is_streamed else answer(WHOLE[dialect]))
