"""A program's request as one endpoint gets it.

The one rule: what only the caller's format has a word for is not sent in another one, nor what
would make it another model's answer or another price's, and the receipt says so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chat import charges
from chat.llm.providers import provider_of
from chat.llm.types import ParameterOutcome, Request
from chat.offers import AvailableModel

_LABELS = {"openai": "OpenAI", "anthropic": "Anthropic", "google": "Google"}
_OF_A_BETA = "no beta of Anthropic's is asked for"
_OF_THE_ACCOUNT = "it is about the account at the provider, which is this server's"
_NEVER_SENT = {
    "anthropic_version": "it stands in a header",
    "betas": _OF_A_BETA,
    "container": _OF_A_BETA,
    "context_management": _OF_A_BETA,
    "diagnostics": _OF_A_BETA,
    "cache_control.ttl": "a cache that lives longer has another price; it lives five minutes",
    "labels": _OF_THE_ACCOUNT,
    "modelArmorConfig": _OF_THE_ACCOUNT,
}


def translated(
    request: Request, model: AvailableModel, *, asked_in: str
) -> tuple[Request, list[ParameterOutcome]]:
    """It is streamed wherever usage is counted then too: of a client that leaves we know what it
    had, and the provider stops at once."""
    parameters, endpoint = request.parameters, model.endpoint
    dropped: list[ParameterOutcome] = []
    extra: dict[str, Any] = {}
    for name, value in parameters.extra.items():
        if name in charges.OTHER_PRICE:
            reason = "it could change who answers, or what that costs"
        elif name in _NEVER_SENT:
            reason = _NEVER_SENT[name]
        elif name.startswith("tools."):
            reason = "it runs at the provider, at a price of its own"
        elif asked_in != endpoint.dialect:
            reason = f"only {_LABELS[asked_in]}'s format has this field"
        else:
            extra[name] = value
            continue
        dropped.append(ParameterOutcome(name, "dropped", value, None, reason))
    parameters = replace(parameters, extra=extra)
    is_counted = endpoint.dialect != "openai" or provider_of(endpoint).has_stream_options
    return (
        replace(
            request,
            model=model.info.id,
            parameters=parameters,
            is_streamed=request.is_streamed or is_counted,
        ),
        dropped,
    )
