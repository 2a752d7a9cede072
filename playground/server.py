"""The playground as one process, in reading order: claim the port, prepare, run, end.

The one rule: whatever keeps it from starting is one plain sentence, and whatever it started is
gone when it ends.
"""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor

STATIC_VERSIONS_KEPT = 3
MODEL_WAIT_SECONDS = 3.0
OVERTIME_SECONDS = 15.0
BACKLOG = 512

logger = logging.getLogger(__name__)


class CannotStart(Exception):
    """Why, in one sentence for the person at the terminal."""


def serve(write: Callable[[str], None]) -> None:
    """Until Ctrl-C or SIGTERM. `write` gets the line to open, once it is true."""
    use_quick_loop()
    listener = claim_port()
    from chat import endpoints

    model = endpoints.local_model()  # loads while we prepare
    try:
        prepare_database()
        collect_static()
        read_ahead()
        if model is not None:
            model.wait(MODEL_WAIT_SECONDS)
        line = f"Open {first_address()}"
        run(listener, lambda: write(line))
    except DatabaseError as error:
        reason = str(error).strip().partition("\n")[0].rstrip(".")
        raise CannotStart(f"The database cannot be used: {reason}.") from None
    except OSError as error:
        raise CannotStart(f"{error.filename or settings.DATA}: {error.strerror}.") from None
    finally:
        endpoints.stop_local_model()


def use_quick_loop() -> None:
    """Before anything imports Twisted, which keeps the loop that it finds."""
    try:
        import uvloop
    except ImportError:
        return
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())


def claim_port() -> socket.socket:
    """Listen from the start: a taken port is known before anything else is done."""
    host, port = settings.HOST, settings.PORT
    if settings.DEBUG and host not in ("127.0.0.1", "localhost", "::1"):
        raise CannotStart(
            f"PLAYGROUND_DEBUG shows secrets to every visitor: switch it off to listen on {host}."
        )
    try:
        family, kind, number, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, number)
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        if error.errno in (48, 98, 10048):
            raise CannotStart(
                f"Port {port} is taken. Choose another one: PLAYGROUND_PORT={port + 1}"
            ) from None
        raise CannotStart(
            f"{host}:{port} cannot be listened on: {error.strerror or error}."
        ) from None
    listener.setblocking(False)
    return listener


def prepare_database() -> None:
    """Bring its tables up to date; a database that is newer than this code is left alone."""
    executor = MigrationExecutor(connections["default"])
    executor.loader.check_consistent_history(connections["default"])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
    tidy_up()


def tidy_up() -> None:
    """What the last run left and nobody may see again. Answers that nobody will finish are the
    worker's matter, which looks at once: it may have to ask a provider for its models."""
    from django.contrib.sessions.backends.db import SessionStore

    from chat.imports import staging
    from chat.models import Conversation, File

    Conversation.purge_deleted()
    File.purge_unsent()
    File.sweep()
    staging.sweep()
    SessionStore.clear_expired()


def collect_static() -> None:
    """Into a folder named after the content, so that pages of the last version keep theirs."""
    root: Path = settings.STATIC_ROOT
    complete = settings.DATA / "static_version"
    if root.is_dir() and complete.is_file() and complete.read_text() == settings.STATIC_VERSION:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    complete.write_text(settings.STATIC_VERSION)
    folders = sorted(root.parent.iterdir(), key=lambda folder: folder.stat().st_mtime)
    for folder in folders[:-STATIC_VERSIONS_KEPT]:
        if folder != root:
            shutil.rmtree(folder, ignore_errors=True)


def read_ahead() -> None:
    """What the first visitor would otherwise wait for: the views, and the colours of code."""
    from django.urls import resolve

    from chat.rendering import render

    resolve("/")
    render("```python\nprint(1)\n```")


def first_address() -> str:
    """Where to begin: with nobody here yet, a link that makes the first administrator."""
    from chat.models import Link, User

    if User.objects.exists():
        return f"{settings.SITE_URL}/"
    Link.objects.filter(purpose=Link.Purpose.SETUP, used_at=None).delete()
    _, token = Link.make(
        Link.Purpose.SETUP, seconds=settings.LIMITS.sign_in_link, makes_administrator=True
    )
    return f"{settings.SITE_URL}/welcome/{token}/"


def run(listener: socket.socket, on_ready: Callable[[], None]) -> None:
    from playground.asgi import application
    from playground.protocol import Server

    def start() -> None:
        loop = asyncio.get_event_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, interrupt, number)
        loop.call_soon(begin_work)
        on_ready()

    def interrupt(number: signal.Signals) -> None:
        if server.is_ending and number == signal.SIGINT:
            # Ctrl-C twice: at once, and the kernel or the end of its stdin takes the model along.
            sys.stderr.flush()
            os._exit(1)
        # Should anything hang, it says where, and the process ends all the same.
        faulthandler.dump_traceback_later(
            settings.LIMITS.drain_seconds + OVERTIME_SECONDS, exit=True
        )
        server.end()

    server = Server(
        application, listener, limits=settings.LIMITS, on_start=start, on_end=finish_work
    )
    server.run()


def begin_work() -> None:
    """What the first visitor should not have to wait for."""
    from chat import database, elsewhere, tasks, turns
    from chat.temporary import sweeping

    database.start_pool()
    turns.client()
    elsewhere.start()
    sweeping.start()
    tasks.Worker().start()


async def finish_work() -> None:
    from chat import calls, endpoints, readiness, tasks, titles, turns

    readiness.begin_draining()
    seconds = settings.LIMITS.drain_seconds
    await asyncio.gather(turns.drain(seconds), tasks.stop_workers(seconds), calls.drain(seconds))
    await titles.drain(seconds)
    await turns.client().aclose()
    await asyncio.to_thread(endpoints.stop_local_model)
