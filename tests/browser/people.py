"""People for browser tests: a session each, so that no test meets the history of another."""

from __future__ import annotations

import json

from tests.live_server import LiveServer

BATCH = 30
SCRIPT = """
import json
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from chat.models import User
keys = []
for number in range({first}, {first} + {count}):
    user = User.objects.create(username=f"person{{number}}", name=f"Person {{number}}")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    keys.append(session.session_key)
print(json.dumps([settings.SESSION_COOKIE_NAME, keys]))
"""


class People:
    """Made many at a time, because each command of the server takes a second."""

    def __init__(self, server: LiveServer) -> None:
        self.server = server
        self._made = 0
        self._cookies: list[dict[str, str]] = []

    def next(self) -> dict[str, str]:
        """The cookie of somebody who was never here."""
        if not self._cookies:
            self._make()
        return self._cookies.pop(0)

    def _make(self) -> None:
        script = SCRIPT.format(first=self._made, count=BATCH)
        output = self.server.manage("shell", "--no-imports", "--command", script)
        name, keys = json.loads(output.strip().splitlines()[-1])
        self._made += BATCH
        self._cookies = [{"name": name, "value": key, "url": self.server.url} for key in keys]
