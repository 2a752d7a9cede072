"""What a killed process left open: calls, turns, tasks, and what was reserved for them.

The one rule: each is ended once, by a conditional UPDATE, and settled as far as it can be seen; the
receipt says that it is an estimate. Before its first word nothing is owed, and a task is made
again; after it, never.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chat import charges, demos, endpoints, receipts
from chat.calls import formats
from chat.llm.answer import Answer
from chat.llm.errors import Interrupted, ModelError
from chat.llm.events import Usage
from chat.llm.types import DialectName
from chat.models import ApiCall, ApiTask, Entry, Turn
from chat.models.parts import parts_from_json
from chat.models.turn import error_to_json

logger = logging.getLogger(__name__)

NOTHING = Usage(0, 0)


def sweep() -> None:
    """At the start, and now and then, in any process."""
    for task in ApiTask.stale():
        _release(task)
    for call in ApiCall.stale():
        _settle_call(call)
    stale = timezone.now() - timedelta(seconds=settings.LIMITS.heartbeat_stale)
    unfinished = Turn.objects.filter(status__in=Turn.UNFINISHED, heartbeat_at__lt=stale)
    for turn in unfinished.select_related("answer", "prompt", "user"):
        _settle_turn(turn)
    Turn.interrupt_stale()
    Entry.settle_stale()


def _release(task: ApiTask) -> None:
    calls = ApiCall.objects.filter(request_id=task.request_id)
    for call in calls.filter(status=ApiCall.Status.RUNNING):
        _settle_call(call)
    has_begun = calls.filter(first_token_ms__isnull=False).exists()
    if task.cancel_requested_at is not None:
        task.finish(ApiTask.Status.CANCELLED)
    elif has_begun or task.attempts >= settings.LIMITS.task_attempts:
        fail(task, Interrupted("The server was restarted before the answer was complete."))
    else:
        task.put_back()


def fail(task: ApiTask, error: ModelError) -> bool:
    """With the error in the task's own format."""
    dialect: DialectName = task.dialect  # type: ignore[assignment]  # as it was asked in
    status, body = formats.failure(dialect, error, request_id=task.request_id)
    return task.finish(ApiTask.Status.FAILED, error=body, error_status=status)


@transaction.atomic
def _settle_call(call: ApiCall) -> None:
    has_begun = call.first_token_ms is not None
    usage = Usage(call.input_tokens or 0, call.output_tokens or 0, is_estimated=True)
    usage, cost = (usage, call.cost) if has_begun else (NOTHING, Decimal(0))
    _record(call.receipt, usage, cost)
    rows = ApiCall.objects.filter(pk=call.pk, status=ApiCall.Status.RUNNING)
    is_ours = rows.update(
        status=ApiCall.Status.FAILED,
        error=error_to_json(Interrupted()),
        receipt=call.receipt,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cost=cost,
        finished_at=call.heartbeat_at or timezone.now(),
    )
    if is_ours:
        Entry.settle_for(call.ledger_source, cost)


@transaction.atomic
def _settle_turn(turn: Turn) -> None:
    """Its words were written down once a second; what they cost is counted from those."""
    usage = _usage_of(turn) if turn.answer.parts else NOTHING
    cost = _cost_of(turn, usage) if turn.answer.parts else Decimal(0)
    _record(turn.receipt, usage, cost)
    rows = Turn.objects.filter(
        pk=turn.pk, status__in=Turn.UNFINISHED, heartbeat_at=turn.heartbeat_at
    )
    is_ours = rows.update(
        receipt=turn.receipt,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cost=cost,
    )
    if is_ours:
        Entry.settle_for(turn.ledger_source, cost)
        turn.status = Turn.Status.FAILED
        turn.input_tokens, turn.output_tokens = usage.input_tokens, usage.output_tokens
        demos.settle(turn)


def _record(receipt: dict[str, Any], usage: Usage, cost: Decimal | None) -> None:
    """Complete a receipt by what was last seen."""
    receipts.record_answered(
        receipt,
        Answer(),
        exchange=None,
        fallbacks=[],
        usage=usage,
        first_token_ms=None,
        total_ms=0,
    )
    reason = "estimated from what had come" if cost is not None else "no price is known"
    receipt["charged"] = {
        "cost": None if cost is None else str(cost.normalize()),
        "currency": "USD",
        "reason": f"The server was killed before the end: {reason}.",
    }


def _usage_of(turn: Turn) -> Usage:
    said = parts_from_json(turn.answer.parts, read=lambda _: None)
    asked = charges.tokens_of(
        part for message in receipts.request_messages(turn) for part in message.parts
    )
    return Usage(asked, charges.tokens_of(said), is_estimated=True)


def _cost_of(turn: Turn, usage: Usage) -> Decimal | None:
    """None where the model is not here any more: then all that was reserved is owed."""
    sent = turn.receipt["sent"]
    if sent["endpoint"] == "local":
        return Decimal(0)
    model = endpoints.find(f"{sent['endpoint']}/{sent['model']}", turn.user)
    if model is None:
        return None
    cost = receipts.record_charged({}, model, usage=usage, answer=Answer())
    return None if cost is None else round(cost, 9)
