"""The LiteLLM proxy as somebody would start it, in an environment of its own, for comparison.

The one rule: this release and no other. 1.82.7, 1.82.8 and 1.107.0 were compromised.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.live_server import free_port

RELEASE = "1.106.2"
FOLDER = Path(sys.prefix) / "tools" / f"litellm-{RELEASE}"
KEY = "sk-benchmark"
START_SECONDS = 120


@dataclass(frozen=True)
class Proxy:
    url: str
    pid: int


def install() -> None:
    if (FOLDER / "bin" / "litellm").exists():
        return
    print(f"Installing LiteLLM {RELEASE} into {FOLDER} …", flush=True)
    subprocess.run([sys.executable, "-m", "venv", FOLDER], check=True)
    pip = [FOLDER / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "install", f"litellm[proxy]=={RELEASE}"], check=True)


@contextmanager
def proxy(provider_url: str, scores: list[str]) -> Iterator[Proxy]:
    """One process, without a database: it keeps nothing and charges nobody."""
    install()
    port = free_port()
    models = [
        {
            "model_name": f"metronome/{score}",
            "litellm_params": {
                "model": f"openai/{score}",
                "api_base": provider_url,
                "api_key": "none",
            },
        }
        for score in scores
    ]
    with tempfile.TemporaryDirectory() as folder:
        # YAML is a superset of JSON.
        config = Path(folder) / "config.yaml"
        config.write_text(
            json.dumps({"model_list": models, "general_settings": {"master_key": KEY}})
        )
        environment = {
            "PATH": f"{FOLDER / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "HOME": folder,
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "LITELLM_LOG": "ERROR",
        }
        command = [FOLDER / "bin" / "litellm", "--config", config]
        command += ["--host", "127.0.0.1", "--port", str(port), "--telemetry", "False"]
        quiet = subprocess.DEVNULL
        with subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet) as process:
            try:
                url = f"http://127.0.0.1:{port}"
                _wait(url, process)
                yield Proxy(f"{url}/v1", process.pid)
            finally:
                process.terminate()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    ends_at = time.monotonic() + START_SECONDS
    while time.monotonic() < ends_at:
        if process.poll() is not None:
            raise RuntimeError(f"LiteLLM ended ({process.returncode}).")
        try:
            if httpx.get(f"{url}/health/liveliness", trust_env=False).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.3)
    raise RuntimeError("LiteLLM did not start in time.")
