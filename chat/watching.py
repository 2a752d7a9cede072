"""Something that grows while any number of people watch it.

The one rule: a watcher holds a cursor, not a queue. It looks at the latest view, sends the
difference from the one it sent last, and comes back when that has left; so a slow watcher gets
fewer, larger frames, memory is bounded, and nobody is waited for.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from chat.thread import PartView


@dataclass(frozen=True, slots=True)
class View:
    """The answer as it stood at one moment. Versions count up; equal versions are equal views."""

    version: int
    parts: tuple[PartView, ...] = ()
    first_token_ms: int | None = None
    tokens: int = 0
    tokens_per_second: float | None = None
    is_final: bool = False


EMPTY = View(version=0)


class Watched:
    def __init__(self) -> None:
        self.view = EMPTY
        self._changed = asyncio.Event()
        self._differences: dict[int, Any] = {}

    def show(self, view: View) -> None:
        """The latest view, for everybody who watches."""
        self.view = view
        self._differences = {}
        self._changed.set()
        self._changed = asyncio.Event()

    async def follow(self) -> AsyncIterator[View]:
        """The latest view whenever there is a newer one; ends after the final one."""
        version = 0
        while True:
            changed = self._changed
            if self.view.version != version:
                version = self.view.version
                yield self.view
            if self.view.is_final and self.view.version == version:
                return
            if changed is self._changed:
                await changed.wait()

    def difference(self, old: View, make: Callable[[View, View], Any]) -> Any:
        """`make(old, now)`, made once for all the watchers that stand at the same view."""
        if old.version not in self._differences:
            self._differences[old.version] = make(old, self.view)
        return self._differences[old.version]
