"""The door of the API: method, origin, key and body, in this order, for every address alike.

The one rule: whatever goes wrong behind it leaves in the shape of the caller's dialect, with the
request id that its logs and ours have in common.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from chat.api import auth, errors, limits
from chat.calls.formats import NotFound, OwnFault
from chat.llm import payload
from chat.llm.errors import BadRequest, ModelError, RateLimited, RequestTooLarge
from chat.llm.types import DialectName
from chat.models import ApiKey

logger = logging.getLogger(__name__)

REQUEST_ID_HEADERS = ("x-request-id", "request-id")
"""OpenAI's and Anthropic's; it does no harm to send both."""
EXPOSED = ", ".join((*REQUEST_ID_HEADERS, "retry-after", "x-token-count"))
PREFLIGHT_SECONDS = 600
DEEPEST = 100
"""Levels of a body. JSON schemas are the deepest thing that programs send."""
LARGE = 256 * 1024
"""Bytes from which on reading JSON takes longer than the event loop may stand still."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request that came through the door. `body` is decoded JSON, None where there is none."""

    http: HttpRequest
    dialect: DialectName
    request_id: str
    key: ApiKey
    body: Any


View = Callable[..., Coroutine[Any, Any, HttpResponseBase]]
DialectOf = Callable[[HttpRequest], DialectName]


def door(
    dialect: DialectName | DialectOf,
    *,
    has_key_in_body: bool = False,
    **views: View,
) -> View:
    """One address: `door("openai", POST=create)`. The views get a `Visit` and the address's own
    arguments."""
    methods = (*views, "HEAD", "OPTIONS") if "GET" in views else (*views, "OPTIONS")

    async def enter(http: HttpRequest, **arguments: Any) -> HttpResponseBase:
        name = dialect if isinstance(dialect, str) else dialect(http)
        request_id = f"req_{secrets.token_hex(12)}"
        response: HttpResponseBase
        key: ApiKey | None = None
        if http.method == "OPTIONS":
            response = HttpResponse(status=204, headers={"Allow": ", ".join(methods)})
        else:
            try:
                check_host(http)
                view = views.get("GET" if http.method == "HEAD" else http.method or "")
                if view is None:
                    raise errors.WrongMethod(str(http.method)[:20], methods)
                key, body = await _admitted(http, has_key_in_body=has_key_in_body)
                visit = Visit(http, name, request_id, key, body)
                response = await view(visit, **arguments)
            except ModelError as error:
                response = errors.response(error, name, request_id=request_id)
                if key is not None and isinstance(error, RateLimited):
                    for header, value in limits.headers(name, key, key.allowance).items():
                        response.headers[header] = value
            except Exception:
                logger.exception("request %s failed", request_id)
                response = errors.response(OwnFault(), name, request_id=request_id)
        return _labelled(response, http, request_id=request_id, methods=methods)

    enter.csrf_exempt = True  # type: ignore[attr-defined]  # cookies open nothing here
    return enter


def check_host(http: HttpRequest) -> None:
    """Raise `BadRequest` for a host that is not ours."""
    try:
        http.get_host()
    except DisallowedHost:
        raise BadRequest("This server does not go by that name.", status=400) from None


def _labelled(
    response: HttpResponseBase, http: HttpRequest, *, request_id: str, methods: tuple[str, ...]
) -> HttpResponseBase:
    for name in REQUEST_ID_HEADERS:
        response.headers[name] = request_id
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    origin = http.headers.get("origin")
    if not origin:
        return response
    response.headers["Vary"] = "Origin"
    if origin not in settings.API_ORIGINS and origin not in settings.ALLOWED_ORIGINS:
        return response
    # Never with credentials: a key is the only thing that counts.
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = EXPOSED
    # Other pages may read the answer, which the default forbids.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if http.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = ", ".join(methods)
        asked = http.headers.get("access-control-request-headers", "")
        response.headers["Access-Control-Allow-Headers"] = asked[:2000]
        response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    return response


async def _admitted(http: HttpRequest, *, has_key_in_body: bool) -> tuple[ApiKey, Any]:
    """The key is looked at before the body, unless that is where it may be."""
    if http.method != "POST":
        return await auth.key_of(http), None
    if has_key_in_body and auth.secret_of(http) is None:
        body = await _body(http)
        secret = body.pop("key", None) if isinstance(body, dict) else None
        return await auth.key_of(http, in_body=secret if isinstance(secret, str) else None), body
    key = await auth.key_of(http)
    body = await _body(http)
    if has_key_in_body and isinstance(body, dict):
        body.pop("key", None)  # it must not go on to a provider
    return key, body


async def _body(http: HttpRequest) -> Any:
    """Raise `BadRequest` or `RequestTooLarge`."""
    kind = (http.content_type or "").lower()
    charset = (http.content_params or {}).get("charset", "utf-8").lower()
    is_json = kind == "application/json" or kind.endswith("+json")
    if (kind and not is_json) or charset not in ("utf-8", "utf8", "us-ascii"):
        raise errors.WrongType()
    limit = settings.LIMITS.api_body
    raw = http.read(limit + 1)
    if len(raw) > limit:
        raise RequestTooLarge(f"A request may have {limit} bytes, no more.")
    return await asyncio.to_thread(_decoded, raw) if len(raw) > LARGE else _decoded(raw)


def _decoded(raw: bytes) -> Any:
    try:
        body = payload.decode(raw)
    except ValueError:
        raise BadRequest("The body is not JSON.", status=400) from None
    if _is_too_deep(body):
        raise BadRequest(f"The body is nested deeper than {DEEPEST} levels.", status=400)
    return body


def _is_too_deep(value: Any, level: int = 1) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return level > DEEPEST or any(_is_too_deep(item, level + 1) for item in inner)


async def hello(http: HttpRequest) -> HttpResponse:
    """Some programs ask whether somebody is at home."""
    return HttpResponse(status=200, content_type="text/plain")


async def nowhere(http: HttpRequest, rest: str) -> HttpResponseBase:
    """Every other address, in the shape that the asking program reads."""
    names = frozenset(name.lower() for name in http.headers)
    name = errors.dialect_at(f"/api/{rest}", names)
    request_id = f"req_{secrets.token_hex(12)}"
    response = errors.response(NotFound(), name, request_id=request_id)
    return _labelled(response, http, request_id=request_id, methods=())


hello.csrf_exempt = nowhere.csrf_exempt = True  # type: ignore[attr-defined]
