"""The receipt of a call as JSON, and what an administrator may see of it.

The one rule: what a program said is nobody's but its person's. Of the words nothing is kept but
their number and their hash; settings, tools and names of files are taken out for others.
"""

from __future__ import annotations

import copy
from typing import Any

from chat.models import ApiCall
from chat.receipts import iso


def as_json(call: ApiCall) -> dict[str, Any]:
    return {
        "call": str(call.pk),
        "request_id": call.request_id,
        "key": call.key.name if call.key else None,
        "format": call.dialect,
        "is_streamed": call.is_streamed,
        "is_task": call.is_task,
        "state": call.state,
        "error": call.failure,
        "created_at": iso(call.created_at),
        "finished_at": iso(call.finished_at),
        **call.receipt,
    }


def without_contents(call: ApiCall) -> ApiCall:
    """A copy for others to look at; it is never saved."""
    shown = copy.copy(call)
    receipt = copy.deepcopy(call.receipt)
    receipt["asked"] |= {"system": "", "parameters": {}}
    if "sent" in receipt:
        receipt["sent"].pop("body", None)
        receipt["sent"]["messages"].pop("files", None)
        receipt["sent"]["parameters"] = []
    if "answered" in receipt:
        fallbacks = receipt["answered"].get("fallbacks", ())
        receipt["answered"]["fallbacks"] = [row | {"message": row["code"]} for row in fallbacks]
    shown.receipt = receipt
    if call.error:
        # A provider may quote what it did not like.
        shown.error = {"code": call.error["code"], "message": call.error["code"]}
    return shown
