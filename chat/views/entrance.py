"""The way in for people without an account: to a share, or to a demo.

The one rule: what is not there, or not any more, looks like what never was, guessing is slow, and
no page tells other sites or search engines of itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chat.models import Attempt, TooManyAttempts, User
from chat.models.attempt import network
from chat.views.accounts import refuse
from playground.addresses import client_address

HEADERS = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow, noarchive"}
# A page with a form needs this: under "no-referrer" a browser sends the form from nowhere, and
# nothing would tell it from a foreign one. To other sites it says as little.
WITH_FORMS = "same-origin"
View = Callable[..., HttpResponse]
Found = TypeVar("Found")


class Gone(Exception):
    """Not there for this visitor."""


def guarded(view: View, template: str) -> View:
    """The view, or the page that says that nothing is there."""

    @wraps(view)
    def inside(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, token, **kwargs)
        except TooManyAttempts as refusal:
            response = refuse(request, template, refusal)
        except Gone:
            response = render(request, template, status=404)
        for name, value in HEADERS.items():
            response.headers[name] = value
        if not response.streaming and b"<form" in response.content:
            response.headers["Referrer-Policy"] = WITH_FORMS
        return response

    return cast(View, inside)


def find(request: HttpRequest, look_up: Callable[[str], Found | None], token: str) -> Found:
    """Raises TooManyAttempts: also for a good link, or the answer would tell it from a bad one."""
    limit = settings.LIMITS.link_misses_per_minute_address
    miss = Attempt.make(Attempt.Kind.LINK, network(client_address(request)), limit=limit)
    found = look_up(token)
    if found is None:
        raise Gone
    miss.delete()
    return found


def user_of(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def token_of(request: HttpRequest) -> str:
    match = request.resolver_match
    return str(match.kwargs["token"]) if match else ""
