"""Which models go on with the beginning of an answer that is sent to them as their own.

The one rule: only where it is known. A model that does not, or an endpoint that closes the message
before it asks, begins anew, and the answer would have its beginning twice.
"""

from __future__ import annotations

import re

from chat.llm.providers import provider_of
from chat.llm.types import Endpoint, Parameters

_CLAUDE = re.compile(r"claude-(?:[a-z]+-)?(\d+)(?:[-.](\d{1,2}))?(?!\d)")
_LAST_CLAUDE = (4, 5)
"""Later ones answer 400: *This model does not support assistant message prefill.*"""


def obstacle(endpoint: Endpoint, model: str, parameters: Parameters) -> str | None:
    """Why it cannot be done, in words that may be shown; None where it can."""
    provider = provider_of(endpoint)
    claude = _CLAUDE.search(model)
    if claude and (int(claude[1]), int(claude[2] or 0)) > _LAST_CLAUDE:
        return "this model does not take the beginning of its own answer"
    is_known = provider.prefill is not None
    if endpoint.dialect == "anthropic" or provider.name == "openrouter":
        is_known = claude is not None  # others behind the same wire may begin anew
    if not is_known:
        return f"{provider.label} is not known to go on with the beginning of an answer"
    effort, budget = parameters.reasoning_effort, parameters.reasoning_budget_tokens
    if budget or effort not in (None, "none"):
        return "a model that thinks first does not take the beginning of its answer"
    if parameters.response_format is not None and parameters.response_format.kind != "text":
        return "with a form prescribed, the answer has to be written as one"
    return None
