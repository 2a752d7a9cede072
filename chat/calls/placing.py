"""Taking a call on: its model, its limits, its reservation in the ledger, its row.

The one rule: all of it is written in one transaction, or nothing; and what was written is closed
again, even if nobody waits for it any more.
"""

from __future__ import annotations

import asyncio

from django.conf import settings
from django.db import transaction

from chat import charges, database, naming, readiness, receipts
from chat.calls import refusals
from chat.calls.call import Call
from chat.calls.taking import take
from chat.llm.errors import Overloaded, PaymentRequired
from chat.llm.types import DialectName, Request
from chat.models import ApiCall, ApiKey, Entry
from chat.models.ledger import OverBudget, holder_of
from chat.models.parts import storable


async def place(
    key: ApiKey,
    request: Request,
    *,
    dialect: DialectName,
    request_id: str,
    is_task: bool = False,
) -> Call:
    """Raise `ModelNotFound`, `RateLimited`, `PaymentRequired` or `Overloaded`."""
    if readiness.is_draining():
        raise Overloaded("The server is restarting. Send it again in a moment.")
    placed = database.run(_place, key, request, dialect, request_id, is_task=is_task)
    placing = asyncio.create_task(placed)
    try:
        return await asyncio.shield(placing)
    except asyncio.CancelledError:
        placing.add_done_callback(_close)
        raise


def _place(
    key: ApiKey, request: Request, dialect: DialectName, request_id: str, *, is_task: bool
) -> Call:
    if is_task:  # which tells of it itself, and may be tried again
        return _placed(key, request, dialect, request_id, is_task=True)
    is_streamed = request.is_streamed
    with refusals.kept(key, request.model, dialect, request_id, is_streamed=is_streamed):
        return _placed(key, request, dialect, request_id)


def _placed(
    key: ApiKey, request: Request, dialect: DialectName, request_id: str, *, is_task: bool = False
) -> Call:
    model = naming.find(key, request.model)
    models = (model, *naming.stand_ins(key, model)[: settings.LIMITS.fallbacks])
    receipt = receipts.asked(model, request.messages, system="", parameters={})
    receipt["asked"]["model"] = storable(request.model[:300])
    row = ApiCall(
        request_id=request_id,
        user=key.user,
        key=key,
        dialect=dialect,
        model=model.key[:300],
        is_streamed=request.is_streamed,
        is_task=is_task,
        receipt=receipt,
    )
    # Both take a while for a long prompt, and the database is not to wait for them.
    tokens = charges.input_tokens(request)
    most = charges.most(models, charges.without_other_price(request))  # which is not passed on
    holders = [holder_of(key.user), key.holder]
    try:
        with transaction.atomic():
            # Key, person, accounts: everybody locks them in this order.
            allowance = take(key, tokens, requests=0 if is_task else 1)
            row.save(force_insert=True)
            Entry.reserve(row.ledger_source, holders, most=most)
    except OverBudget as limit:
        raise PaymentRequired(limit.message) from None
    return Call(row, request, models=models, allowance=allowance, prompt_tokens=tokens)


def _close(placing: asyncio.Task[Call]) -> None:
    if not placing.cancelled() and placing.exception() is None:
        placing.result().close()
