"""The receipt: what was asked, what was sent, what was answered, what was charged.

Written when the request is dispatched, completed when the stream ends, and never changed after.
The messages are named, counted and hashed rather than copied: messages are never edited, so the
path to the prompt and the system text give the very same words again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from chat import charges
from chat.catalog import prices
from chat.catalog.loading import price_table_version
from chat.continuing import Continuation
from chat.llm import types as llm
from chat.llm.answer import Answer
from chat.llm.client import Exchange
from chat.llm.errors import ModelError
from chat.llm.events import Usage
from chat.models import Message, Turn
from chat.models.parts import part_to_json
from chat.offers import AvailableModel

VERSION = 1
CHARACTERS_PER_TOKEN = 4
"""A rough mean for English text, used where a provider does not count."""
_RATES = ("input", "output", "cache_read", "cache_write", "reasoning")


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
    model: AvailableModel,
    messages: tuple[llm.Message, ...],
    *,
    system: str,
    parameters: dict[str, Any],
    continuation: Continuation | None = None,
) -> dict[str, Any]:
    """The receipt as it stands when the turn is written, before anything is sent."""
    omitted = [spec.name for spec in model.specs if spec.name not in parameters]
    continued = {"continues": continuation.to_json()} if continuation else {}
    return {
        "version": VERSION,
        "asked": {"model": model.key, "system": system, "parameters": parameters, **continued},
        "sent": {
            **_addressee(model),
            "model_name": model.name,
            "messages": _summary(messages),
            "parameters": [],
            "omitted": omitted,
        },
    }


def record_sent(receipt: dict[str, Any], model: AvailableModel, *, exchange: Exchange) -> None:
    """Complete *sent* with the body as it was encoded, all but the messages. After a fallback it
    names the endpoint that was asked instead."""
    body = dict(exchange.encoded.body)
    for name in ("messages", "contents", "system", "systemInstruction"):
        body.pop(name, None)
    receipt["sent"] |= _addressee(model)
    receipt["sent"]["messages"] = _summary(exchange.request.messages)
    receipt["sent"]["body"] = body
    receipt["sent"]["parameters"] = [asdict(outcome) for outcome in exchange.encoded.outcomes]


def fallback(model: AvailableModel, error: ModelError) -> dict[str, Any]:
    """This endpoint failed before its first word, and the next one was asked."""
    return {
        **_addressee(model),
        "code": error.code,
        "status": error.status,
        "message": error.message,
    }


def record_answered(
    receipt: dict[str, Any],
    answer: Answer,
    *,
    exchange: Exchange | None,
    fallbacks: list[dict[str, Any]],
    usage: Usage,
    first_token_ms: int | None,
    total_ms: int,
) -> None:
    finish = answer.finish
    receipt["answered"] = {
        "fallbacks": fallbacks,
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


def record_charged(
    receipt: dict[str, Any], model: AvailableModel, *, usage: Usage, answer: Answer
) -> Decimal | None:
    """Add what it cost, with the rates of the dated price table; the sum in US dollars. None where
    it is unknown, which is not the same as nothing."""
    body = receipt.get("sent", {}).get("body", {})
    charged, amount = _charged(model, usage, body, is_text_only=not _has_media(answer))
    receipt["charged"] = charged
    return amount if charged.get("currency") == "USD" else None


def charge(receipt: dict[str, Any]) -> Decimal | None:
    """What the ledger holds somebody to, in US dollars: the cost, or the most that it can have
    been. None where nothing is known."""
    charged = receipt.get("charged") or {}
    if charged.get("currency") != "USD":
        return None
    known = charged.get("cost") or charged.get("at_most")
    return None if known is None else Decimal(known)


def _charged(
    model: AvailableModel, usage: Usage, body: dict[str, Any], *, is_text_only: bool
) -> tuple[dict[str, Any], Decimal | None]:
    if model.is_local:
        reason = "It ran on this machine."
        return {"cost": "0", "currency": "USD", "reason": reason}, Decimal(0)
    if names := charges.other_price(body):
        return {"cost": None, "reason": f"With {names} another price may hold."}, None
    if model.catalog is None:
        reason = "No price is known for this model: it is not in the catalogue."
        return {"cost": None, "reason": reason}, None
    price = model.price
    if price is None:
        reason = f"No source says what {model.endpoint_label} asks for this model."
        return {"cost": None, "reason": reason}, None
    now = timezone.now()
    rates = prices.rates(price, usage.input_tokens, now)
    amount = prices.cost(price, usage, now, is_text_only=is_text_only)
    known = {name: getattr(rates, name) for name in _RATES}
    reason = "From an estimated count of tokens." if usage.is_estimated else ""
    charged: dict[str, Any] = {}
    if amount is None:
        reason = "One of the rates that it needs is not known."
        at_most = charges.ceiling(model, usage)
        charged = {} if at_most is None else {"at_most": str(at_most.normalize())}
    charged |= {
        "cost": None if amount is None else str(amount.normalize()),
        "currency": price.currency,
        "reason": reason,
        "price_table": _price_table(model),
        "rates": {name: str(rate) for name, rate in known.items() if rate is not None},
        "source": price.source,
        "as_of": price.date,
    }
    return charged, amount


def _price_table(model: AvailableModel) -> str:
    version = price_table_version()
    day = model.catalog.overridden_on("price") if model.catalog else None
    return f"{version}, overridden on {day}" if day else version


def _has_media(answer: Answer) -> bool:
    return any(isinstance(part, llm.MediaPart) for part in answer.parts)


def _addressee(model: AvailableModel) -> dict[str, Any]:
    endpoint = model.endpoint
    return {
        "endpoint": endpoint.name,
        "endpoint_label": endpoint.label,
        "dialect": endpoint.dialect,
        "model": model.info.id,
    }


def _summary(messages: tuple[llm.Message, ...]) -> dict[str, Any]:
    plain = [rendered(message) for message in messages]
    files = [part for message in plain for part in message["parts"] if part["type"] == "media"]
    summary: dict[str, Any] = {"count": len(messages), "sha256": _sha256(plain)}
    return summary | ({"files": files} if files else {})


def digest(messages: tuple[llm.Message, ...]) -> str:
    """SHA-256 of the messages in their stored form: the same words give the same digest."""
    return _sha256([rendered(message) for message in messages])


def _sha256(plain: list[dict[str, Any]]) -> str:
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def rendered(message: llm.Message) -> dict[str, Any]:
    return {"role": message.role, "parts": [part_to_json(part) for part in message.parts]}


def request_messages(turn: Turn) -> tuple[llm.Message, ...]:
    """The messages of this turn's request, read again from the tree."""
    receipt = turn.receipt
    path, endpoint = turn.prompt.path(), receipt["sent"]["endpoint"]
    return compose(receipt["asked"]["system"], path, endpoint=endpoint, beginning=turn.beginning)


def compose(
    system: str, path: Iterable[Message], *, endpoint: str, beginning: str = ""
) -> tuple[llm.Message, ...]:
    """What is sent to an endpoint for a path of the tree: the system text first, the `beginning` of
    the answer last; answers that stayed empty are left out, since providers refuse them."""
    head = [llm.Message("system", (llm.TextPart(system),))] if system.strip() else []
    tail = [llm.Message("assistant", (llm.TextPart(beginning),))] if beginning else []
    told = (_told(row, endpoint) for row in path)
    return (*head, *(message for message in told if message.parts), *tail)


def _told(row: Message, endpoint: str) -> llm.Message:
    """The message as this endpoint may hear it: thinking, and what seals it, goes back only to
    where it came from. Another provider cannot check the seal and refuses the conversation."""
    message = row.to_llm()
    turn = getattr(row, "turn", None)
    if turn is None or turn.receipt["sent"]["endpoint"] == endpoint:
        return message
    parts = (
        replace(part, signature=None) if isinstance(part, llm.ToolCallPart) else part
        for part in message.parts
        if not isinstance(part, llm.ReasoningPart)
    )
    return replace(message, parts=tuple(parts))


def as_json(turn: Turn) -> dict[str, Any]:
    """The whole receipt, messages written out, for download."""
    messages = request_messages(turn)
    receipt = json.loads(json.dumps(turn.receipt))
    receipt["sent"]["messages"] |= {
        "is_unchanged": _is_unchanged(receipt, messages),
        "rendered": [rendered(message) for message in messages],
    }
    return {
        "turn": turn.pk,
        "conversation": str(turn.conversation_id),
        "state": turn.state,
        "error": turn.failure,
        "created_at": iso(turn.created_at),
        "started_at": iso(turn.started_at),
        "finished_at": iso(turn.finished_at),
        **receipt,
        "timeline": turn.timeline,
        "imported": _imported(turn),
    }


def _is_unchanged(receipt: dict[str, Any], messages: tuple[llm.Message, ...]) -> bool | None:
    """None where nobody wrote down what was sent: in the exports of others."""
    known = receipt["sent"]["messages"]["sha256"]
    return digest(messages) == known if known else None


def _imported(turn: Turn) -> dict[str, Any] | None:
    """Then this receipt was not written here."""
    if turn.imported_at is None:
        return None
    return {"from": turn.origin, "at": iso(turn.imported_at)}


def _speed(tokens: int, first_token_ms: int | None, total_ms: int) -> float | None:
    if first_token_ms is None or total_ms - first_token_ms < 50 or tokens < 2:
        return None
    # The first token is what the clock starts with, so it is not counted.
    return round((tokens - 1) * 1000 / (total_ms - first_token_ms), 1)


def iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
