"""The three formats side by side: a body as a request, an answer and a failure as a body.

The one rule: trouble between us and a provider is ours, not the caller's. That the provider did not
accept the endpoint's key is a 502 and never a 401, which would tell the caller to look at theirs.
"""

from __future__ import annotations

import time
from typing import Any

from chat.llm.answer import Answer
from chat.llm.dialects import anthropic, google, openai
from chat.llm.errors import (
    AuthenticationFailed,
    BadRequest,
    ModelError,
    Overloaded,
    PaymentRequired,
    ProviderFailed,
    Refused,
    TimedOut,
)
from chat.llm.types import DialectName, Request

NO_KEY_OF_OURS = "The provider did not accept this server's key. Tell whoever runs the server."
NO_CREDIT_OF_OURS = "This server's account at the provider has no credit left."
FORBIDDEN = frozenset(
    {
        *("api_base", "base_url", "api_key", "api_version", "headers", "extra_headers"),
        *("custom_llm_provider", "organization", "proxy", "proxies", "default_headers"),
    }
)
"""A proxy behind us might follow them, and take our key along."""
_PREFIXES = {"openai": "chatcmpl-", "anthropic": "msg_", "google": ""}


class OwnFault(ModelError):
    """A mistake of this server's, which its log tells of."""

    default_message = "The server had an error of its own."


class NotAdmitted(ProviderFailed):
    """The provider does not let this server in, which trying again does not change."""

    is_retryable = False


class NotFound(Refused):
    """An address or a task that is not there."""

    default_message = "There is nothing at this address."


def parse(
    dialect: DialectName, body: Any, *, model: str = "", is_streamed: bool | None = None
) -> Request:
    """Raise `BadRequest`. Google's model and whether to stream stand in the address, so that they
    are given beside the body."""
    match dialect:
        case "anthropic":
            request = anthropic.parse_request(body)
        case "google":
            request = google.parse_request(body, model=model, is_streamed=bool(is_streamed))
        case _:
            request = openai.parse_request(body)
    for name in request.parameters.extra:
        if name.lower() in FORBIDDEN:
            raise BadRequest(f"“{name}” is not for callers to choose.", parameter=name, status=400)
    return request


def answer_id(dialect: DialectName, request_id: str) -> str:
    return _PREFIXES[dialect] + request_id.removeprefix("req_")


def request_id_of(id: str) -> str:
    """Of the id of an answer, in whichever dialect; that of a request stays as it is."""
    for prefix in ("req_", *filter(None, _PREFIXES.values())):
        id = id.removeprefix(prefix)
    return f"req_{id}"


def whole(
    dialect: DialectName, answer: Answer, *, request: Request, request_id: str
) -> dict[str, Any]:
    """A response that is not streamed."""
    id, model = answer_id(dialect, request_id), request.model
    match dialect:
        case "anthropic":
            return anthropic.render_response(answer, id=id, model=model)
        case "google":
            return google.render_response(answer, id=id, model=model)
    return openai.render_response(answer, id=id, model=model, created=int(time.time()))


def ours(error: ModelError) -> ModelError:
    """A failure of a provider as the caller should see it."""
    match error:
        case AuthenticationFailed():
            return NotAdmitted(NO_KEY_OF_OURS, status=502)
        case PaymentRequired():
            return NotAdmitted(NO_CREDIT_OF_OURS, status=502)
    return error


def failure(
    dialect: DialectName, error: ModelError, *, request_id: str
) -> tuple[int, dict[str, Any]]:
    """Status and body."""
    match dialect:
        case "anthropic":
            status, body = anthropic.render_error(error, request_id=request_id)
        case "google":
            status, body = google.render_error(error)
        case _:
            status, body = openai.render_error(error)
    status = _status(error, status)
    if isinstance(error, NotFound):
        _name_not_found(body["error"], dialect)
    if dialect == "google":
        body["error"]["code"] = status
    return status, body


def _status(error: ModelError, status: int) -> int:
    match error:
        case OwnFault():
            return 500
        case NotFound():
            return 404
        case TimedOut():
            return 504
        case Overloaded():
            return status
        case BadRequest(status=405 | 409 | 415 as told):
            return told
    return 502 if status >= 500 else status


def _name_not_found(error: dict[str, Any], dialect: DialectName) -> None:
    match dialect:
        case "anthropic":
            error["type"] = "not_found_error"
        case "google":
            error["status"] = "NOT_FOUND"
        case _:
            error |= {"type": "invalid_request_error", "code": "not_found"}
