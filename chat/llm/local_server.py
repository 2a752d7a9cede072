"""The child process of `chat.llm.local`: llama.cpp's server on a free port of loopback.

    python -m chat.llm.local_server      reads one JSON line (a `Job`), writes one (the address)

The one rule: it does not outlive its parent. The parent holds the other end of stdin and never
writes again, so the end of stdin is the end of the parent, by SIGKILL too.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from typing import Any

CANNOT_LOAD = 3
"""The exit code for a file that llama.cpp refuses: another start would not help."""

CONTEXT_TOKENS = 8192
PARALLEL_ANSWERS = 4
PROMPT_CACHE_MIB = 128
NICENESS = 5
PR_SET_PDEATHSIG = 1


def main() -> None:
    job = json.loads(sys.stdin.readline())
    _die_with(job["parent"])
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    # llama.cpp logs wherever it likes; what is left of stdout is ours for the one line.
    reply = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    import xllamacpp

    try:
        server = xllamacpp.Server(_parameters(xllamacpp, job))
    except RuntimeError:
        os._exit(CANNOT_LOAD)
    print(json.dumps({"address": server.listening_address}), file=reply, flush=True)
    sys.stdin.read()
    # Threads of llama.cpp may be in the middle of an answer; nothing of theirs needs a tidy end.
    os._exit(0)


def _parameters(xllamacpp: Any, job: dict[str, Any]) -> Any:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = job["path"]
    parameters.model_alias = {job["model"]}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.api_keys = [job["api_key"]]
    parameters.cors_origins = "null"
    parameters.ui = False
    parameters.endpoint_slots = False
    parameters.n_ctx = CONTEXT_TOKENS
    parameters.n_parallel = PARALLEL_ANSWERS
    parameters.kv_unified = True
    parameters.cache_ram_mib = PROMPT_CACHE_MIB
    # With every core busy here, whoever relays the tokens gets none: 57 tokens/s fall to 6.
    threads = max(1, _cores() - 1)
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = threads
    # What a request that sends nothing gets; a model this small rambles with the usual values.
    parameters.sampling.temp = 0.2
    parameters.sampling.top_p = 0.9
    parameters.sampling.penalty_repeat = 1.1
    return parameters


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _die_with(parent: int) -> None:
    """Linux can promise it even while llama.cpp is loading and nobody reads stdin."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


if __name__ == "__main__":
    main()
