"""Parts of an answer that somebody else adds to, and of which one is given the whole now and then.

The one rule: what has been drawn stays drawn; only what is new is.
"""

from __future__ import annotations

from chat.rendering import LiveMarkdown
from chat.thread import PartView

TEXTS = ("text", "reasoning", "refusal")


class GrowingText:
    """Markdown. `draw` is given the whole text so far."""

    def __init__(self, number: int, kind: str) -> None:
        self.view = PartView(number, kind, ())
        self._fed = ""
        self._markdown = LiveMarkdown()

    def draw(self, text: str) -> PartView:
        if not text.startswith(self._fed):
            # What was there reads differently now; begun anew it is right again.
            self._markdown, self._fed = LiveMarkdown(), ""
        self._markdown.feed(text[len(self._fed) :])
        self._fed = text
        blocks = self._markdown.blocks()
        if blocks is not self.view.blocks:
            self.view = PartView(self.view.number, self.view.kind, blocks)
        return self.view
