"""The settings under which the tests run: the real ones, on a folder that goes when they end.

The one rule: a test never touches the data, the keys or the models of the person who runs it.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from chat.llm.providers import PROVIDERS

KEPT = ("PLAYGROUND_REQUIRE", "PLAYGROUND_RECORDINGS", "PLAYGROUND_CATALOG")

theirs = {variable for row in PROVIDERS.values() for variable in row.variables}
for name in list(os.environ):
    is_ours = name.startswith(("PLAYGROUND_", "OPENAI_")) or name.removesuffix("_FILE") in theirs
    if is_ours and name not in KEPT:
        del os.environ[name]

_folder = Path(tempfile.mkdtemp(prefix="playground-tests-"))
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["PLAYGROUND_DATA"] = str(_folder)
os.environ["PLAYGROUND_LOCAL_MODEL"] = "off"

from playground.settings import *  # noqa: E402, F403
from playground.settings import STATIC_ROOT  # noqa: E402

STATIC_ROOT.mkdir(parents=True)

# Argon2 is slow on purpose; nothing but its own test needs that.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
]
