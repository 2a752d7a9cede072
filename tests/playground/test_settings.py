"""What follows from the environment, in a process of its own as at a real start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import json, sys
from playground import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}))
"""


class Settings(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def environment(self, **variables: str) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "PLAYGROUND_DATA": str(self.folder), **variables}

    def read(self, *names: str, **variables: str) -> dict[str, Any]:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, *names],
            cwd=ROOT,
            env=self.environment(**variables),
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
        values: dict[str, Any] = json.loads(done.stdout)
        return values

    def check(self, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
            cwd=ROOT,
            env=self.environment(**variables),
            capture_output=True,
            text=True,
            timeout=60,
        )


class SiteTests(Settings):
    def test_on_this_machine_all_its_names_are_ours(self) -> None:
        found = self.read("ALLOWED_HOSTS", "ALLOWED_ORIGINS", PLAYGROUND_PORT="8123")

        self.assertEqual(found["ALLOWED_HOSTS"], ["127.0.0.1", "localhost", "[::1]"])
        self.assertEqual(
            found["ALLOWED_ORIGINS"],
            ["http://127.0.0.1:8123", "http://localhost:8123", "http://[::1]:8123"],
        )

    def test_a_public_site_has_one_name_and_secure_cookies(self) -> None:
        found = self.read(
            "ALLOWED_HOSTS",
            "ALLOWED_ORIGINS",
            "CSRF_TRUSTED_ORIGINS",
            "SESSION_COOKIE_SECURE",
            "SESSION_COOKIE_NAME",
            "CSRF_COOKIE_SECURE",
            "SECURE_HSTS_SECONDS",
            PLAYGROUND_SITE_URL="https://chat.example.org/",
        )

        self.assertEqual(found["ALLOWED_HOSTS"], ["chat.example.org"])
        self.assertEqual(found["ALLOWED_ORIGINS"], ["https://chat.example.org"])
        self.assertEqual(found["CSRF_TRUSTED_ORIGINS"], ["https://chat.example.org"])
        self.assertTrue(found["SESSION_COOKIE_SECURE"])
        self.assertTrue(found["CSRF_COOKIE_SECURE"])
        self.assertEqual(found["SESSION_COOKIE_NAME"], "__Host-session")
        self.assertGreater(found["SECURE_HSTS_SECONDS"], 0)

    def test_an_ipv6_address_has_its_brackets(self) -> None:
        found = self.read(
            "ALLOWED_HOSTS", "ALLOWED_ORIGINS", PLAYGROUND_SITE_URL="http://[2001:db8::1]:8000"
        )

        self.assertEqual(found["ALLOWED_HOSTS"], ["[2001:db8::1]"])
        self.assertEqual(found["ALLOWED_ORIGINS"], ["http://[2001:db8::1]:8000"])

    def test_https_is_insisted_on_only_where_it_can_be_seen(self) -> None:
        site = {"PLAYGROUND_SITE_URL": "https://chat.example.org"}

        self.assertFalse(self.read("SECURE_SSL_REDIRECT", **site)["SECURE_SSL_REDIRECT"])
        self.assertTrue(
            self.read("SECURE_SSL_REDIRECT", PLAYGROUND_TRUSTED_PROXIES="1", **site)[
                "SECURE_SSL_REDIRECT"
            ]
        )

    def test_a_proxy_is_believed_only_where_it_was_announced(self) -> None:
        script = (
            "from playground import settings; "
            "print(getattr(settings, 'SECURE_PROXY_SSL_HEADER', None))"
        )
        for proxies, expected in (("0", "None"), ("1", "('HTTP_X_FORWARDED_PROTO', 'https')")):
            with self.subTest(proxies=proxies):
                done = subprocess.run(
                    [sys.executable, "-c", script],
                    cwd=ROOT,
                    env=self.environment(PLAYGROUND_TRUSTED_PROXIES=proxies),
                    capture_output=True,
                    text=True,
                    timeout=30,
                )
                self.assertEqual(done.stdout.strip(), expected)

    def test_debug_is_off_unless_asked_for(self) -> None:
        self.assertIs(self.read("DEBUG")["DEBUG"], False)
        self.assertIs(self.read("DEBUG", PLAYGROUND_DEBUG="on")["DEBUG"], True)

    def test_there_is_no_secret_key_but_our_own(self) -> None:
        first = self.read("SECRET_KEY")["SECRET_KEY"]

        self.assertEqual(self.read("SECRET_KEY")["SECRET_KEY"], first)
        self.assertEqual((self.folder / "secret_key").read_text(), first)
        self.assertGreaterEqual(len(first), 50)


class DeploymentTests(Settings):
    def test_production_settings_are_clean(self) -> None:
        done = self.check(
            PLAYGROUND_SITE_URL="https://chat.example.org", PLAYGROUND_TRUSTED_PROXIES="1"
        )

        self.assertEqual(done.returncode, 0, done.stderr)

    def test_debug_is_not_for_deployment(self) -> None:
        done = self.check(PLAYGROUND_SITE_URL="https://chat.example.org", PLAYGROUND_DEBUG="on")

        self.assertNotEqual(done.returncode, 0)
        self.assertIn("DEBUG", done.stderr)
