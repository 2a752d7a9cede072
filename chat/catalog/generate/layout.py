"""JSON that a person can read and a diff can show.

The one rule: the same facts give the same bytes. Numbers are written as they were read, to the last
digit; what fits in a line stands in one.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

WIDTH = 138
EXPANDED_DEPTH = 2
"""Objects down to this depth (a file, a vendor's model) always have a line for each field."""


def read(file: Path) -> Any:
    """Numbers with a point become `Decimal`, so that nothing is rounded on the way."""
    return json.loads(file.read_bytes(), parse_float=Decimal)


def write(value: Any) -> str:
    return _text(value, 0, taken=0) + "\n"


def line(value: Any) -> str:
    match value:
        case dict():
            pairs = (f"{line(key)}: {line(item)}" for key, item in value.items())
            return "{" + ", ".join(pairs) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(line, value)) + "]"
        case Decimal():
            return plain(value)
    return json.dumps(value, ensure_ascii=False)


def plain(number: Decimal) -> str:
    """Without an exponent and without idle zeros: 10, 0.083333."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _text(value: Any, depth: int, *, taken: int) -> str:
    """`taken` columns of the first line are already in use."""
    whole = line(value)
    may_be_whole = not isinstance(value, dict) or depth > EXPANDED_DEPTH
    if not isinstance(value, dict | list) or (may_be_whole and taken + len(whole) < WIDTH):
        return whole
    pad, end = "\n" + "  " * (depth + 1), "\n" + "  " * depth
    width = len(pad)
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        return f"[{pad}{pad.join(_filled(value, WIDTH - width))}{end}]"
    if isinstance(value, list):
        items = [_text(item, depth + 1, taken=width) for item in value]
        return f"[{pad}{f',{pad}'.join(items)}{end}]"
    keys = [f"{line(key)}: " for key in value]
    items = [
        key + _text(item, depth + 1, taken=width + len(key))
        for key, item in zip(keys, value.values(), strict=True)
    ]
    return f"{{{pad}{f',{pad}'.join(items)}{end}}}"


def _filled(values: list[Any], width: int) -> list[str]:
    """Words side by side, as many as a line holds."""
    lines = [""]
    for number, value in enumerate(values, 1):
        word = line(value) + ("," if number < len(values) else "")
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".lstrip()
    return lines
