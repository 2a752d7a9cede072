"""How many tokens a request would have.

The one rule: the answer says who counted. Where the provider has no counter, or does not answer, it
is our estimate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chat import charges, database, naming, turns
from chat.api import limits
from chat.api.door import Visit
from chat.calls.taking import take
from chat.calls.translation import translated
from chat.llm.errors import ContextTooLong, ModelError
from chat.llm.types import Request

SOURCE_HEADER = "x-token-count"


@dataclass(frozen=True, slots=True)
class Count:
    tokens: int
    source: Literal["provider", "estimate"]
    headers: dict[str, str]


async def count(visit: Visit, request: Request) -> Count:
    """Raise `ModelNotFound` or `RateLimited`."""
    model = await database.run(naming.find, visit.key, request.model)
    allowance = await database.run(take, visit.key)
    told = limits.headers(visit.dialect, visit.key, allowance)
    sent, _ = translated(request, model, asked_in=visit.dialect)
    try:
        counted = await turns.client().count_tokens(model.endpoint, sent)
    except ContextTooLong:
        raise
    except ModelError:
        counted = None
    if counted is None:
        return _count(charges.input_tokens(request), "estimate", told)
    return _count(counted, "provider", told)


def _count(tokens: int, source: Literal["provider", "estimate"], told: dict[str, str]) -> Count:
    return Count(tokens, source, told | {SOURCE_HEADER: source})
