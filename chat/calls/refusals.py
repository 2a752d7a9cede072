"""Requests that a key's limit, a budget or a scope refused, kept as calls that cost nothing.

The one rule: whoever hammers fills no disk. Of each key so many a minute are kept, and no more.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

from django.db import Error as DatabaseError
from django.utils import timezone

from chat import receipts
from chat.llm.errors import ModelError, ModelNotFound, PaymentRequired, RateLimited
from chat.llm.types import DialectName
from chat.models import ApiCall, ApiKey
from chat.models.parts import storable, storable_json
from chat.models.turn import error_to_json

logger = logging.getLogger(__name__)

KEPT_A_MINUTE = 60


@contextmanager
def kept(
    key: ApiKey, model: str, dialect: DialectName, request_id: str, *, is_streamed: bool = False
) -> Iterator[None]:
    """What is refused inside is written down, and goes on its way."""
    try:
        yield
    except (ModelNotFound, PaymentRequired, RateLimited) as refusal:
        row = ApiCall(
            request_id=request_id,
            user=key.user,
            key=key,
            dialect=dialect,
            model=storable(model[:300]),
            is_streamed=is_streamed,
        )
        try:
            _keep(row, refusal)
        except DatabaseError:
            logger.exception("the refusal of %s was not kept", request_id)
        raise


def _keep(row: ApiCall, refusal: ModelError) -> None:
    now = timezone.now()
    latest = ApiCall.objects.filter(
        key=row.key, status=ApiCall.Status.REFUSED, created_at__gt=now - timedelta(minutes=1)
    )
    if latest.order_by().values("pk")[:KEPT_A_MINUTE].count() >= KEPT_A_MINUTE:
        return
    asked = {"model": row.model, "system": "", "parameters": {}}
    row.receipt = {"version": receipts.VERSION, "asked": asked}
    # A sentence names the model as it was asked for, whatever characters that has.
    row.status, row.error = ApiCall.Status.REFUSED, storable_json(error_to_json(refusal))
    row.input_tokens = row.output_tokens = 0
    row.cost = Decimal(0)
    row.created_at = row.finished_at = now
    row.save(force_insert=True)
