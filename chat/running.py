"""Which turns run in this process, and who wants to hear of new ones in a conversation."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable

from chat.live import LiveTurn

Listener = Callable[[LiveTurn], None]

_running: dict[int, LiveTurn] = {}
_listeners: defaultdict[str, set[Listener]] = defaultdict(set)


def get(turn_id: int) -> LiveTurn | None:
    """The turn, if it is running in this process."""
    return _running.get(turn_id)


def turns() -> list[LiveTurn]:
    return list(_running.values())


def listen(conversation_id: str, listener: Listener) -> None:
    """Call `listener` with each turn that is launched in the conversation."""
    _listeners[conversation_id].add(listener)


def unlisten(conversation_id: str, listener: Listener) -> None:
    _listeners[conversation_id].discard(listener)
    if not _listeners[conversation_id]:
        del _listeners[conversation_id]


def launch(turn: LiveTurn, task: asyncio.Task[None]) -> None:
    """Keep the turn and its task, and tell who watches the conversation."""
    turn.task = task
    _running[turn.turn_id] = turn
    task.add_done_callback(lambda _: _running.pop(turn.turn_id, None))
    for listener in tuple(_listeners.get(turn.conversation_id, ())):
        listener(turn)
