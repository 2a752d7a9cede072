"""Errors as Google words them, for callers of our own API."""

from __future__ import annotations

from typing import Any

from chat.llm.errors import (
    AuthenticationFailed,
    BadRequest,
    ContextTooLong,
    ModelError,
    ModelNotFound,
    Overloaded,
    PaymentRequired,
    RateLimited,
    RequestTooLarge,
)


def render_error(error: ModelError) -> tuple[int, dict[str, Any]]:
    """Status and body. Nothing of the provider's own words is passed on."""
    code, status = _rendered(error)
    message = error.message
    if isinstance(error, ContextTooLong):  # these words are what clients look for
        message = f"The input token count exceeds the maximum number of tokens allowed. {message}"
    return code, {"error": {"code": code, "message": message, "status": status}}


def _rendered(error: ModelError) -> tuple[int, str]:
    match error:
        case BadRequest():
            return 400, "INVALID_ARGUMENT"
        case AuthenticationFailed():
            return 401, "UNAUTHENTICATED"
        case PaymentRequired():
            return 402, "FAILED_PRECONDITION"
        case ModelNotFound():
            return 404, "NOT_FOUND"
        case RequestTooLarge():
            return 413, "INVALID_ARGUMENT"
        case RateLimited():
            return 429, "RESOURCE_EXHAUSTED"
        case Overloaded():
            return 503, "UNAVAILABLE"
        case _:
            return 500, "INTERNAL"
