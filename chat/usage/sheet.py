"""Rows as CSV that a spreadsheet opens as what it is: text and numbers, never formulas.

The one rule: a cell of text that a spreadsheet would run begins with an apostrophe.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

Cell = str | int | Decimal | None
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "＝", "＋", "－", "＠")


class _Echo:
    def write(self, line: str) -> str:
        return line


def lines(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """A line a row, with a mark in front that makes spreadsheets read UTF-8."""
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield "\ufeff"
    for row in rows:
        yield str(writer.writerow([neutral(cell) for cell in row]))


def neutral(cell: Cell) -> str:
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return format(cell, "f") if isinstance(cell, Decimal) else str(cell)
    # A spreadsheet skips blanks before it looks.
    return f"'{cell}" if cell.startswith(_STARTS) or cell.lstrip().startswith(_STARTS) else cell
