"""What every response carries, and how static files are kept for ever."""

from __future__ import annotations

import gzip
import re
import urllib.error
import urllib.request
from email.message import Message

import brotli
import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory, SimpleTestCase

from playground.middleware import CompressedPages
from tests.live_server import LiveServer


def fetch(url: str, **headers: str) -> tuple[int, Message, bytes]:
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def stylesheet(server: LiveServer) -> str:
    """The address of a stylesheet, as the sign-in page names it."""
    _, _, page = fetch(f"{server.url}/sign-in/")
    found = re.search(rb'href="(/static/[^"]+\.css)"', page)
    assert found
    return server.url + found[1].decode()


@pytest.mark.process
class TestLiveHeaders:
    @pytest.mark.parametrize("path", ["/sign-in/", "/healthz", "/nowhere/", "/static/nowhere.svg"])
    def test_every_document_is_guarded(self, server: LiveServer, path: str) -> None:
        _, headers, _ = fetch(server.url + path)

        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "require-trusted-types-for 'script'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert headers["Access-Control-Allow-Origin"] is None

    def test_a_style_sheet_says_only_what_concerns_it(self, server: LiveServer) -> None:
        _, headers, _ = fetch(stylesheet(server))

        assert headers["Content-Security-Policy"] is None
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Access-Control-Allow-Origin"] is None

    @pytest.mark.parametrize("path", ["/sign-in/", "/healthz", "/nowhere/"])
    def test_what_is_somebodys_own_is_stored_nowhere(self, server: LiveServer, path: str) -> None:
        _, headers, _ = fetch(server.url + path)

        assert headers["Cache-Control"] == "private, no-store"

    def test_static_files_are_compressed_and_immutable(self, server: LiveServer) -> None:
        url = stylesheet(server)
        _, _, plain = fetch(url)

        for encoding, decode in (("br", brotli.decompress), ("gzip", gzip.decompress)):
            status, headers, body = fetch(url, **{"Accept-Encoding": encoding})
            assert status == 200
            assert headers["Content-Encoding"] == encoding
            assert "immutable" in headers["Cache-Control"]
            assert decode(body) == plain

    def test_a_static_file_that_is_known_is_not_sent_again(self, server: LiveServer) -> None:
        url = stylesheet(server)
        _, headers, _ = fetch(url)

        status, _, body = fetch(url, **{"If-None-Match": headers["ETag"]})

        assert status == 304
        assert body == b""

    def test_part_of_a_static_file_can_be_had(self, server: LiveServer) -> None:
        url = stylesheet(server)
        _, _, whole = fetch(url)

        status, _, body = fetch(url, Range="bytes=2-9")

        assert status == 206
        assert body == whole[2:10]

    def test_nothing_warns(self, server: LiveServer) -> None:
        fetch(stylesheet(server))

        assert "Warning" not in server.log
        assert "must consume synchronous iterators" not in server.log


class CompressedPagesTests(SimpleTestCase):
    def respond(self, response: HttpResponse | StreamingHttpResponse) -> HttpResponse:
        request = RequestFactory().get("/", headers={"Accept-Encoding": "gzip"})

        def view(request: HttpRequest) -> HttpResponse:
            return response

        return CompressedPages(view)(request)

    def test_a_page_is_compressed(self) -> None:
        page = "<p>All work and no play.</p>" * 100

        response = self.respond(HttpResponse(page))

        self.assertEqual(response.headers["Content-Encoding"], "gzip")
        self.assertEqual(gzip.decompress(response.content).decode(), page)

    def test_the_same_page_has_many_sizes(self) -> None:
        page = "<p>All work and no play.</p>" * 100

        sizes = {len(self.respond(HttpResponse(page)).content) for _ in range(20)}

        self.assertGreater(len(sizes), 3)

    def test_a_stream_leaves_as_it_comes(self) -> None:
        response = self.respond(StreamingHttpResponse(iter([b"data: a\n\n"])))

        self.assertNotIn("Content-Encoding", response.headers)

    def test_json_stays_as_it_is(self) -> None:
        response = self.respond(HttpResponse("[1]" * 1000, content_type="application/json"))

        self.assertNotIn("Content-Encoding", response.headers)
