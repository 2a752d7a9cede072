"""What the server makes of odd, hostile and oversized requests, byte by byte."""

from __future__ import annotations

import http.client
import json
import re
import socket
import urllib.request
from pathlib import Path

import pytest

from playground.limits import MIB
from tests.live_server import LiveServer

pytestmark = pytest.mark.process
SENTENCE = b"A request may carry 1048576 bytes, no more.\n"


def speak(server: LiveServer, *lines: str, body: bytes = b"") -> bytes:
    """What comes back for exactly these lines."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        head = "".join(f"{line}\r\n" for line in (*lines, "Connection: close", ""))
        connection.sendall(head.encode("latin-1") + body)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return answer


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def memory_mib(server: LiveServer) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{server.pid}/status").read_text())
    assert found
    return int(found[1]) / 1024


def zeros(size: int):
    piece = bytes(256 * 1024)
    while size > 0:
        yield piece[:size]
        size -= len(piece)


def test_a_body_that_announces_too_much_is_not_read(server: LiveServer) -> None:
    answer = speak(
        server, "POST / HTTP/1.1", f"Host: 127.0.0.1:{server.port}", "Content-Length: 300000000"
    )

    assert status(answer) == 413
    assert answer.endswith(SENTENCE)


def test_a_sender_that_asks_first_is_told_no(server: LiveServer) -> None:
    answer = speak(
        server,
        "POST / HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        "Content-Length: 300000000",
        "Expect: 100-continue",
    )

    assert answer.count(b"HTTP/1.1") == 1
    assert status(answer) == 413


@pytest.mark.parametrize("is_chunked", [False, True])
def test_300_megabytes_take_no_memory(server: LiveServer, is_chunked: bool) -> None:
    size = 300 * MIB
    before = memory_mib(server)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {} if is_chunked else {"Content-Length": str(size)}

    try:
        connection.request("POST", "/", zeros(size), headers, encode_chunked=is_chunked)
    except OSError:
        pass  # it hangs up on who does not listen
    else:
        assert connection.getresponse().status == 413

    assert memory_mib(server) - before < 20


def test_a_body_at_the_limit_reaches_the_application(server: LiveServer) -> None:
    answer = speak(
        server,
        "POST /nowhere HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        f"Content-Length: {MIB}",
        body=bytes(MIB),
    )

    assert status(answer) in (403, 404)


def test_chunks_are_counted(server: LiveServer) -> None:
    body = b"80000\r\n" + bytes(0x80000) + b"\r\n"

    answer = speak(
        server,
        "POST /nowhere HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        "Transfer-Encoding: chunked",
        body=body * 2 + b"1\r\n0\r\n0\r\n\r\n",
    )

    assert status(answer) == 413


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("/healthz", ["Host: 127.0.0.1", "Host: evil.example"]),
        ("/healthz", ["Host: 127.0.0.1", "Host: 127.0.0.1"]),
        ("http://evil.example/healthz", ["Host: 127.0.0.1"]),
        ("*", ["Host: 127.0.0.1"]),
        ("/healthz", ["Host: evil.example"]),
        ("/healthz", ["Host: 127.0.0.1?x"]),
        ("/healthz", ["Host: 127.0.0.1#x"]),
        ("/healthz", ["Host: 127.0.0.1/.."]),
        ("/healthz", ["Host: user@127.0.0.1"]),
        ("/healthz", ["Host: "]),
        ("/healthz", []),
    ],
)
def test_a_request_that_is_not_for_us_is_refused(
    server: LiveServer, target: str, headers: list[str]
) -> None:
    answer = speak(server, f"GET {target} HTTP/1.1", *headers)

    assert status(answer) == 400
    assert b"alive" not in answer


@pytest.mark.parametrize("line", ["nonsense", "GET /healthz", "GET /a b c HTTP/1.1"])
def test_what_is_no_request_is_told_so(server: LiveServer, line: str) -> None:
    answer = speak(server, line)

    assert status(answer) == 400
    assert b"Content-Length: " in answer
    assert answer.endswith(b"This is no HTTP request, or its head is too long or contradicts.\n")


def test_a_program_is_told_so_in_its_own_format(server: LiveServer) -> None:
    answer = speak(
        server, "POST /api/v1/messages HTTP/1.1", "Host: 127.0.0.1", "Content-Length: many"
    )

    assert status(answer) == 400
    error = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert error["type"] == "error"
    assert error["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    "header",
    [
        "X-Forwarded-Host: evil.example",
        "X_Forwarded_Host: evil.example",
        "X-Forwarded-Proto: https",
        "Forwarded: host=evil.example;proto=https",
        "Daphne-Root-Path: /evil",
    ],
)
def test_forwarded_headers_change_no_address(server: LiveServer, header: str) -> None:
    answer = speak(server, "GET / HTTP/1.1", f"Host: 127.0.0.1:{server.port}", header)

    assert status(answer) in (200, 302)
    assert b"evil" not in answer
    assert b"https://" not in answer.split(b"\r\n\r\n")[0]


@pytest.mark.parametrize(
    "request_line",
    [
        "GET /%ff%fe HTTP/1.1",
        "GET /%00 HTTP/1.1",
        "GET /../../etc/passwd HTTP/1.1",
        "GET /static/../../secret_key HTTP/1.1",
        "GET /static/%2e%2e/%2e%2e/secret_key HTTP/1.1",
        "NONSENSE / HTTP/1.1",
        "GET /\x80 HTTP/1.1",
        "GET / HTTP/9.9",
        "GET",
    ],
)
def test_a_strange_request_line_is_no_error_of_ours(server: LiveServer, request_line: str) -> None:
    answer = speak(server, request_line, f"Host: 127.0.0.1:{server.port}")

    assert 200 <= status(answer) < 500
    assert b"Traceback" not in answer
    assert "Traceback" not in server.log


def test_it_is_alive_and_ready(server: LiveServer) -> None:
    for path, word in (("/healthz", b"alive\n"), ("/readyz", b"ready\n")):
        with urllib.request.urlopen(server.url + path, timeout=10) as response:
            assert response.status == 200
            assert response.read() == word
