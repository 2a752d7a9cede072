"""Every address of the API, asked with everybody's key, and with cookies in place of one."""

from __future__ import annotations

import re
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.db import transaction

from tests.api.program import Program, Reply
from tests.matrix.policy import EVERYBODY, Row, rows
from tests.matrix.world import WorldCase


class Programs(WorldCase):
    def test_who_gets_through_is_as_the_policy_says(self) -> None:
        for row in rows():
            if not row.is_api:
                continue
            for method in row.methods:
                found = {name for name in EVERYBODY if self.passes(name, method, row)}
                with self.subTest(f"{method} {row.address}"):
                    self.assertEqual(found, row.who.own)

    def test_a_cookie_opens_nothing(self) -> None:
        cookie = self.clients["owner"].cookies[settings.SESSION_COOKIE_NAME].value
        headers = {"cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"}
        for row in rows():
            if not row.is_api or row.words not in ("a key", "own, by key"):
                continue
            for method in row.methods:
                with self.subTest(f"{method} {row.address}"):
                    path = self.path(row.address, self.own)
                    self.assertEqual(self.ask(method, path, headers=headers).status, 401)

    def passes(self, name: str, method: str, row: Row) -> bool:
        secret = self.secrets.get(name, "")
        reply = self.ask(method, self.path(row.address, self.own), secret)
        if reply.status not in (401, 404):
            self.assertLess(reply.status, 500, row.address)
            return True
        never = self.ask(method, self.path(row.address, self.own, is_missing=True), secret)
        self.assertEqual(said(reply), said(never))
        return False

    def ask(
        self, method: str, path: str, secret: str = "", headers: dict[str, str] | None = None
    ) -> Reply:
        """What it changes is taken back. The body is a mistake that only whoever is in can make."""
        point = transaction.savepoint()
        if method == "POST" and "/models/" in path:
            path += ":generateContent"
        try:
            program = Program(secret, headers or {})
            body: Any = {} if method == "POST" else None
            return async_to_sync(program.ask)(method, path, body)
        finally:
            transaction.savepoint_rollback(point)


def said(reply: Reply) -> tuple[int, str]:
    """Without what is random in every answer."""
    return reply.status, re.sub(r"req_\w+", "", reply.body.decode())
