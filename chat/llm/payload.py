"""JSON as providers send it, and the careful reading of it.

The one rule: whatever comes in, only `ValueError` comes out of `decode`, and the other functions
never fail: a number where a text should be is no text.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

MOST_TOKENS = 5 * 10**8

_decode = msgspec.json.Decoder().decode


def decode(data: bytes) -> Any:
    """Strict first, because it is quick; then whatever Python's own reader makes of it: NaN, half a
    surrogate pair, a byte that is not UTF-8."""
    try:
        return _decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        return _without_surrogates(json.loads(data.decode("utf-8", "replace")))
    except RecursionError as error:
        raise ValueError("JSON is nested too deeply") from error


def text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def text_or_none(value: Any) -> str | None:
    """None for an empty text too: many providers fill unused fields with those."""
    return value if isinstance(value, str) and value else None


def mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def count(value: Any) -> int:
    """A number of tokens: whole, not negative, 0 where there is none. Of a number beyond all
    measure, as much as three together fit into a column."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return 0
    return int(min(max(0, value), MOST_TOKENS))


def _without_surrogates(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        case list():
            return [_without_surrogates(item) for item in value]
        case dict():
            return {_without_surrogates(k): _without_surrogates(v) for k, v in value.items()}
        case _:
            return value
