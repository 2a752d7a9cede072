"""The official SDKs for JavaScript against a running server, where `make sdk-js` has put them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import requirements
from tests.browser.double import Double
from tests.sdk import obedient
from tests.sdk.live import MODEL, Sdks

pytestmark = [pytest.mark.process, pytest.mark.model, pytest.mark.javascript]

SCRIPTS = Path(__file__).parent / "js"


@pytest.mark.parametrize("name", ["openai", "anthropic", "google", "ai"])
def test_they_cannot_tell_the_difference(
    name: str, sdks: Sdks, double: Double, tmp_path: Path
) -> None:
    for script in SCRIPTS.glob("*.mjs"):
        shutil.copy(script, tmp_path)
    (tmp_path / "node_modules").symlink_to(requirements.JAVASCRIPT / "node_modules")

    done = subprocess.run(
        ["node", "--test", f"{name}.test.mjs"],
        cwd=tmp_path,
        env={**os.environ, "ADDRESS": sdks.address, "KEY": sdks.key, "MODEL": MODEL},
        capture_output=True,
        text=True,
        timeout=240,
    )

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    for waiting in [one for one in double.requests if obedient.WAIT in one.body.decode()]:
        double.wait_for_leaving(waiting, within=2.0)


def test_both_sides_know_the_same_words() -> None:
    theirs = (SCRIPTS / "matrix.mjs").read_text(encoding="utf-8")

    assert all(f'"{words}"' in theirs for words in obedient.SCRIPTS)
