"""Every address, asked by everybody, with the credentials that each of them really has."""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.test import Client

from tests.matrix.policy import EVERYBODY, Row, addresses, frame_types, rows
from tests.matrix.world import WorldCase

UNSAFE = ("GET", "POST", "PUT", "PATCH", "DELETE")
SIGN_IN = "/sign-in/?next="


class Complete(WorldCase):
    def test_every_address_has_a_row_and_every_row_an_address(self) -> None:
        named = {row.pattern for row in rows() if "FRAME" not in row.methods}

        self.assertEqual(named, set(addresses()))

    def test_every_frame_has_a_row_and_every_row_a_frame(self) -> None:
        named = {row.address for row in rows() if "FRAME" in row.methods}

        self.assertEqual(named, frame_types())

    def test_an_address_takes_the_methods_of_its_rows_and_no_others(self) -> None:
        taken: dict[str, set[str]] = {}
        for row in rows():
            if not row.is_api and "FRAME" not in row.methods:
                taken.setdefault(row.pattern, set()).update(row.methods)
        for pattern, methods in taken.items():
            for method in UNSAFE:
                if method in methods:
                    continue
                with self.subTest(f"{method} {pattern}"):
                    path = self.path(pattern, self.own)
                    actors = [self.clients["owner"], self.clients["administrator"]]
                    found = {send(client, method, path).status_code for client in actors}
                    self.assertIn(405, found)

    def test_every_change_from_a_page_needs_the_token_of_the_page(self) -> None:
        free = {
            pattern
            for pattern, view in addresses().items()
            if getattr(view, "csrf_exempt", False) and not pattern.startswith("api/")
        }

        self.assertEqual(free, set())


class Pages(WorldCase):
    def test_who_gets_through_is_as_the_policy_says(self) -> None:
        for row in rows():
            if row.is_api or "FRAME" in row.methods:
                continue
            for shelf, allowed in ((self.own, row.who.own), (self.team_has, row.who.team)):
                if allowed is None:
                    continue
                for method in row.methods:
                    found = {name: self.passes(name, method, row, shelf) for name in EVERYBODY}
                    through = {name for name, passes in found.items() if passes}
                    with self.subTest(f"{method} {row.address}", is_team=shelf is self.team_has):
                        self.assertEqual(through, allowed)

    def passes(self, name: str, method: str, row: Row, shelf: dict[str, Any]) -> bool:
        """And whoever does not, hears what there is to hear of what never was."""
        client = self.clients[name]
        path, body = self.path(row.address, shelf), self.filled(row.body, shelf)
        reply = asked(client, method, path, body)
        if not is_refused(reply):
            self.assertLess(reply.status_code, 500, path)
            return True
        if reply.status_code == 302 and re.search("link|audience", row.words):
            # Whoever holds a link that cannot be guessed is told to sign in for it.
            return False
        path = self.path(row.address, shelf, is_missing=True)
        body = self.filled(row.body, shelf, is_missing=True)
        self.assertEqual(said(reply), said(asked(client, method, path, body)), f"{name} at {path}")
        return False


def asked(client: Client, method: str, path: str, body: str) -> Any:
    """Whatever it changes is taken back, so that everybody asks in the same world."""
    cookies = client.cookies.copy()
    point = transaction.savepoint()
    try:
        return send(client, method, path, body)
    finally:
        transaction.savepoint_rollback(point)
        client.cookies = cookies


def send(client: Client, method: str, path: str, body: str = "") -> Any:
    if method == "GET":
        return client.get(path)
    if method != "POST":
        return client.generic(method, path)
    return client.post(path, dict(QueryDict(body).lists()))


def is_refused(reply: Any) -> bool:
    return reply.status_code in (401, 404) or reply.headers.get("Location", "").startswith(SIGN_IN)


def said(reply: Any) -> tuple[int, str]:
    """Without what is random in every answer."""
    if reply.status_code == 302:
        return 302, SIGN_IN
    return reply.status_code, re.sub(r"\b\w{64}\b", "", reply.content.decode())
