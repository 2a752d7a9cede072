"""What could not be read of a file, in words for the person who gave it."""

from __future__ import annotations


class Unreadable(Exception):
    """`name` says which conversation, as far as that can be made out, and `reason` why."""

    def __init__(self, reason: str, name: str = "") -> None:
        self.reason = reason
        self.name = name
        super().__init__(reason)
