"""The few words around what was found, in pieces: those that were looked for, and those between.

The one rule: pieces are plain text. A template escapes and marks them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from chat.models.words import WORD, fold, words
from chat.search.query import Term

LENGTH = 140
BEFORE = 45
LOOKED_THROUGH = 50_000
"""Characters of a message in which words with accents are looked for one by one."""


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    is_hit: bool = False


def excerpt(text: str, terms: Iterable[Term]) -> tuple[Piece, ...]:
    """About `LENGTH` characters of `text`, from a little before the first hit on."""
    terms = tuple(terms)
    first = _first(text, terms)
    start = max(0, first - BEFORE)
    if start:
        # Not from the middle of a word, if a word begins before the hit.
        start = next((start + i + 1 for i, c in enumerate(text[start:first]) if c.isspace()), start)
    window = text[start : start + LENGTH]
    pieces = list(_pieces(window, terms))
    if start:
        pieces.insert(0, Piece("… "))
    if start + LENGTH < len(text):
        pieces.append(Piece(" …"))
    return tuple(pieces)


def _pieces(text: str, terms: tuple[Term, ...]) -> Iterable[Piece]:
    at = 0
    for start, end in _hits(text, terms):
        if start > at:
            yield Piece(_line(text[at:start]))
        yield Piece(text[start:end], is_hit=True)
        at = end
    if at < len(text):
        yield Piece(_line(text[at:]))


def _first(text: str, terms: tuple[Term, ...]) -> int:
    whole = [r"[\W_]*".join(map(re.escape, term.words)) for term in terms]
    # A phrase before its single words, as they are in more places.
    for alternatives in (whole, [re.escape(word) for term in terms for word in term.words]):
        found = re.search("|".join(alternatives), text, re.IGNORECASE) if alternatives else None
        if found:
            return found.start()
    return next((start for start, _ in _hits(text[:LOOKED_THROUGH], terms)), 0)


def _hits(text: str, terms: tuple[Term, ...]) -> Iterable[tuple[int, int]]:
    """Where words of the terms stand. Of unspaced scripts a word is a run, and may hold a hit."""
    exact = {word for term in terms for word in term.words}
    prefixes = tuple(term.words[-1] for term in terms if term.is_prefix)
    for found in WORD.finditer(text):
        folded = fold(found[0])
        if folded in exact or (prefixes and folded.startswith(prefixes)):
            yield found.span()
        elif not folded.isascii() and len(folded) == len(found[0]):
            yield from _inside(found, folded, terms)


def _inside(run: re.Match[str], folded: str, terms: tuple[Term, ...]) -> Iterable[tuple[int, int]]:
    if len(words(run[0])) == 1:
        return
    spans = {
        (place.start(), place.end())
        for term in terms
        for place in re.finditer(re.escape("".join(term.words)), folded)
    }
    end = 0
    for start, stop in sorted(spans):
        if start >= end:
            yield run.start() + start, run.start() + stop
            end = stop


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text)
