"""How many tokens a request would have.

The one rule: the answer says who counted. Where the provider has no counter, or does not answer, it
is our estimate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chat import charges, database, naming, turns
from chat.api.door import Visit
from chat.calls.translation import translated
from chat.llm.errors import ContextTooLong, ModelError
from chat.llm.types import Request

SOURCE_HEADER = "x-token-count"


@dataclass(frozen=True, slots=True)
class Count:
    tokens: int
    source: Literal["provider", "estimate"]


async def count(visit: Visit, request: Request) -> Count:
    """Raise `ModelNotFound`."""
    model = await database.run(naming.find, visit.key, request.model)
    sent, _ = translated(request, model, asked_in=visit.dialect)
    try:
        counted = await turns.client().count_tokens(model.endpoint, sent)
    except ContextTooLong:
        raise
    except ModelError:
        counted = None
    if counted is None:
        return Count(charges.input_tokens(request), "estimate")
    return Count(counted, "provider")
