"""Errors in the OpenAI dialect: every shape that was seen, and the one that we send.

`{"error": {…}}`, `{"error": "…"}`, `{"detail": …}` (Mistral), a flat object (vLLM), an array around
one of these, HTML from a proxy, nothing at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chat.llm import payload as json
from chat.llm.dialects.refusals import Refusal, body_text, retry_after_seconds
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
from chat.llm.payload import mapping, text_or_none


def decode_error(status: int, headers: Mapping[str, str], body: bytes) -> ModelError:
    try:
        payload = json.decode(body)
    except ValueError:
        payload = None
    if isinstance(payload, list) and payload:
        payload = payload[0]
    if not isinstance(payload, dict):
        return Refusal(
            status, body_text(body), retry_after_seconds=retry_after_seconds(headers)
        ).as_error()
    fields = _fields(payload)
    return Refusal(
        status,
        _message(fields) or "",
        _type(fields),
        _code(fields),
        text_or_none(fields.get("param")),
        retry_after_seconds(headers),
    ).as_error()


def error_in_answer(payload: dict[str, Any]) -> ModelError | None:
    """An error beside or instead of `choices`, under a status of 200."""
    if payload.get("error"):
        fields = _fields(payload)
    elif "choices" not in payload and (
        payload.get("object") == "error" or payload.get("type") == "error" or "detail" in payload
    ):
        fields = payload
    else:
        return None
    return Refusal(
        _status_of(fields),
        _message(fields) or "",
        _type(fields),
        _code(fields),
        text_or_none(fields.get("param")),
    ).as_error()


def _fields(payload: dict[str, Any]) -> dict[str, Any]:
    error = payload.get("error")
    if isinstance(error, dict):
        return error
    if isinstance(error, str) and error:
        return {**payload, "message": payload.get("message") or error}
    return payload


def _message(fields: dict[str, Any]) -> str | None:
    for name in ("message", "detail", "error_message", "msg"):
        value = fields.get(name)
        if isinstance(value, str):
            return value
        if isinstance(value, list):  # FastAPI: one entry per field
            entries = (mapping(entry) for entry in value)
            return "; ".join(str(entry.get("msg") or entry) for entry in entries)
        if isinstance(value, dict) and value:
            return _message(value) or str(value)
    return None


def _type(fields: dict[str, Any]) -> str | None:
    """Azure leaves it out and gives a word as the code."""
    return text_or_none(fields.get("type" if "type" in fields else "code"))


def _code(fields: dict[str, Any]) -> str | int | None:
    code = fields.get("code")
    return code if isinstance(code, str | int) and not isinstance(code, bool) else None


def _status_of(fields: dict[str, Any]) -> int | None:
    for name in ("status", "status_code", "code"):
        value = fields.get(name)
        if isinstance(value, str) and value.isdecimal() and len(value) == 3:
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and 400 <= value < 600:
            return value
    return None


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
