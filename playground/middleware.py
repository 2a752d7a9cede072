"""What every response has in common: security headers, compressed pages, static files."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "media-src 'self' blob:; font-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# What governs documents says nothing about a style sheet, and there are twenty of those to a page.
NO_DOCUMENTS = ("text/css", "text/javascript")
DOCUMENT_HEADERS = ("Cross-Origin-Opener-Policy", "Referrer-Policy", "Last-Modified")
STATIC_HEADERS = {"Cross-Origin-Resource-Policy": "same-origin"}
PRIVATE = "private, no-store"


def security_headers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_page = not response.headers.get("Content-Type", "").startswith(NO_DOCUMENTS)
        if getattr(response, "may_be_framed", False):
            policy = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
            response.headers["Content-Security-Policy"] = policy
        for name, value in (HEADERS if is_page else STATIC_HEADERS).items():
            response.headers.setdefault(name, value)
        if not is_page:
            for name in DOCUMENT_HEADERS:
                response.headers.pop(name, None)
        if "Cache-Control" not in response.headers:
            # Everything but static files is somebody's own.
            response.headers["Cache-Control"] = PRIVATE
        return response

    return middleware


def utf8_only(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Django insists on UTF-8 for one kind of form. In the other kind UTF-7 could spell lone
    surrogates, which no answer, no hash and no database can hold."""

    def middleware(request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.strip().lower() not in ("utf-8", "utf8", "us-ascii"):
            raise BadRequest("Request bodies are UTF-8.")
        return get_response(request)

    return middleware


class CompressedPages(GZipMiddleware):
    """Whole HTML pages only: a stream must leave as it comes. Django pads what it compresses by a
    random length, so that the size of a page says nothing about the secrets in it (BREACH)."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if response.streaming or not is_page:
            return response
        return super().process_response(request, response)


class StaticFiles(WhiteNoiseMiddleware):
    """Answers with the bytes: a file to be iterated would be read in a thread, piece by piece."""

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        found = static_file.get_response(request.method, request.META)
        content = b""
        if found.file is not None:
            with found.file as file:
                content = file.read()
        response = HttpResponse(content, status=int(found.status))
        del response.headers["Content-Type"]
        for name, value in found.headers:
            response.headers[name] = value
        return response
