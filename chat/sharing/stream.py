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
# Read backwards from the end: what a match may still grow from, as long as a match can be.
_RUNS = tuple(
    (re.compile(expression), characters)
    for expression, characters in (
        (r"[A-Za-z0-9_.+@:-]*", 9100),  # keys, tokens, network addresses
        (r"(?:[\w.-]{0,540}@)?[\w.+-]{0,64}", 620),  # e-mail addresses, in any script
        (r"[0-9A-Z +./()-]*", 100),  # numbers of phones, cards and accounts
    )
)
_LOGIN = re.compile(r"[^\s/@]{0,201}(?=//:)")
_LABEL = re.compile(
    r"(?i)(?<![A-Za-z])(?:password|passwd|pwd|secret|api[_-]?key|access[_-]?token|bearer)"
    r"[\"']?\s{0,3}[:= ]\s{0,3}[\"']?(?P<value>[^\s\"'<>]{0,200})\Z"
)


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
        end = self._clean.before(tail, settled(tail, self._clean.words))
        visible = self._clean(tail, end=end)
        if end > WINDOW and (cut := tail.rfind("\n\n", 0, end - WINDOW // 2) + 2) > 1:
            head = self._clean(tail[:cut])
            # Not where something that is taken out, or what tells it, reaches over the cut.
            if head + self._clean(tail[cut:], end=end - cut) == visible:
                self._shown += head
                self._done += cut
                visible = visible[len(head) :]
        return self._shown + visible


def unfinished(text: str, clean: Redaction) -> str:
    """As much of a text that is still being written as may be kept for others to see."""
    if not clean.is_on and not clean.words:
        return text
    end = settled(text, clean.words)
    return text[: clean.before(text, end)]


def settled(text: str, words: tuple[str, ...] = ()) -> int:
    """How much of the text may be shown while more may follow, but for what reaches over it."""
    end = len(text)
    start = text.rfind(_KEY)
    if start >= 0 and end - start < _LONGEST_KEY and not _KEY_END.search(text, start):
        end = start
    for expression, characters in _RUNS:
        match = expression.match(text[-characters:][::-1])
        end = min(end, len(text) - (match.end() if match else 0))
    if login := _LOGIN.match(text[-210:][::-1]):
        end = min(end, len(text) - login.end())
    near = max(0, len(text) - 260)
    if label := _LABEL.search(text, near):
        end = min(end, label.start("value"))
    return min([end, *(_before(text, word) for word in words)])


def _before(text: str, word: str) -> int:
    """Where the text ends if its last characters are the first ones of `word`."""
    for start in range(max(0, len(text) - len(word) + 1), len(text)):
        if all(_is_same(a, b) for a, b in zip(text[start:], word, strict=False)):
            return start
    return len(text)


def _is_same(one: str, other: str) -> bool:
    """To a pattern that leaves capitals aside."""
    if one == other or one.lower() == other.lower():
        return True
    is_plain = one.isascii() and other.isascii()
    return not is_plain and re.fullmatch(re.escape(one), other, re.IGNORECASE) is not None
