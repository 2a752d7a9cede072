"""An account that is larger than memory should ever be: it leaves as it is read, and no quicker."""

from __future__ import annotations

import http.client
import re
import time
import zipfile
from pathlib import Path

import pytest

from tests.live_server import LiveServer

pytestmark = pytest.mark.process

FILES, FILE_MIB = 120, 2
TEXTS, TEXT_MIB = 60, 1
ROOM_MIB = 48
"""What a large answer may add to the process."""
SCRIPT = f"""
import os, random
from chat.models import Conversation, File, Lane, Message, User
user = User.objects.get(username="alice")
conversation = Conversation.objects.create(user=user, title="Large")
parent = None
for number in range({FILES}):
    file = File.keep(
        os.urandom({FILE_MIB} * 2**20), user=user, conversation=conversation,
        name=f"{{number}}.pdf", media_type="application/pdf",
    )
    text = os.urandom({TEXT_MIB} * 2**19).hex() if number < {TEXTS} else "Small"
    parts = [{{"type": "text", "text": text}}, file.to_part()]
    parent = conversation.messages.create(role="user", parts=parts, parent=parent)
Lane.objects.create(conversation=conversation, leaf=parent)
"""


def memory_mib(server: LiveServer) -> float:
    """Its own memory: SQLite maps the pages of the database that it reads, which are the system's
    to take back."""
    found = re.search(r"RssAnon:\s+(\d+) kB", Path(f"/proc/{server.pid}/status").read_text())
    assert found
    return int(found[1]) / 1024


def test_a_large_account_is_sent_as_it_is_read(tmp_path: Path) -> None:
    server = LiveServer(tmp_path, PLAYGROUND_LOCAL_MODEL="off").start()
    try:
        cookie = server.cookie_of("alice")
        server.manage("shell", "--no-imports", "--command", SCRIPT)
        headers = {"Cookie": f"{cookie['name']}={cookie['value']}"}
        client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        client.request("GET", "/data/", headers=headers)
        client.getresponse().read()
        before = memory_mib(server)
        peak, size = before, 0

        client.request("GET", "/exports/conversations.json", headers=headers)
        response = client.getresponse()
        assert response.headers["Content-Type"] == "application/zip"
        with (tmp_path / "export.zip").open("wb") as target:
            while piece := response.read(2**20):
                if size == 0:
                    time.sleep(5)  # somebody who does not read holds nobody's memory
                size += len(piece)
                peak = max(peak, memory_mib(server))
                target.write(piece)
    finally:
        server.stop()

    assert size > FILES * FILE_MIB * 2**20
    assert peak - before < ROOM_MIB, f"{peak - before:.0f} MiB for {size / 2**20:.0f}"
    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == FILES + 1
