"""Temporary conversations: everything works, and nothing that is said is stored.

The rooms of a process are in its memory, each for its owner, until it is closed, nobody has used it
for a while, its session ends, or the process does.
"""

from chat.models.temporary import is_temporary
from chat.temporary.room import HeldFile, Room
from chat.temporary.rooms import (
    GONE,
    Gone,
    TooMany,
    close,
    close_of_session,
    everybody,
    file,
    find,
    message,
    of_file,
    of_user,
    open_room,
    running_count,
    sweep_idle,
    turn,
)
from chat.temporary.saving import StillWriting, save

__all__ = [
    "GONE",
    "Gone",
    "HeldFile",
    "Room",
    "StillWriting",
    "TooMany",
    "close",
    "close_of_session",
    "everybody",
    "file",
    "find",
    "is_temporary",
    "message",
    "of_file",
    "of_user",
    "open_room",
    "running_count",
    "save",
    "sweep_idle",
    "turn",
]
