"""Failures as responses, with the headers that make the SDKs wait, retry or give up."""

from __future__ import annotations

import math

import msgspec
from django.http import HttpResponse

from chat.calls import formats
from chat.llm.errors import BadRequest, ModelError, Overloaded, RateLimited
from chat.llm.types import DialectName

JSON = "application/json"
_RETRIED_ANYWAY = (408, 409, 429)
"""By the SDKs, unless they are told otherwise; and everything from 500 on."""


class WrongMethod(BadRequest):
    def __init__(self, method: str, allowed: tuple[str, ...]) -> None:
        super().__init__(f"{method} is not for this address; {', '.join(allowed)} is.", status=405)
        self.allowed = allowed


class WrongType(BadRequest):
    def __init__(self) -> None:
        super().__init__("A body here is JSON: Content-Type: application/json.", status=415)


def response(error: ModelError, dialect: DialectName, *, request_id: str) -> HttpResponse:
    status, body = formats.failure(dialect, error, request_id=request_id)
    found = HttpResponse(msgspec.json.encode(body), status=status, content_type=JSON)
    if error.retry_after_seconds is not None and isinstance(error, RateLimited | Overloaded):
        found["Retry-After"] = str(max(1, math.ceil(error.retry_after_seconds)))
    if (status in _RETRIED_ANYWAY or status >= 500) and not error.is_retryable:
        found["x-should-retry"] = "false"
    if isinstance(error, WrongMethod):
        found["Allow"] = ", ".join(error.allowed)
    if status == 401:
        found["WWW-Authenticate"] = "Bearer"
    return found
