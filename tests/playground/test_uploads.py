"""Large bodies: let in for a file from somebody signed in, and for nothing else."""

from __future__ import annotations

import contextlib
import http.client
import json
import urllib.request

import pytest

from chat.uploads import tickets
from playground.limits import MIB, Limits
from tests.live_server import LiveServer
from tests.uploads import files

pytestmark = pytest.mark.process
BOUNDARY = "a-line-that-is-in-no-file"


@pytest.fixture(scope="module")
def cookie(server: LiveServer) -> str:
    made = server.cookie_of("uploader")
    return f"{made['name']}={made['value']}; playground_csrf={'c' * 32}"


@pytest.fixture(scope="module")
def ticket(server: LiveServer, cookie: str) -> str:
    request = urllib.request.Request(f"{server.url}/files/rules/", headers={"Cookie": cookie})
    with urllib.request.urlopen(request, timeout=10) as response:
        return str(json.load(response)["ticket"])


def form(data: bytes, name: str) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return head.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()


def post(server: LiveServer, path: str, body: bytes, **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    named = {name.replace("_", "-"): value for name, value in headers.items() if value}
    fixed = {
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "X-CSRFToken": "c" * 32,
    }
    connection.putrequest("POST", path)
    for name, value in {**fixed, **named, "Content-Length": str(len(body))}.items():
        connection.putheader(name, value)
    connection.endheaders()
    with contextlib.suppress(OSError):  # refused before it was read
        connection.send(body)
    response = connection.getresponse()
    return response.status, response.read()


def test_a_file_at_the_limit_is_taken(server: LiveServer, cookie: str, ticket: str) -> None:
    sound = files.mp3() * (25 * MIB // len(files.mp3()))

    status, answer = post(
        server, "/files/", form(sound, "a.mp3"), Cookie=cookie, X_Upload_Ticket=ticket
    )

    assert status == 201, answer
    assert json.loads(answer)["size"] == len(sound)


def test_a_byte_more_is_not_read(server: LiveServer, cookie: str, ticket: str) -> None:
    body = bytes(Limits().http_upload + 1)

    status, _ = post(server, "/files/", body, Cookie=cookie, X_Upload_Ticket=ticket)

    assert status == 413


def test_without_a_ticket_of_this_session_a_large_body_is_not_read(
    server: LiveServer, cookie: str, ticket: str
) -> None:
    body = form(bytes(2 * MIB), "a.mp3")
    other = server.cookie_of("other-uploader")
    lies = [
        {},
        {"Cookie": cookie},
        {"X_Upload_Ticket": ticket},
        {"Cookie": cookie, "X_Upload_Ticket": "0" * 64},
        {"Cookie": f"{other['name']}={other['value']}", "X_Upload_Ticket": ticket},
        {"Cookie": f"{other['name']}=", "X_Upload_Ticket": tickets.make("")},
    ]

    assert [post(server, "/files/", body, **lie)[0] for lie in lies] == [413] * len(lies)


def test_a_ticket_is_good_for_files_only(server: LiveServer, cookie: str, ticket: str) -> None:
    body = form(bytes(2 * MIB), "a.mp3")

    for path in ("/", "/files/rules/", "/files/../", "/account/", "/files"):
        assert post(server, path, body, Cookie=cookie, X_Upload_Ticket=ticket)[0] == 413


def test_a_ticket_opens_no_door(server: LiveServer, cookie: str, ticket: str) -> None:
    """Who has signed out still sends, and is told to sign in."""
    ended = f"{cookie.split('=')[0]}=abc; playground_csrf={'c' * 32}"

    status, _ = post(server, "/files/", form(b"words", "a.txt"), Cookie=ended)

    assert status == 302
