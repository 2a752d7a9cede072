"""Requests about which a view may take something for granted.

The one rule: a view that takes a `SignedInRequest` stands behind `login_required`, or a stricter
door.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import Http404, HttpRequest, HttpResponse

from chat.models import User

View = TypeVar("View", bound=Callable[..., HttpResponse])


class SignedInRequest(HttpRequest):
    user: User


def is_fragment(request: HttpRequest) -> bool:
    """Asked for by the page's own script, which wants the part that changed and no page around."""
    return "X-Fragment" in request.headers


def administrators_only(view: View) -> View:
    """To everybody else the page does not exist."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_staff:
            raise Http404
        return view(request, *args, **kwargs)

    return cast(View, guarded)
