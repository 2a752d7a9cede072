"""How many tokens a text is likely to be, before any provider has counted.

The one rule: a guess that says it is one. Every model cuts text in its own way; what is charged is
what the provider counts.
"""

from __future__ import annotations

import re

_PIECES = re.compile(
    r"(?P<latin>[A-Za-zÀ-ɏ]+)"
    r"|(?P<digits>[0-9]+)"
    r"|(?P<cjk>[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+)"
    r"|(?P<hangul>[\uac00-\ud7af]+)"
    r"|(?P<letters>[^\W\d_]+)"
    r"|(?P<ascii>[!-/:-@\[-`{-~]+)"
    r"|(?P<other>[^\s\w]+)"
)
_PER_PIECE = {"latin": 7, "digits": 3}
"""Characters that a token of this kind holds; a piece is one token at least."""

_PER_CHARACTER = {"cjk": 1.0, "hangul": 0.8, "letters": 0.4, "ascii": 0.8, "other": 1.5}


def estimate_tokens(text: str) -> int:
    """Tokens that a typical tokenizer makes of `text`, in time that grows with its length.

    Measured on 40 answers of 17 vendors, 20 to 2,819 tokens long, nearly all English and code: the
    median is 0.6 % too many, half lie within 7 %, nine in ten within 25 %. The extremes are 55 %
    too few (the provider counted what it did not show) and 24 % too many. Not measured: Chinese and
    Japanese are counted a token a character, Korean 0.8, other scripts 0.4, which lies between old
    tokenizers and new ones.
    """
    tokens = 0.0
    for piece in _PIECES.finditer(text):
        kind = piece.lastgroup or ""
        length = piece.end() - piece.start()
        if kind in _PER_PIECE:
            tokens += -(-length // _PER_PIECE[kind])
        else:
            tokens += length * _PER_CHARACTER[kind]
    return -int(-tokens // 1)
