"""What is asked by programs, beside what is asked by browsers: the API without the middleware of
pages.

The one rule: no session, no cookie, no thread. That middleware is synchronous, so that a call that
waits for its answer would hold a thread for as long.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.views.defaults import server_error

from chat.api import errors
from chat.calls.formats import OwnFault

Application = Callable[[Any, Any, Any], Awaitable[None]]

PREFIX = "/api/"


class Programs(ASGIHandler):
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Without a thread of its own for each request, which Django would start for its signals
        and end again. Nothing here does synchronous work but through `chat.database`."""
        await self.handle(scope, receive, send)

    def load_middleware(self, is_async: bool = False) -> None:
        """None at all; an exception becomes a response all the same."""
        own: Any = self
        own._view_middleware = []
        own._template_response_middleware = []
        own._exception_middleware = []
        own._middleware_chain = convert_exception_to_response(own._get_response_async)


def by_path(pages: Application, programs: Application) -> Application:
    async def dispatch(scope: Any, receive: Any, send: Any) -> None:
        application = programs if scope["path"].startswith(PREFIX) else pages
        await application(scope, receive, send)

    return dispatch


def failed(http: HttpRequest) -> HttpResponse:
    """An error of our own, for whoever asked."""
    if not http.path.startswith(PREFIX):
        return server_error(http)
    names = frozenset(name.lower() for name in http.headers)
    return errors.response(OwnFault(), errors.dialect_at(http.path, names), request_id="")
