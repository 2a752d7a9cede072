"""A running answer as the visitors of one share see it.

The one rule: it is drawn once for all of them, and the more there are the less often, so that a
crowd costs the server what a few do.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any, Protocol

from chat.growing import TEXTS, GrowingText
from chat.sharing.redaction import Redaction
from chat.sharing.stream import Stream
from chat.thread import PartView, part_blocks
from chat.watching import View, Watched


class Source(Protocol):
    """The answer itself, whichever process it runs in."""

    turn_id: int

    def follow(self) -> AsyncIterator[View]: ...
    def stored_parts(self) -> list[dict[str, Any]]: ...


class ShownPart(GrowingText):
    """With what is to be hidden taken out."""

    def __init__(self, number: int, kind: str, clean: Redaction) -> None:
        super().__init__(number, kind)
        self._stream = Stream(clean)

    def draw(self, text: str) -> PartView:
        return super().draw(self._stream.show(text))


class ShownTurn(Watched):
    def __init__(
        self, source: Source, *, clean: Redaction, files: str, pace: Callable[[], float]
    ) -> None:
        super().__init__()
        self.turn_id = source.turn_id
        self._source, self._clean, self._files, self._pace = source, clean, files, pace
        self._parts: dict[int, ShownPart] = {}

    async def run(self) -> None:
        """Until the answer is over."""
        async for view in self._source.follow():
            if view.is_final:
                return
            self.show(replace(view, version=self.view.version + 1, parts=self._drawn()))
            await asyncio.sleep(self._pace())

    def end(self) -> None:
        """Let the watchers go. What the answer says in the end they get with its receipt."""
        self.show(replace(self.view, version=self.view.version + 1, is_final=True))

    def _drawn(self) -> tuple[PartView, ...]:
        stored = self._source.stored_parts()
        return tuple(self._part(number, part) for number, part in enumerate(stored))

    def _part(self, number: int, part: dict[str, Any]) -> PartView:
        kind = part["type"]
        if kind in TEXTS:
            if number not in self._parts or self._parts[number].view.kind != kind:
                self._parts[number] = ShownPart(number, kind, self._clean)
            return self._parts[number].draw(part["text"])
        if kind == "tool_call":
            # Half a JSON text could hide anything; it is shown when it is whole.
            part = part | {"arguments": "…"}
        return PartView(number, kind, part_blocks(part, self._files))
