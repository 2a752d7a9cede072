"""The policy, read from `policy.txt`, and what the project really has to set beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from django.urls import URLPattern, get_resolver

from chat import frames
from chat.routing import websocket_urlpatterns

TEXT = Path(__file__).with_name("policy.txt").read_text(encoding="utf-8")

EVERYBODY = frozenset(
    {"owner", "editor", "viewer", "stranger", "guest", "anonymous", "administrator", "suspended"}
)
SIGNED_IN = EVERYBODY - {"guest", "anonymous", "suspended"}
MEMBERS = frozenset({"owner", "editor", "viewer"})
OWNER = frozenset({"owner"})


@dataclass(frozen=True, slots=True)
class Who:
    """Those who get through to what is the owner's own, and to what the team has."""

    own: frozenset[str]
    team: frozenset[str] | None = None


WORDS = {
    "public": Who(EVERYBODY),
    "anybody signed in": Who(SIGNED_IN),
    "administrators": Who(frozenset({"administrator"})),
    "own": Who(OWNER),
    "whoever began it": Who(OWNER, OWNER),
    "members read": Who(OWNER, MEMBERS),
    "editors write": Who(OWNER, frozenset({"owner", "editor"})),
    "team members": Who(MEMBERS),
    "team owners": Who(OWNER),
    "team owners, or oneself": Who(frozenset({"owner", "editor"})),  # the row is the editor's
    "by link": Who(EVERYBODY),
    "signed in, by link": Who(SIGNED_IN),
    "its audience": Who(EVERYBODY, MEMBERS),
    "signed in, its audience": Who(SIGNED_IN, MEMBERS),
    "guests": Who(frozenset({"guest"})),
    "a key": Who(SIGNED_IN),
    "own, by key": Who(OWNER),
    "nobody": Who(frozenset()),
}


@dataclass(frozen=True, slots=True)
class Row:
    methods: tuple[str, ...]
    address: str
    """As it is declared, with a query perhaps; of a frame its socket's address and its type."""
    words: str
    body: str

    def __str__(self) -> str:
        return f"{' '.join(self.methods)} {self.address or 'the first page'}"

    @property
    def who(self) -> Who:
        return WORDS[self.words]

    @property
    def pattern(self) -> str:
        return self.address.partition("?")[0]

    @property
    def is_api(self) -> bool:
        return self.address.startswith("api/")


_NAMES = "|".join(sorted(map(re.escape, WORDS), key=len, reverse=True))
_LINE = re.compile(rf"(FRAME|GET POST|GET|POST)\s+(\S.*?)\s+({_NAMES})(?:\s+(\S+))?")


def rows() -> list[Row]:
    found = []
    for line in TEXT.splitlines():
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        assert match, f"This line of the policy is none: {line}"
        methods, address, who, body = match.groups()
        found.append(Row(tuple(methods.split()), address.strip("'"), who, body or ""))
    return found


def addresses() -> dict[str, Any]:
    """Every one that is declared, with its view."""

    def walk(patterns: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
        for each in patterns:
            if isinstance(each, URLPattern):
                yield prefix + str(each.pattern), each.callback
            else:
                yield from walk(each.url_patterns, prefix + str(each.pattern))

    return dict(walk(get_resolver().url_patterns))


def frame_types() -> set[str]:
    """Every frame that a client may send, on every socket."""
    taken = {"d/": frames.GuestFrame}
    found = set()
    for route in websocket_urlpatterns:
        address = str(route.pattern)
        kinds = get_args(taken.get(address[:2], frames.Frame))
        found |= {f"{address} {kind.__struct_config__.tag}" for kind in kinds}
    return found
