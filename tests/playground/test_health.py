"""What the watchers of a server are told."""

from __future__ import annotations

from unittest import mock

from django.db import OperationalError
from django.test import TestCase

from chat import readiness


class HealthTests(TestCase):
    def test_it_is_alive_whatever_else_is_wrong(self) -> None:
        with mock.patch("django.db.connection.cursor", side_effect=OperationalError):
            response = self.client.get("/healthz")

        self.assertEqual(response.status_code, 200)

    def test_it_is_ready(self) -> None:
        response = self.client.get("/readyz")

        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Cache-Control"], "private, no-store")

    def test_without_a_database_it_is_not_ready(self) -> None:
        with mock.patch("chat.views.health.connection.cursor", side_effect=OperationalError):
            response = self.client.get("/readyz")

        self.assertEqual(response.status_code, 503)
        self.assertEqual(response.content, b"no database\n")

    def test_while_it_ends_it_is_not_ready(self) -> None:
        with mock.patch.object(readiness, "_is_draining", False):
            readiness.begin_draining()
            response = self.client.get("/readyz")

        self.assertEqual(response.status_code, 503)
        self.assertEqual(response.content, b"draining\n")

    def test_it_is_only_for_looking(self) -> None:
        self.assertEqual(self.client.post("/readyz").status_code, 405)
