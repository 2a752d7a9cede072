"""Bars for each day, as numbers that a template draws in SVG.

The one rule: a chart shows nothing that the table under it does not say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 720, 130
ROOM = 20
"""Below the bars, for the days."""
GAP = 0.2
LABELS = 6


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    most: str
    """What the highest bar stands for, in words."""
    width: int = WIDTH
    height: int = HEIGHT
    base: int = HEIGHT - ROOM


def chart(title: str, values: Mapping[date, tuple[float, str]]) -> Chart:
    """`values` has a number and its words for each day, in the order of days."""
    step = WIDTH / max(len(values), 1)
    most = max((value for value, _ in values.values()), default=0)
    bars = []
    marks = []
    every = -(-len(values) // LABELS)
    for number, (day, (value, words)) in enumerate(values.items()):
        height = (HEIGHT - ROOM) * value / most if most else 0
        if value:
            height = max(height, 1.5)  # little is not nothing
            bars.append(
                Bar(
                    x=round(step * (number + GAP / 2), 2),
                    y=round(HEIGHT - ROOM - height, 2),
                    width=round(step * (1 - GAP), 2),
                    height=round(height, 2),
                    label=f"{day.day} {day:%b %Y}: {words}",
                )
            )
        if number % every == 0:
            marks.append(Mark(round(step * number, 2), f"{day.day} {day:%b}"))
    highest = next((words for value, words in values.values() if value == most), "")
    return Chart(title, tuple(bars), tuple(marks), highest if most else "")
