"""Text as a search index keeps it: folded words with single spaces between them.

The one rule: what is looked for goes the same way as what is kept, in both databases. So neither's
own idea of a word matters: accents, case and compatibility forms are gone, and a script that is
written without spaces has one word a character.
"""

from __future__ import annotations

import re
import unicodedata

WORD = re.compile(r"[^\W_]+")
LONGEST_WORD = 64
"""In characters; what is longer is no word but data, and is cut."""
MOST_TEXT = 400_000
"""In bytes. PostgreSQL refuses a row of more than 1 MiB of distinct words and places."""

# Kana, Han, Hangul, Thai, Lao, Khmer and Myanmar: a phrase finds them inside longer runs.
_UNSPACED = re.compile(
    "([\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\U00020000-\U0003ffff])"
)
_ACCENTS = 200
"""Combining classes from here on stand over or under a letter and do not make another one."""


def fold(text: str) -> str:
    """Without case, accents and compatibility forms."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text)
    bare = "".join(char for char in apart if unicodedata.combining(char) < _ACCENTS)
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", bare).casefold())


def words(text: str) -> list[str]:
    folded = fold(text)
    if not folded.isascii():
        folded = _UNSPACED.sub(r" \1 ", folded)
    return [word[:LONGEST_WORD] for word in WORD.findall(folded)]


def indexed(text: str) -> str:
    """The words of a text in their order, as far as an index takes them."""
    # A word in the text is at most four bytes a character and at least one: no need to fold more.
    line = " ".join(words(text[:MOST_TEXT]))
    if len(line) * 4 <= MOST_TEXT:
        return line
    return line.encode()[:MOST_TEXT].decode(errors="ignore").rpartition(" ")[0]
