"""Whose program asks: the key of a request.

The one rule: a key is the only thing that counts. Cookies are not looked at, so that no page can
make a browser ask in somebody's name.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from chat import database
from chat.llm.errors import AuthenticationFailed
from chat.models import ApiKey

HEADERS = ("x-api-key", "x-goog-api-key")
LONGEST = 200
"""Characters; no key of ours has as many."""

MISSING = "There is no API key in the request. Send it as “Authorization: Bearer …”."
UNKNOWN = "This API key does not exist, has run out or was revoked."


async def key_of(http: HttpRequest, *, in_body: str | None = None) -> ApiKey:
    """Raise `AuthenticationFailed`. `in_body` is a key that stood there, where that is allowed."""
    secret = secret_of(http) or in_body
    if not secret:
        raise AuthenticationFailed(MISSING)
    key = await database.run(_find, secret) if len(secret) <= LONGEST else None
    if key is None:
        raise AuthenticationFailed(UNKNOWN)
    return key


def secret_of(http: HttpRequest) -> str | None:
    """The first that is there: Authorization, the vendors' own headers, the address if allowed."""
    scheme, _, secret = http.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret.strip():
        return secret.strip()
    for name in HEADERS:
        if value := http.headers.get(name, "").strip():
            return value
    # Addresses end up in logs and histories.
    return http.GET.get("key") if settings.API_KEY_IN_ADDRESS else None


def _find(secret: str) -> ApiKey | None:
    key = ApiKey.find(secret)
    if key is not None:
        key.touch()
    return key
