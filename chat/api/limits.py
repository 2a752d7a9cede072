"""What is left of a key's minute, in the headers that each dialect's SDKs read.

The one rule: no header without a limit.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from chat.llm.types import DialectName
from chat.models import ApiKey
from chat.models.api_key import Allowance


def headers(dialect: DialectName, key: ApiKey, allowance: Allowance) -> dict[str, str]:
    known: dict[str, str] = {}
    for unit, limit, left in (
        ("requests", key.requests_per_minute, allowance.requests),
        ("tokens", key.tokens_per_minute, allowance.tokens),
    ):
        if limit is not None:
            known |= _named(dialect, unit, limit, left or 0, seconds=allowance.resets_in_seconds)
    return known


def _named(
    dialect: DialectName, unit: str, limit: int, left: int, *, seconds: float
) -> dict[str, str]:
    if dialect == "anthropic":
        moment = timezone.now() + timedelta(seconds=seconds)
        name = f"anthropic-ratelimit-{unit}"
        resets = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
        return {
            f"{name}-limit": str(limit),
            f"{name}-remaining": str(left),
            f"{name}-reset": resets,
        }
    return {
        f"x-ratelimit-limit-{unit}": str(limit),
        f"x-ratelimit-remaining-{unit}": str(left),
        f"x-ratelimit-reset-{unit}": f"{seconds:.0f}s",
    }
