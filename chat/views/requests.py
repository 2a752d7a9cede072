"""Requests about which a view may take something for granted.

The one rule: a view that takes a `SignedInRequest` stands behind `login_required`, or a stricter
door.
"""

from __future__ import annotations

from django.http import HttpRequest

from chat.models import User


class SignedInRequest(HttpRequest):
    user: User


def is_fragment(request: HttpRequest) -> bool:
    """Asked for by the page's own script, which wants the part that changed and no page around."""
    return "X-Fragment" in request.headers
