"""Errors as they are written, in every shape that was seen; the dialects borrow from one another.

`{"error": {…}}`, `{"error": "…"}`, `{"detail": …}` (Mistral), a flat object (vLLM), Google's with a
`status` in words and a delay in its `details`, an array around one of these, HTML from a proxy,
nothing at all. llama.cpp answers in OpenAI's shape whatever it was asked in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chat.llm import payload as json
from chat.llm.dialects.refusals import Refusal, retry_after_seconds
from chat.llm.errors import ModelError
from chat.llm.payload import mapping, sequence, text, text_or_none


def decode_error(status: int, headers: Mapping[str, str], body: bytes) -> ModelError:
    try:
        payload = json.decode(body)
    except ValueError:
        payload = None
    if isinstance(payload, list) and payload:
        payload = payload[0]
    if not isinstance(payload, dict):
        words = body.decode("utf-8", "replace")
        return Refusal(status, words, retry_after_seconds=retry_after_seconds(headers)).as_error()
    fields = _fields(payload)
    return _refusal(status, fields, retry_after_seconds(headers)).as_error()


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
    return _refusal(_status_of(fields), fields, None).as_error()


def _refusal(status: int | None, fields: dict[str, Any], retry_after: float | None) -> Refusal:
    return Refusal(
        status,
        _message(fields) or "",
        _type(fields),
        _code(fields),
        text_or_none(fields.get("param")),
        retry_after if retry_after is not None else _retry_delay(fields),
    )


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
    """Azure leaves it out and gives a word as the code; Google's word is the status."""
    for name in ("type", "status", "code"):
        if name in fields and (name == "type" or isinstance(fields[name], str)):
            return text_or_none(fields[name])
    return None


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


def _retry_delay(fields: dict[str, Any]) -> float | None:
    """Google's RetryInfo: `"retryDelay": "13s"`."""
    for detail in sequence(fields.get("details")):
        delay = text(mapping(detail).get("retryDelay"))
        if delay.endswith("s") and delay[:-1].replace(".", "", 1).isdecimal():
            return float(delay[:-1])
    return None
