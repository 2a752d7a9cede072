"""The real settings with less patience, for tests that kill the server and see what follows."""

from __future__ import annotations

from dataclasses import replace

from playground.settings import *  # noqa: F403
from playground.settings import LIMITS as PATIENT

LIMITS = replace(
    PATIENT,
    call_stale=3,
    task_stale=3,
    heartbeat_stale=3,
    checkpoint_interval=0.2,
    task_interval=0.2,
    drain_seconds=2,
)
