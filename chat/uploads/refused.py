"""Why a file is not taken."""

from __future__ import annotations


class Refused(Exception):
    """`message` is a sentence for the person, the file's name in it as text."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)
