"""`manage.py worker`: one more worker for tasks, beside the one that `serve` starts."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from chat import calls, endpoints, tasks, turns


class Command(BaseCommand):
    help = "Makes the calls of tasks until Ctrl-C or SIGTERM."

    def handle(self, *args: Any, **options: Any) -> None:
        endpoints.local_model()
        try:
            asyncio.run(self._work())
        finally:
            endpoints.stop_local_model()

    async def _work(self) -> None:
        ended = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        worker = tasks.Worker()
        worker.start()
        self.stdout.write(f"{worker.name} is waiting for tasks")
        self.stdout.flush()
        await ended.wait()
        await worker.stop(settings.LIMITS.drain_seconds)
        await calls.drain(0)
        await turns.client().aclose()
