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
    part: float = 0
    """How much of its height, from below, is the part that stands out."""

    @property
    def part_y(self) -> float:
        return round(self.y + self.height - self.part, 2)


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
    part: str = ""
    """What the parts that stand out are, if there are any."""
    is_part_bad: bool = False
    width: int = WIDTH
    height: int = HEIGHT
    base: int = HEIGHT - ROOM


def chart(
    title: str,
    values: Mapping[date, tuple[float, str]],
    *,
    parts: Mapping[date, float] | None = None,
    part: str = "",
    is_part_bad: bool = False,
) -> Chart:
    """`values` has a number and its words for each day, in the order of days; `parts` what of a
    day's number stands out, and `part` what that is."""
    parts = parts or {}
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
                    part=round(height * min(parts.get(day, 0) / value, 1), 2),
                )
            )
        if number % every == 0:
            marks.append(Mark(round(step * number, 2), f"{day.day} {day:%b}"))
    highest = next((words for value, words in values.values() if value == most), "")
    return Chart(
        title,
        tuple(bars),
        tuple(marks),
        highest if most else "",
        part=part if any(bar.part for bar in bars) else "",
        is_part_bad=is_part_bad,
    )
