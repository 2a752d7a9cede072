"""The official SDKs for JavaScript against a running server, where `make sdk-js` has put them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sdk.live import MODEL, Sdks

pytestmark = [pytest.mark.process, pytest.mark.model]

SCRIPT = Path(__file__).parent / "js" / "clients.test.mjs"
FOLDER = Path(sys.prefix) / "sdk-js"


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node")
@pytest.mark.skipif(not (FOLDER / "node_modules").is_dir(), reason="not installed: make sdk-js")
def test_they_cannot_tell_the_difference(sdks: Sdks) -> None:
    shutil.copy(SCRIPT, FOLDER)

    done = subprocess.run(
        ["node", "--test", SCRIPT.name],
        cwd=FOLDER,
        env={**os.environ, "ADDRESS": sdks.address, "KEY": sdks.key, "MODEL": MODEL},
        capture_output=True,
        text=True,
        timeout=240,
    )

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
