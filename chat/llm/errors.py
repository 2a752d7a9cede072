"""The tree of failures.

    ModelError
    ├── Unreachable             unreachable          DNS, TCP, TLS, reset before an answer
    ├── TimedOut                timed_out            first byte, content idle or total deadline
    ├── Refused                 refused              the provider answered with an error
    │   ├── AuthenticationFailed  authentication_failed  401, 403
    │   ├── PaymentRequired       payment_required       402, quota used up
    │   ├── ModelNotFound         model_not_found        404
    │   ├── BadRequest            bad_request            400, 422; `parameter` names the culprit
    │   │   └── ContextTooLong    context_too_long
    │   ├── RequestTooLarge       request_too_large      413
    │   ├── Redirected            refused                3xx: a key follows nobody elsewhere
    │   ├── RateLimited           rate_limited           429
    │   └── ProviderFailed        provider_failed        5xx
    │       └── Overloaded        overloaded             503, 529
    ├── Interrupted             interrupted          the stream ended without its terminal marker
    ├── Garbled                 garbled              an answer that is not of the dialect
    │   └── WebPage               garbled              a page for people: a login, a captive portal
    ├── OutputTooLarge          output_too_large     more than we are willing to keep
    └── AddressForbidden        address_forbidden    the address guard said no

`code` is stable and may be stored. `message` may be shown to anyone; `detail` is for the log, since
it can quote the provider. `is_retryable` means: the same request may succeed a little later.
"""

from __future__ import annotations

from typing import ClassVar


class ModelError(Exception):
    code: ClassVar[str] = "model_error"
    is_retryable: ClassVar[bool] = False
    default_message: ClassVar[str] = "The model could not answer."

    def __init__(
        self,
        message: str | None = None,
        *,
        detail: str = "",
        status: int | None = None,
        provider_code: str | int | None = None,
        provider_type: str | None = None,
        parameter: str | None = None,
        retry_after_seconds: float | None = None,
        is_mid_stream: bool = False,
    ) -> None:
        self.message = message or self.default_message
        self.detail = detail
        self.status = status
        self.provider_code = provider_code
        self.provider_type = provider_type
        self.parameter = parameter
        self.retry_after_seconds = retry_after_seconds
        self.is_mid_stream = is_mid_stream
        super().__init__(self.message)

    def withhold(self, secret: str) -> None:
        """Providers quote what they complain of, and that may be the very key."""
        if not secret:
            return
        self.detail = self.detail.replace(secret, "…")
        if secret in f"{self.message} {self.parameter}":
            self.message, self.parameter = self.default_message, None
            self.args = (self.message,)


class Unreachable(ModelError):
    code = "unreachable"
    is_retryable = True
    default_message = "The provider could not be reached."


class TimedOut(ModelError):
    code = "timed_out"
    is_retryable = True
    default_message = "The provider took too long to answer."


class Refused(ModelError):
    code = "refused"
    default_message = "The provider refused the request."


class AuthenticationFailed(Refused):
    code = "authentication_failed"
    default_message = "The provider did not accept the endpoint's key."


class PaymentRequired(Refused):
    code = "payment_required"
    default_message = "The provider's account has no credit left."


class ModelNotFound(Refused):
    code = "model_not_found"
    default_message = "The provider does not know this model."


class BadRequest(Refused):
    code = "bad_request"
    default_message = "The provider did not accept the request."


class ContextTooLong(BadRequest):
    code = "context_too_long"
    default_message = "The conversation is longer than this model's context window."


class RequestTooLarge(Refused):
    code = "request_too_large"
    default_message = "The request is larger than the provider takes."


class Redirected(Refused):
    default_message = "The address leads elsewhere. Enter the one that it leads to."


class RateLimited(Refused):
    code = "rate_limited"
    is_retryable = True
    default_message = "The provider is limiting requests. Try again in a moment."


class ProviderFailed(Refused):
    code = "provider_failed"
    is_retryable = True
    default_message = "The provider had an error of its own."


class Overloaded(ProviderFailed):
    code = "overloaded"
    default_message = "The provider is overloaded. Try again in a moment."


class Interrupted(ModelError):
    code = "interrupted"
    default_message = "The answer was cut off before its end."


class Garbled(ModelError):
    code = "garbled"
    default_message = "The provider's answer could not be read."


class WebPage(Garbled):
    default_message = "A web page came instead of an answer. Is the address right?"


class OutputTooLarge(ModelError):
    code = "output_too_large"
    default_message = "The answer grew beyond the limit and was cut."


class AddressForbidden(ModelError):
    code = "address_forbidden"
    default_message = "This address may not be reached from here."
