"""How a call ends: its receipt, its usage and its cost, in one transaction with the ledger.

The one rule: whoever leaves in the middle pays for what had come, as far as it can be seen.
"""

from __future__ import annotations

import asyncio
import logging
import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.db import Error as DatabaseError
from django.db import transaction
from django.utils import timezone

from chat import charges, database, receipts
from chat.llm.errors import ModelError
from chat.llm.events import Usage
from chat.llm.types import ParameterOutcome
from chat.models import ApiCall, Entry
from chat.models.parts import storable
from chat.models.turn import error_to_json

if TYPE_CHECKING:
    from chat.calls.call import Call

logger = logging.getLogger(__name__)

KEPT_CHARACTERS = 2000
"""Of each text in what was sent, so that the tools of a program do not fill the disk."""
KEPT_ITEMS = 20


def record_sent(call: Call, dropped: list[ParameterOutcome]) -> None:
    assert call.exchange is not None  # noqa: S101 - it was just made
    receipt = call.row.receipt
    receipts.record_sent(receipt, call.model, exchange=call.exchange)
    receipt["sent"]["parameters"] += [asdict(outcome) for outcome in dropped]
    told = {outcome["name"] for outcome in receipt["sent"]["parameters"]}
    receipt["sent"]["omitted"] = [name for name in receipt["sent"]["omitted"] if name not in told]


def usage_of(call: Call) -> Usage:
    if call.exchange is None:  # nobody was asked
        return Usage(0, 0)
    usage = charges.usage_of(
        call.answer,
        call.error,
        prompt_tokens=call.prompt_tokens,
        is_begun=call.first_token_ms is not None,
    )
    if call.is_complete or call.error is not None or call.exchange.status is None:
        return usage
    waited = call.elapsed_ms if call.first_token_ms is None else call.first_token_ms
    return charges.with_silence(
        usage, call.answer, model=call.model, request=call.request, seconds=waited / 1000
    )


async def settle(call: Call) -> None:
    """A database that is busy or away is asked again, for about a minute."""
    try:
        _conclude(call)
    except Exception:
        logger.exception("call %s has no whole receipt", call.row.request_id)
        call.row.status = ApiCall.Status.FAILED
        call.row.error = error_to_json(call.error or ModelError())
        call.row.finished_at = timezone.now()
    for wait_seconds in (0.5, 1, 2, 5, 10, 20, 20):
        try:
            return await database.run(_save, call)
        except DatabaseError:
            logger.exception("call %s could not be settled; trying again", call.row.request_id)
            await asyncio.sleep(wait_seconds)
    logger.critical("call %s is not settled", call.row.request_id)
    return None


def _conclude(call: Call) -> None:
    row, usage = call.row, usage_of(call)
    row.status = ApiCall.Status.COMPLETED if call.is_complete else ApiCall.Status.CANCELLED
    if call.error is not None:
        row.status, row.error = ApiCall.Status.FAILED, error_to_json(call.error)
    row.model = call.model.key[:300]
    row.first_token_ms, row.total_ms = call.first_token_ms, call.elapsed_ms
    row.finished_at = timezone.now()
    receipts.record_answered(
        row.receipt,
        call.answer,
        exchange=call.exchange,
        fallbacks=call.fallbacks,
        usage=usage,
        first_token_ms=row.first_token_ms,
        total_ms=row.total_ms,
    )
    cost = receipts.record_charged(row.receipt, call.model, usage=usage, answer=call.answer)
    row.input_tokens, row.output_tokens = usage.input_tokens, usage.output_tokens
    row.cache_read_tokens, row.reasoning_tokens = usage.cache_read_tokens, usage.reasoning_tokens
    row.cost = None if cost is None else round(cost, 9)
    row.receipt = bounded(row.receipt)


@transaction.atomic
def _save(call: Call) -> None:
    row = call.row
    # Not `save`: the key, or all of the person, may have been deleted meanwhile.
    ApiCall.objects.filter(pk=row.pk).update(
        status=row.status,
        error=row.error,
        model=row.model,
        receipt=row.receipt,
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        cache_read_tokens=row.cache_read_tokens,
        reasoning_tokens=row.reasoning_tokens,
        cost=row.cost,
        first_token_ms=row.first_token_ms,
        total_ms=row.total_ms,
        finished_at=row.finished_at,
    )
    # The key first, as where it is placed: two that wait for one another would wait for ever.
    if row.key is not None:
        row.key.add_tokens(row.output_tokens or 0)
    Entry.settle_for(row.ledger_source, receipts.charge(row.receipt))


def bounded(value: Any) -> Any:
    """JSON without what a database refuses; long texts and lists are cut, and say so."""
    match value:
        case str():
            text = storable(value)
            cut = len(text) - KEPT_CHARACTERS
            return text if cut <= 0 else f"{text[:KEPT_CHARACTERS]}… ({cut} more characters)"
        case float() if not math.isfinite(value):
            return None
        case dict():
            return {storable(str(name)): bounded(item) for name, item in value.items()}
        case list() | tuple():
            kept = [bounded(item) for item in value[:KEPT_ITEMS]]
            cut = len(value) - KEPT_ITEMS
            return kept if cut <= 0 else [*kept, f"… ({cut} more)"]
        case _:
            return value
