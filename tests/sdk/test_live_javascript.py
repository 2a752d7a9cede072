"""The official SDKs for JavaScript against a running server, where `make sdk-js` has put them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import requirements
from tests.sdk.live import MODEL, Sdks

pytestmark = [pytest.mark.process, pytest.mark.model, pytest.mark.javascript]

SCRIPT = Path(__file__).parent / "js" / "clients.test.mjs"
FOLDER = requirements.JAVASCRIPT


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
