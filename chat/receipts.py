"""The receipt: what was asked, what was sent, what was answered, what was charged.

Written when the request is dispatched, completed when the stream ends, and never changed after.
The messages are named, counted and hashed rather than copied: messages are never edited, so the
path to the prompt and the system text give the very same words again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from chat.endpoints import AvailableModel
from chat.llm import types as llm
from chat.llm.answer import Answer
from chat.llm.client import Exchange
from chat.llm.events import Usage
from chat.models import Turn
from chat.models.parts import part_to_json

VERSION = 1
CHARACTERS_PER_TOKEN = 4
"""A rough mean for English text, used where a provider does not count."""


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    rows: tuple[Row, ...]


def asked(
    model: AvailableModel, request: llm.Request, *, system: str, parameters: dict[str, Any]
) -> dict[str, Any]:
    """The receipt as it stands when the turn is written, before anything is sent."""
    omitted = [spec.name for spec in model.specs if spec.name not in parameters]
    return {
        "version": VERSION,
        "asked": {"model": model.key, "system": system, "parameters": parameters},
        "sent": {
            "endpoint": model.endpoint.name,
            "endpoint_label": model.endpoint.label,
            "dialect": model.endpoint.dialect,
            "model": model.info.id,
            "model_name": model.name,
            "messages": {"count": len(request.messages), "sha256": digest(request.messages)},
            "parameters": [],
            "omitted": omitted,
        },
    }


def record_sent(receipt: dict[str, Any], exchange: Exchange) -> None:
    """Complete *sent* with the body as it was encoded, all but the messages."""
    body = dict(exchange.encoded.body)
    for name in ("messages", "contents", "system", "systemInstruction"):
        body.pop(name, None)
    receipt["sent"]["body"] = body
    receipt["sent"]["parameters"] = [asdict(outcome) for outcome in exchange.encoded.outcomes]


def record_answered(
    receipt: dict[str, Any],
    answer: Answer,
    *,
    exchange: Exchange | None,
    usage: Usage,
    first_token_ms: int | None,
    total_ms: int,
) -> None:
    finish = answer.finish
    receipt["answered"] = {
        "model": answer.model,
        "response_id": answer.response_id,
        "request_id": exchange.provider_request_id if exchange else None,
        "status": exchange.status if exchange else None,
        "retries": [asdict(retry) for retry in exchange.retries] if exchange else [],
        "finish_reason": finish.reason if finish else None,
        "finish_reason_raw": finish.raw if finish else None,
        "first_token_ms": first_token_ms,
        "total_ms": total_ms,
        "tokens_per_second": _speed(usage.output_tokens, first_token_ms, total_ms),
        "usage": asdict(usage) | {"raw": dict(usage.raw)},
    }


def record_charged(receipt: dict[str, Any], model: AvailableModel, usage: Usage) -> float | None:
    """Add what it cost, in US dollars; None where the price is unknown."""
    if model.input_price is None or model.output_price is None:
        receipt["charged"] = {"cost": None, "reason": "No price is known for this model."}
        return None
    cost = (
        usage.input_tokens * model.input_price + usage.output_tokens * model.output_price
    ) / 1_000_000
    reason = "It ran on this machine." if model.is_local else ""
    receipt["charged"] = {"cost": cost, "currency": "USD", "reason": reason}
    return cost


def estimate_usage(request: llm.Request, answer: Answer) -> Usage:
    """For a provider that did not count, or did not come to it."""
    words_in = sum(len(message.text) for message in request.messages)
    words_out = len(answer.text) + len(answer.reasoning)
    return Usage(
        input_tokens=-(-words_in // CHARACTERS_PER_TOKEN),
        output_tokens=-(-words_out // CHARACTERS_PER_TOKEN),
        is_estimated=True,
    )


def digest(messages: tuple[llm.Message, ...]) -> str:
    """SHA-256 of the messages in their stored form: the same words give the same digest."""
    plain = [rendered(message) for message in messages]
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def rendered(message: llm.Message) -> dict[str, Any]:
    return {"role": message.role, "parts": [part_to_json(part) for part in message.parts]}


def request_messages(turn: Turn) -> tuple[llm.Message, ...]:
    """The messages of this turn's request, read again from the tree."""
    return compose(turn.receipt["asked"]["system"], [row.to_llm() for row in turn.prompt.path()])


def compose(system: str, path: list[llm.Message]) -> tuple[llm.Message, ...]:
    """What is sent for a path of the tree: the system text first; answers that stayed empty are
    left out, since providers refuse them."""
    head = [llm.Message("system", (llm.TextPart(system),))] if system.strip() else []
    return (*head, *(message for message in path if message.parts))


def as_json(turn: Turn) -> dict[str, Any]:
    """The whole receipt, messages written out, for download."""
    messages = request_messages(turn)
    receipt = json.loads(json.dumps(turn.receipt))
    receipt["sent"]["messages"] |= {
        "is_unchanged": digest(messages) == receipt["sent"]["messages"]["sha256"],
        "rendered": [rendered(message) for message in messages],
    }
    return {
        "turn": turn.pk,
        "conversation": str(turn.conversation_id),
        "state": turn.state,
        "error": turn.failure,
        "created_at": _iso(turn.created_at),
        "started_at": _iso(turn.started_at),
        "finished_at": _iso(turn.finished_at),
        **receipt,
        "timeline": turn.timeline,
    }


def _speed(tokens: int, first_token_ms: int | None, total_ms: int) -> float | None:
    if first_token_ms is None or total_ms - first_token_ms < 50 or tokens < 2:
        return None
    # The first token is what the clock starts with, so it is not counted.
    return round((tokens - 1) * 1000 / (total_ms - first_token_ms), 1)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
