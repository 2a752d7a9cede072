"""Another spelling of what was typed, if nothing was found: a word of the person's own messages
that is one or two letters away.

The one rule: words come from messages that the person may see, so that a suggestion tells nobody
what somebody else wrote.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from chat.models.words import WORD, fold
from chat.search.query import Query, Term

SHORTEST = 4
"""Shorter words have too many neighbours to guess from."""
LONGEST = 24
MOST_WORDS = 2


def suggest(typed: str, query: Query, bodies: Callable[[Term], list[str]]) -> str | None:
    """`bodies` gives the words of messages that have a term. None where nothing comes near."""
    words = {word for term in query.terms for word in term.words}
    others = {}
    for word in sorted(words, key=len, reverse=True)[:MOST_WORDS]:
        if SHORTEST <= len(word) <= LONGEST and not bodies(Term((word,))):
            other = _nearest(word, bodies)
            if other is None:
                return None
            others[word] = other
    if not others:
        return None
    return WORD.sub(lambda found: others.get(fold(found[0]), found[0]), typed).rstrip("*")


def _nearest(word: str, bodies: Callable[[Term], list[str]]) -> str | None:
    """By how it begins, at first as far as possible; then with its first letters mended. A few
    looks, because somebody waits."""
    count = len(word)
    farthest = 1 if count < 6 else 2
    for length in sorted({count - 1, count - 2, count * 2 // 3, count // 2}, reverse=True):
        found = Counter(
            near
            for body in bodies(Term((word[:length],), is_prefix=True))
            for near in set(body.split())
            if abs(len(near) - len(word)) <= farthest
            and near.startswith(word[:length])
            and distance(near, word) <= farthest
        )
        if found:
            return min(found, key=lambda near: (distance(near, word), -found[near], near))
    for mended in _beginnings(word):
        if bodies(Term((mended,))):
            return mended
    return None


def _beginnings(word: str) -> list[str]:
    """With two of its first letters swapped, or one of them left out."""
    swapped = [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(2)]
    return swapped + [word[:i] + word[i + 1 :] for i in range(2)]


def distance(one: str, other: str) -> int:
    """Letters to add, leave out, change or swap with their neighbour."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        row = [i]
        for j, b in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
