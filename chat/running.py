"""Which turns run in this process, and who wants to hear of new ones in a conversation."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable

from chat.live import LiveTurn

Listener = Callable[[int], None]
REMEMBERED = 1000

_running: dict[int, LiveTurn] = {}
_listeners: defaultdict[str, set[Listener]] = defaultdict(set)
_launched: deque[int] = deque(maxlen=REMEMBERED)


def get(turn_id: int) -> LiveTurn | None:
    """The turn, if it is running in this process."""
    return _running.get(turn_id)


def turns() -> list[LiveTurn]:
    return list(_running.values())


def listen(conversation_id: str, listener: Listener) -> None:
    """Call `listener` with the id of each turn that begins in the conversation."""
    _listeners[conversation_id].add(listener)


def unlisten(conversation_id: str, listener: Listener) -> None:
    _listeners[conversation_id].discard(listener)
    if not _listeners[conversation_id]:
        del _listeners[conversation_id]


def launch(turn: LiveTurn, task: asyncio.Task[None]) -> None:
    """Keep the turn and its task, and tell who watches the conversation."""
    turn.task = task
    _running[turn.turn_id] = turn
    _launched.append(turn.turn_id)
    task.add_done_callback(lambda _: _running.pop(turn.turn_id, None))
    _tell(turn.turn_id, turn.conversation_id)


def announce(turn_id: int, conversation_id: str) -> None:
    """A turn was seen in the database. Of those of this process everybody knows."""
    if turn_id not in _launched:
        _tell(turn_id, conversation_id)


def _tell(turn_id: int, conversation_id: str) -> None:
    for listener in tuple(_listeners.get(conversation_id, ())):
        listener(turn_id)
