"""Redaction of a text that is still being written.

The one rule: nothing is shown that could turn out to be the beginning of something to take out. So
the end of the text waits: a word until it is over, digits and capitals until something else comes.
"""

from __future__ import annotations

import re

from chat.sharing.redaction import Redaction

WINDOW = 4000
"""Characters that are looked at again; what is before them, up to the end of a line, is done."""
_KEY = "-----BEGIN"
_KEY_END = re.compile(r"-----END [A-Z ]{0,30}-----")
_LONGEST_KEY = 20_100
_TAIL = re.compile(r"(?:(?:^|(?<=\s))[+(]?[0-9A-Z][0-9A-Za-z().\-/]{0,20} {0,2}){0,12}\S*\Z")


class Stream:
    """One text part. `show` is given the whole text so far, which only ever grows."""

    def __init__(self, clean: Redaction) -> None:
        self._clean = clean
        self._done = 0
        self._shown = ""

    def show(self, text: str) -> str:
        if not self._clean.is_on and not self._clean.words:
            return text
        tail = text[self._done :]
        visible = tail[: settled(tail, self._clean.words)]
        if len(visible) > WINDOW and (cut := _cut(visible)):
            self._shown += self._clean(visible[:cut])
            self._done += cut
            visible = visible[cut:]
        return self._shown + self._clean(visible)


def settled(text: str, words: tuple[str, ...] = ()) -> int:
    """How much of the text may be shown while more may follow."""
    end = len(text)
    start = text.rfind(_KEY)
    if start >= 0 and end - start < _LONGEST_KEY and not _KEY_END.search(text, start):
        end = start
    near = text[max(0, end - 400) : end]
    if tail := _TAIL.search(near):
        end -= len(near) - tail.start()
    return min(end, *(_before(text, word) for word in words)) if words else end


def _before(text: str, word: str) -> int:
    """Where the text ends if its last characters are the first ones of `word`."""
    folded, end = word.casefold(), text[-len(word) :].casefold()
    for length in range(min(len(word) - 1, len(end)), 0, -1):
        if end.endswith(folded[:length]):
            return len(text) - length
    return len(text)


def _cut(visible: str) -> int:
    """The end of a line that is far enough from the end for nothing to reach over it."""
    cut = visible.rfind("\n\n", 0, len(visible) - WINDOW // 2)
    return cut + 2 if cut >= 0 else 0
