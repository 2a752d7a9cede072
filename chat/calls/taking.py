"""A request's share of its key's minute.

The one rule: whatever a program asks for counts as a request, once: counting tokens too, and a task
when it is asked for, not when it is made.
"""

from __future__ import annotations

from chat.llm.errors import RateLimited
from chat.models import ApiKey
from chat.models.api_key import Allowance, TooFast


class NeverFits(RateLimited):
    """More tokens than a whole minute has."""

    is_retryable = False


def take(key: ApiKey, tokens: int = 0, *, requests: int = 1) -> Allowance:
    """Raise `RateLimited`."""
    try:
        return key.take(tokens, requests=requests)
    except TooFast as limit:
        if limit.seconds is None:
            raise NeverFits(f"{limit} This request has about {tokens}.") from None
        raise RateLimited(str(limit), retry_after_seconds=limit.seconds) from None
