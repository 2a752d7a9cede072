"""The way from async code to the ORM: short calls, on a few threads of their own.

Channels runs all ORM work of a process on one thread, so that ten sockets wait for one another.
The server starts a pool of threads, each with a connection of its own; without one (tests, the
development server) the calls share Django's thread and its transaction.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections, connections

P = ParamSpec("P")
R = TypeVar("R")

_pool: ThreadPoolExecutor | None = None


def start_pool(threads: int = 6) -> None:
    global _pool
    _pool = ThreadPoolExecutor(threads, thread_name_prefix="database")


async def run(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call `function` where it may use the ORM. Cancelling does not undo what it has begun."""
    if _pool is None:
        return await sync_to_async(function)(*args, **kwargs)

    def call() -> R:
        _refresh()
        return function(*args, **kwargs)

    return await asyncio.get_running_loop().run_in_executor(_pool, call)


def _refresh() -> None:
    """These few threads keep their connection to SQLite: opening one takes as long as the call
    itself. Those to PostgreSQL go back into its pool, which others share."""
    for connection in connections.all(initialized_only=True):
        if connection.vendor == "sqlite":
            connection.close_at = None
    close_old_connections()
