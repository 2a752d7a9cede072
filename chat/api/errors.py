"""Failures in the shape and with the status of each dialect, so that its SDKs raise their own.

The one rule: trouble between us and a provider is ours, not the caller's. That the provider did not
accept the endpoint's key is a 502 and never a 401, which would tell the caller to look at theirs.
"""

from __future__ import annotations

import math
from typing import Any

import msgspec
from django.http import HttpResponse

from chat.llm.dialects import anthropic, google, openai
from chat.llm.errors import (
    AuthenticationFailed,
    BadRequest,
    ModelError,
    Overloaded,
    PaymentRequired,
    ProviderFailed,
    RateLimited,
    Refused,
    TimedOut,
)
from chat.llm.types import DialectName

JSON = "application/json"
NO_KEY_OF_OURS = "The provider did not accept this server's key. Tell whoever runs the server."
NO_CREDIT_OF_OURS = "This server's account at the provider has no credit left."
_RETRIED_ANYWAY = (408, 409, 429)
"""By the SDKs, unless they are told otherwise; and everything from 500 on."""


class WrongMethod(BadRequest):
    def __init__(self, method: str, allowed: tuple[str, ...]) -> None:
        super().__init__(f"{method} is not for this address; {', '.join(allowed)} is.", status=405)
        self.allowed = allowed


class WrongType(BadRequest):
    def __init__(self) -> None:
        super().__init__("A body here is JSON: Content-Type: application/json.", status=415)


class NotFound(Refused):
    """An address or a task that is not there."""

    default_message = "There is nothing at this address."


def ours(error: ModelError) -> ModelError:
    """A failure of a provider as the caller should see it."""
    match error:
        case AuthenticationFailed():
            return ProviderFailed(NO_KEY_OF_OURS, status=502)
        case PaymentRequired():
            return ProviderFailed(NO_CREDIT_OF_OURS, status=502)
    return error


def failure(error: ModelError, dialect: DialectName, *, request_id: str) -> HttpResponse:
    status, body = rendered(error, dialect, request_id=request_id)
    response = HttpResponse(msgspec.json.encode(body), status=status, content_type=JSON)
    if error.retry_after_seconds is not None and isinstance(error, RateLimited | Overloaded):
        response["Retry-After"] = str(max(1, math.ceil(error.retry_after_seconds)))
    if (status in _RETRIED_ANYWAY or status >= 500) and not error.is_retryable:
        response["x-should-retry"] = "false"
    if isinstance(error, WrongMethod):
        response["Allow"] = ", ".join(error.allowed)
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def rendered(
    error: ModelError, dialect: DialectName, *, request_id: str
) -> tuple[int, dict[str, Any]]:
    match dialect:
        case "anthropic":
            status, body = anthropic.render_error(error, request_id=request_id)
        case "google":
            status, body = google.render_error(error)
        case _:
            status, body = openai.render_error(error)
    status = _status(error, status)
    if isinstance(error, NotFound):
        _name_not_found(body, dialect)
    if dialect == "google":
        body["error"]["code"] = status
    return status, body


def _status(error: ModelError, status: int) -> int:
    match error:
        case WrongMethod() | WrongType():
            return error.status or status
        case NotFound():
            return 404
        case TimedOut():
            return 504
        case Overloaded():
            return status
    return 502 if status >= 500 else status


def _name_not_found(body: dict[str, Any], dialect: DialectName) -> None:
    error = body["error"]
    match dialect:
        case "anthropic":
            error["type"] = "not_found_error"
        case "google":
            error["status"] = "NOT_FOUND"
        case _:
            error |= {"type": "invalid_request_error", "code": "not_found"}
