"""Secrets and personal data in a text, by patterns.

The one rule: it says what it is. Patterns find what has a form (a key, an address, a card number);
a name or a story has none, and no list of findings means that there is nothing to find.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

LONGEST = 200
"""A finding is shown cut to so many characters, in the middle."""
MOST = 200
"""So many different findings are listed; more of them are blacked out without being asked for."""


@dataclass(frozen=True, slots=True)
class Pattern:
    kind: str
    label: str
    expression: re.Pattern[str]
    holds: Callable[[str], bool] = lambda text: True
    """A second look, where the form alone says too little."""


@dataclass(frozen=True, slots=True)
class Finding:
    kind: str
    label: str
    text: str
    count: int

    @property
    def shown(self) -> str:
        if len(self.text) <= LONGEST:
            return self.text
        half = LONGEST // 2
        return f"{self.text[:half]} … {self.text[-half:]}"


def _luhn(text: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    digits = [int(digit) for digit in text if digit.isdigit()]
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    doubled = (digit * 2 for digit in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(n - 9 if n > 9 else n for n in doubled)) % 10 == 0


def _iban(text: str) -> bool:
    """ISO 13616: the letters as numbers, the head behind, modulo 97."""
    compact = re.sub(r"[ -]", "", text).upper()
    turned = compact[4:] + compact[:4]
    return 15 <= len(compact) <= 34 and int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def _address(text: str) -> bool:
    try:
        return not ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False


def _phone(text: str) -> bool:
    return 8 <= sum(character.isdigit() for character in text) <= 15


# Bounded repetitions only: these run over a megabyte of somebody else's words.
_PATTERNS = (
    Pattern(
        "private_key",
        "Private key",
        re.compile(
            r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?:[^-]|-(?!----)){0,20000}"
            r"(?:-----END [A-Z ]{0,30}-----)?"
        ),
    ),
    Pattern(
        "api_key",
        "API key",
        re.compile(
            r"\b(?:sk-[A-Za-z0-9_-]{16,250}|(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{10,250}"
            r"|pg-[A-Za-z0-9_-]{20,250}|AKIA[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{35}|gsk_[A-Za-z0-9]{20,250}"
            r"|gh[pousr]_[A-Za-z0-9]{30,250}|github_pat_[A-Za-z0-9_]{20,250}|glpat-[A-Za-z0-9_-]{20,250}"
            r"|xox[abeprs]-[A-Za-z0-9-]{10,250}|hf_[A-Za-z0-9]{20,250}|npm_[A-Za-z0-9]{36}"
            r"|pypi-[A-Za-z0-9_-]{20,250}|SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64})"
        ),
    ),
    Pattern(
        "token",
        "Signed token",
        re.compile(r"\beyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,1000}"),
    ),
    Pattern(
        "password",
        "Password",
        re.compile(
            r"(?i)(?:(?<=://)[^\s/:@]{1,100}:[^\s/@]{1,100}(?=@)"
            r"|(?<![A-Za-z])(?:password|passwd|pwd|secret|api[_-]?key|access[_-]?token|bearer)"
            r"[\"']?\s{0,3}[:= ]\s{0,3}[\"']?(?P<value>[^\s\"'<>]{8,200}))"
        ),
    ),
    Pattern(
        "email",
        "E-mail address",
        re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}\b"),
    ),
    Pattern(
        "iban",
        "Bank account",
        re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{2,4}){3,8}\b"),
        _iban,
    ),
    Pattern("card", "Card number", re.compile(r"\b\d(?:[ -]?\d){12,18}\b"), _luhn),
    Pattern(
        "ip",
        "Network address",
        re.compile(
            r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){3,7})(?![\w.:])"
        ),
        _address,
    ),
    Pattern(
        "phone",
        "Phone number",
        re.compile(r"(?<![\w+.])(?:\+|00)\d(?:[ ./()-]{0,2}\d){6,14}(?!\w)"),
        _phone,
    ),
)
KINDS = {pattern.kind: pattern.label for pattern in _PATTERNS}


def find(texts: Iterable[str]) -> list[Finding]:
    """What the patterns find, each once, in the order of the patterns and then of the texts."""
    found: dict[tuple[str, str], int] = {}
    for text in texts:
        for kind, value in _matches(text):
            found[kind, value] = found.get((kind, value), 0) + 1
    order = list(KINDS)
    ranked = sorted(found.items(), key=lambda item: order.index(item[0][0]))
    return [Finding(kind, KINDS[kind], text, count) for (kind, text), count in ranked]


@dataclass(frozen=True, slots=True)
class Redaction:
    """What is blacked out: what patterns find, but for what was looked at and kept, and words of
    the publisher's own."""

    is_on: bool = True
    kept: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()

    def __call__(self, text: str, *, end: int | None = None) -> str:
        """The text, or as much of it as comes before `end`; no match may reach over that."""
        spans = self._spans(text)
        if end is not None:
            text, spans = text[:end], [span for span in spans if span[1] <= end]
        return _blacked(text, spans)

    def before(self, text: str, end: int) -> int:
        """The end, or where something that is taken out and reaches over it begins."""
        spans = sorted(self._spans(text), reverse=True)
        for start, stop, _ in spans:
            if start < end < stop:
                end = start
        return end

    def _spans(self, text: str) -> list[tuple[int, int, str]]:
        spans = [
            (start, end, KINDS[kind])
            for start, end, kind in (_spans(text) if self.is_on else ())
            if text[start:end] not in self.kept
        ]
        for word in self.words:
            spans += [
                (match.start(), match.end(), "")
                for match in re.finditer(re.escape(word), text, re.IGNORECASE)
            ]
        return spans


def _blacked(text: str, spans: list[tuple[int, int, str]]) -> str:
    pieces, position = [], 0
    for start, end, label in sorted(spans):
        if end <= position:
            continue
        pieces += [text[position : max(start, position)], mark(label)]
        position = end
    return "".join([*pieces, text[position:]]) if pieces else text


@cache
def mark(label: str) -> str:
    return f"[removed: {label.lower()}]" if label else "[removed]"


def _matches(text: str) -> Iterable[tuple[str, str]]:
    for start, end, kind in _spans(text):
        yield kind, text[start:end]


def _spans(text: str) -> list[tuple[int, int, str]]:
    """`(start, end, kind)`, apart from one another; of two that overlap the first pattern's."""
    found: list[tuple[int, int, int]] = []
    for rank, pattern in enumerate(_PATTERNS):
        for match in pattern.expression.finditer(text):
            start, end = match.span("value" if match.groupdict().get("value") else 0)
            if pattern.holds(text[start:end]):
                found.append((start, rank, end))
    kept: list[tuple[int, int, int]] = []
    for start, rank, end in sorted(found):
        while kept and start < kept[-1][2] and rank < kept[-1][1]:
            kept.pop()
        if not kept or start >= kept[-1][2]:
            kept.append((start, rank, end))
    return [(start, end, _PATTERNS[rank].kind) for start, rank, end in kept]
