"""Errors as Anthropic words them, for callers of our own API."""

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


def render_error(error: ModelError, *, request_id: str | None = None) -> tuple[int, dict[str, Any]]:
    """Status and body. Nothing of the provider's own words is passed on."""
    status, type = _rendered(error)
    message = error.message
    if isinstance(error, ContextTooLong):  # these words are what clients look for
        message = f"prompt is too long: {message}"
    elif error.parameter is not None:
        message = f"{error.parameter}: {message}"
    body: dict[str, Any] = {"type": "error", "error": {"type": type, "message": message}}
    return status, body | {"request_id": request_id}


def _rendered(error: ModelError) -> tuple[int, str]:
    match error:
        case BadRequest():
            return 400, "invalid_request_error"
        case AuthenticationFailed():
            return 401, "authentication_error"
        case PaymentRequired():
            return 402, "billing_error"
        case ModelNotFound():
            return 404, "not_found_error"
        case RequestTooLarge():
            return 413, "request_too_large"
        case RateLimited():
            return 429, "rate_limit_error"
        case Overloaded():
            return 529, "overloaded_error"
        case _:
            return 500, "api_error"
