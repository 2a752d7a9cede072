"""Errors as OpenAI words them, for callers of our own API."""

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
    """Status and body for a caller of ours. Nothing of the provider's own words is passed on."""
    status, type, code = _rendered(error)
    return status, {
        "error": {
            "message": error.message,
            "type": type,
            "param": error.parameter,
            "code": code,
        }
    }


def _rendered(error: ModelError) -> tuple[int, str, str | None]:
    match error:
        case ContextTooLong():
            return 400, "invalid_request_error", "context_length_exceeded"
        case BadRequest():
            code = str(error.provider_code) if error.provider_code else None
            return 400, "invalid_request_error", code
        case AuthenticationFailed():
            return 401, "authentication_error", "invalid_api_key"
        case PaymentRequired():
            return 402, "insufficient_quota", "insufficient_quota"
        case ModelNotFound():
            return 404, "invalid_request_error", "model_not_found"
        case RequestTooLarge():
            return 413, "invalid_request_error", "request_too_large"
        case RateLimited():
            return 429, "rate_limit_error", "rate_limit_exceeded"
        case Overloaded():
            return 503, "server_error", "overloaded"
        case _:
            return 502, "server_error", error.code
