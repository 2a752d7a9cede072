"""What is asked by programs, beside what is asked by browsers: the API without the middleware of
pages.

The one rule: no session, no cookie, no thread. That middleware is synchronous, so that a call that
waits for its answer would hold a thread for as long.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Container
from typing import Any

from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.views.defaults import server_error

from chat.api import errors
from chat.api.door import REQUEST_ID_HEADERS
from chat.calls.formats import OwnFault
from chat.llm.errors import BadRequest, ModelError, RequestTooLarge

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


def refusal(
    status: int, sentence: str, *, path: str, headers: Container[str]
) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """What the server itself says, in the words of whoever asked: headers and body."""
    if not path.startswith(PREFIX):
        body = sentence.encode() + b"\n"
        kind = (b"Content-Type", b"text/plain; charset=utf-8")
        return [kind, (b"Content-Length", b"%d" % len(body))], body
    error = RequestTooLarge(sentence) if status == 413 else BadRequest(sentence, status=status)
    said: ModelError = OwnFault(sentence) if status >= 500 else error
    request_id = f"req_{secrets.token_hex(12)}"
    found = errors.response(said, errors.dialect_at(path, headers), request_id=request_id)
    found["Content-Length"] = str(len(found.content))
    for name in REQUEST_ID_HEADERS:
        found[name] = request_id
    return [(name.encode(), value.encode()) for name, value in found.items()], found.content


def failed(http: HttpRequest) -> HttpResponse:
    """An error of our own, for whoever asked."""
    if not http.path.startswith(PREFIX):
        return server_error(http)
    names = frozenset(name.lower() for name in http.headers)
    return errors.response(OwnFault(), errors.dialect_at(http.path, names), request_id="")
