"""Failures as responses, with the headers that make the SDKs wait, retry or give up."""

from __future__ import annotations

import math
from collections.abc import Container

import msgspec
from django.http import HttpResponse

from chat.calls import formats
from chat.llm.errors import BadRequest, ModelError, Overloaded, RateLimited
from chat.llm.types import DialectName

JSON = "application/json"
_RETRIED_ANYWAY = (408, 409, 429)
"""By the SDKs, unless they are told otherwise; and everything from 500 on."""


GOOGLE_METHODS = ("generateContent", "streamGenerateContent", "countTokens")


class WrongMethod(BadRequest):
    def __init__(self, method: str, allowed: tuple[str, ...]) -> None:
        super().__init__(f"{method} is not for this address; {', '.join(allowed)} is.", status=405)
        self.allowed = allowed


class WrongType(BadRequest):
    def __init__(self) -> None:
        super().__init__("A body here is JSON: Content-Type: application/json.", status=415)


def dialect_at(path: str, headers: Container[str]) -> DialectName:
    """Who asks, as far as the address and the names of the headers tell, in lower case. For what
    goes wrong before an address is found."""
    if path.startswith(("/api/v1/messages", "/api/v7/llm/v1/messages")):
        return "anthropic"
    if path.startswith("/api/v1beta/") or path.rpartition(":")[2] in GOOGLE_METHODS:
        return "google"
    if path.endswith("/chat/completions"):
        return "openai"
    if "anthropic-version" in headers:
        return "anthropic"
    return "google" if "x-goog-api-key" in headers else "openai"


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
