"""How long a person stays signed in: 14 days without a visit, 30 days at most.

The one rule: the end is written into the session's own row, so that pages, sockets and whatever
else loads a session all see the same end without asking this module.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth import SESSION_KEY, login
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse

from chat.models import User

STARTED = "started_at"
TOUCHED = "touched_at"


def begin(request: HttpRequest, user: User) -> None:
    """Sign in, under a new session id."""
    login(request, user)
    request.session[STARTED] = int(time.time())
    _extend(request.session)


def slide(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a visit puts the end off, but is written down once an hour only."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\x00" in (request.session.session_key or ""):
            # PostgreSQL takes no null byte, not even to say that it knows no such session.
            request.session = type(request.session)()
        session = request.session
        if SESSION_KEY in session:
            age = time.time() - session.get(TOUCHED, 0)
            # A negative age is a clock that was set back.
            if not 0 <= age < settings.LIMITS.session_touch:
                _extend(session)
        return get_response(request)

    return middleware


def _extend(session: SessionBase) -> None:
    now = int(time.time())
    started = session.setdefault(STARTED, now)
    session[TOUCHED] = now
    end = min(now + settings.LIMITS.session_idle, started + settings.LIMITS.session_absolute)
    # A moment and not an age: other writes to the session must not put it off.
    session.set_expiry(datetime.fromtimestamp(end, UTC))
