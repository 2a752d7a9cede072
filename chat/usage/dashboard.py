"""The sums of the calls of programs as a dashboard shows them.

The one rule: every number on it is one of the table's below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, tzinfo
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from chat import usage
from chat.figures import DIALECTS, dollars, seconds
from chat.usage import Added, Spread, Sum
from chat.usage.chart import Chart, chart

MOST_ROWS = 50
M = TypeVar("M", bound=Model)


class Dashboard:
    def __init__(self, added: Added, *, days: int, zone: tzinfo) -> None:
        self._added = added
        self._by_day = added.by_day(days=days, zone=zone)
        self.total = added.total
        self.tasks = added.sums(lambda cell: cell.source == "task").get(True, Sum())
        self.models = usage.ranked(added.sums(lambda cell: cell.model))[:MOST_ROWS]
        self.keys = usage.ranked(added.sums(lambda cell: cell.key or 0))[:MOST_ROWS]
        self.people = usage.ranked(added.sums(lambda cell: cell.person))[:MOST_ROWS]

    @property
    def days(self) -> list[tuple[date, Sum]]:
        return [(day, each) for day, each in reversed(self._by_day.items()) if each.count]

    @property
    def dialects(self) -> list[tuple[str, Sum]]:
        found = self._added.sums(lambda cell: cell.dialect)
        return [(DIALECTS.get(name, name), each) for name, each in usage.ranked(found)]

    @property
    def errors(self) -> list[tuple[str, int]]:
        """By code, the most frequent first."""
        found = self._added.sums(lambda cell: cell.error or None)
        return sorted(((code, each.count) for code, each in found.items()), key=lambda row: -row[1])

    @property
    def charts(self) -> list[Chart]:
        drawn = (self._requests(), self._costs(), self._tokens(), self._waits(), self._lengths())
        return [each for each in drawn if each.bars]

    def named(self, found: list[tuple[Any, Sum]], rows: QuerySet[M]) -> list[tuple[M | None, Sum]]:
        """With the rows in place of their ids; None for what is gone."""
        names = rows.in_bulk([pk for pk, _ in found if pk])
        return [(names.get(pk), each) for pk, each in found]

    def _requests(self) -> Chart:
        values = {}
        for day, each in self._by_day.items():
            failed = f", {each.failed:,} failed" if each.failed else ""
            refused = f", {each.refused:,} refused" if each.refused else ""
            values[day] = (each.count, f"{each.count:,}{failed}{refused}")
        parts = {day: each.failed for day, each in self._by_day.items()}
        return chart("Requests", values, parts=parts, part="failed", is_part_bad=True)

    def _costs(self) -> Chart:
        days = self._by_day.items()
        return chart("Cost", {day: (float(s.cost), dollars(float(s.cost))) for day, s in days})

    def _tokens(self) -> Chart:
        values = {
            day: (s.tokens, f"{s.input_tokens:,} in, {s.output_tokens:,} out")
            for day, s in self._by_day.items()
        }
        parts = {day: each.output_tokens for day, each in self._by_day.items()}
        return chart("Tokens", values, parts=parts, part="output")

    def _waits(self) -> Chart:
        return _times(
            "First token after, p95", {day: each.wait for day, each in self._by_day.items()}
        )

    def _lengths(self) -> Chart:
        return _times(
            "Whole answer after, p95", {day: each.length for day, each in self._by_day.items()}
        )


def _times(title: str, spreads: Mapping[date, Spread | None]) -> Chart:
    values, parts = {}, {}
    for day, spread in spreads.items():
        if spread is None:
            values[day], parts[day] = (0.0, ""), 0.0
            continue
        values[day] = (spread.p95, f"{seconds(spread.p95)}, p50 {seconds(spread.p50)}")
        parts[day] = spread.p50
    return chart(title, values, parts=parts, part="p50")
