"""Which failure a provider's error is, whatever dialect it was said in.

The one rule: what may be retried is decided here, by class. A used-up quota (429) and a prompt that
exceeds the tokens per minute (413) look like limits, but waiting does not help.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from chat.llm.errors import (
    AuthenticationFailed,
    BadRequest,
    ContextTooLong,
    ModelError,
    ModelNotFound,
    Overloaded,
    PaymentRequired,
    ProviderFailed,
    RateLimited,
    Redirected,
    Refused,
    RequestTooLarge,
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error as the provider words it. `status` None: inside a 200, and it does not say."""

    status: int | None
    message: str = ""
    provider_type: str | None = None
    provider_code: str | int | None = None
    parameter: str | None = None
    retry_after_seconds: float | None = None

    def as_error(self) -> ModelError:
        kind = self._kind()
        parameter = self.parameter or _named_parameter(self.message)
        if not issubclass(kind, BadRequest):
            parameter = None
        message = None
        if kind is BadRequest and str(self.provider_code).lower() == "content_filter":
            message = "The provider's content filter refused the prompt."
        elif kind is BadRequest and parameter:
            message = f"The provider did not accept the parameter “{parameter}”."
        return kind(
            message,
            detail=self.message,
            status=self.status,
            provider_code=self.provider_code,
            provider_type=self.provider_type,
            parameter=parameter,
            retry_after_seconds=self.retry_after_seconds,
        )

    def _kind(self) -> type[Refused]:
        words = {str(self.provider_type or "").lower(), str(self.provider_code or "").lower()}
        for kind, known in _KINDS_BY_WORD:
            if words & known:
                return kind
        if self.status == 400 and "api key not valid" in self.message.lower():  # Google
            return AuthenticationFailed
        if self.status in (None, 400, 413, 422) and _CONTEXT.search(self.message):
            return ContextTooLong
        return _kind_by_status(self.status or _status_in(words))


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """RFC 9110 §10.2.3: seconds or a date; and the milliseconds that some send beside it."""
    milliseconds = headers.get("retry-after-ms")
    if milliseconds is not None and (seconds := _number(milliseconds)) is not None:
        return seconds / 1000
    value = headers.get("retry-after")
    if value is None:
        return None
    if (seconds := _number(value)) is not None:
        return seconds
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _number(value: str) -> float | None:
    return float(value) if re.fullmatch(r"\s*\d{1,9}(\.\d+)?\s*", value) else None


_KINDS_BY_WORD: tuple[tuple[type[Refused], frozenset[str]], ...] = (
    (PaymentRequired, frozenset({"insufficient_quota", "insufficient_balance", "billing_error"})),
    (
        ContextTooLong,
        frozenset(
            {"context_length_exceeded", "exceed_context_size_error", "string_above_max_length"}
        ),
    ),
    (Overloaded, frozenset({"overloaded_error", "engine_overloaded"})),
    (RequestTooLarge, frozenset({"request_too_large"})),
    (ModelNotFound, frozenset({"model_not_found", "model_not_available", "deploymentnotfound"})),
    (
        AuthenticationFailed,
        frozenset({"invalid_api_key", "authentication_error", "unauthenticated"}),
    ),
)

_STATUSES_BY_WORD = {
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "resource_exhausted": 429,
    "permission_error": 403,
    "permission_denied": 403,
    "not_found_error": 404,
    "not_found": 404,
    "invalid_request_error": 400,
    "badrequesterror": 400,
    "invalid_argument": 400,
    "failed_precondition": 400,
    "unavailable": 503,
}

_CONTEXT = re.compile(
    r"maximum context length|context (length|window|size)|prompt (is )?too long"
    r"|input token count.{0,40}exceed|too many (input )?tokens|exceeds the maximum number of tokens"
    r"|reduce the length of the (messages|prompt)",
    re.IGNORECASE,
)

_PARAMETERS = (
    r"(?:unsupported|unknown|unrecognized|invalid|unexpected|extra|deprecated)"
    r"(?: (?:value|request))? (?:parameter|argument|field|name)s?"
    r"(?: supplied)?:? [`'\"]?([A-Za-z_][\w.]*)",
    r"(?:parameter|property|field) [`'\"]([A-Za-z_][\w.]*)[`'\"] is (?:not|un)",
    r"[`'\"]([A-Za-z_][\w.]*)[`'\"](?: and [`'\"]\w+[`'\"])?"
    r" (?:is|are|does|cannot|may) (?:deprecated|unsupported|not (?:support|permitted))",
    r"^([a-z_][\w.]*): (?:extra inputs|input should|field required|range)",
)


def _named_parameter(message: str) -> str | None:
    """The parameter that a sentence complains of, if it is one of the known sentences."""
    for pattern in _PARAMETERS:
        found = re.search(pattern, message, re.IGNORECASE)
        if found:
            return found.group(1)
    return None


def _status_in(words: set[str]) -> int | None:
    return next((_STATUSES_BY_WORD[word] for word in words if word in _STATUSES_BY_WORD), None)


def _kind_by_status(status: int | None) -> type[Refused]:
    match status:
        case 401 | 403:
            return AuthenticationFailed
        case 402:
            return PaymentRequired
        case 404 | 410:
            return ModelNotFound
        case 413:
            return RequestTooLarge
        case 429:
            return RateLimited
        case 503 | 529:
            return Overloaded
        case None:
            return ProviderFailed
        case _ if status >= 500:
            return ProviderFailed
        case _ if 300 <= status < 400:
            return Redirected
        case _ if 400 <= status < 499:
            return BadRequest
        case _:
            return Refused
