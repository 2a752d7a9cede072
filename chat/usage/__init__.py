"""What answers took and cost, added up by day, model, conversation, key or person: those of the
page (turns, and what is only tallied) and those of programs (calls), of which some were made for
tasks.

The one rule: what is unknown is counted as unknown. An answer without a price adds nothing to a
sum, and the sum says how many such answers it leaves out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Literal, NamedTuple, TypeVar
from uuid import UUID

from django.utils import timezone

PERIODS = {"1": "today", "7": "7 days", "30": "30 days", "90": "90 days", "365": "a year"}
DEFAULT_PERIOD = 30
Source = Literal["page", "temporary", "title", "program", "task"]
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Used:
    """One turn or one call, as far as sums need it."""

    source: Source
    at: datetime
    user_id: int
    model: str
    status: str
    input_tokens: int | None
    output_tokens: int | None
    cost: Decimal | None
    first_token_ms: int | None
    total_ms: int | None
    conversation_id: UUID | None = None
    key_id: UUID | None = None
    dialect: str = ""
    error_code: str | None = None
    cached_tokens: int = 0
    reasoning_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle and the ends of some times in milliseconds. Each is one that was measured."""

    p50: int
    p95: int
    p99: int

    @classmethod
    def of(cls, measured: Iterable[int]) -> Spread | None:
        ordered = sorted(measured)
        if not ordered:
            return None
        return cls(*(ordered[-(-len(ordered) * share // 100) - 1] for share in (50, 95, 99)))


@dataclass(slots=True)
class Sum:
    count: int = 0
    failed: int = 0
    refused: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    cost: Decimal = Decimal(0)
    unknown_costs: int = 0
    """Answers that used tokens whose price is not known."""
    waits: list[int] = field(default_factory=list)
    """Milliseconds until the first token of those that had one."""
    lengths: list[int] = field(default_factory=list)
    """Milliseconds until the end of those that came to their end: failures would flatter it."""

    def add(self, used: Used) -> None:
        self.count += 1
        self.failed += used.status == "failed"
        self.refused += used.status == "refused"
        self.input_tokens += used.input_tokens or 0
        self.cached_tokens += used.cached_tokens
        self.output_tokens += used.output_tokens or 0
        self.reasoning_tokens += used.reasoning_tokens
        if used.cost is not None:
            self.cost += used.cost
        elif used.input_tokens or used.output_tokens:
            self.unknown_costs += 1
        if used.first_token_ms is not None:
            self.waits.append(used.first_token_ms)
        if used.total_ms is not None and used.status == "completed":
            self.lengths.append(used.total_ms)

    def merge(self, other: Sum) -> None:
        self.count += other.count
        self.failed += other.failed
        self.refused += other.refused
        self.input_tokens += other.input_tokens
        self.cached_tokens += other.cached_tokens
        self.output_tokens += other.output_tokens
        self.reasoning_tokens += other.reasoning_tokens
        self.cost += other.cost
        self.unknown_costs += other.unknown_costs
        self.waits.extend(other.waits)
        self.lengths.extend(other.lengths)

    @property
    def wait(self) -> Spread | None:
        """Until the first token."""
        return Spread.of(self.waits)

    @property
    def length(self) -> Spread | None:
        """Until the end."""
        return Spread.of(self.lengths)

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens


class Cell(NamedTuple):
    """By all of this things are added up at once; every table but that of the days is a few cells
    put together."""

    source: Source
    person: int
    model: str
    conversation: UUID | None
    key: UUID | None
    dialect: str
    error: str


@dataclass(frozen=True, slots=True)
class Added:
    """Days stand by themselves: by day and all the rest, nearly every answer would be its own."""

    days: dict[date, Sum]
    cells: dict[Cell, Sum]

    @property
    def total(self) -> Sum:
        return self.sums(lambda cell: True).get(True, Sum())

    def sums(self, key: Callable[[Cell], K | None]) -> dict[K, Sum]:
        """By what `key` says of a cell; None leaves it out."""
        merged: defaultdict[K, Sum] = defaultdict(Sum)
        for cell, each in self.cells.items():
            name = key(cell)
            if name is not None:
                merged[name].merge(each)
        return dict(merged)

    def by_day(self, *, days: int, zone: tzinfo) -> dict[date, Sum]:
        """Every day of the period, those without an answer as well."""
        first = since(days, zone=zone).date()
        return {
            day: self.days.get(day, Sum()) for day in (first + timedelta(n) for n in range(days))
        }


def since(days: int, *, zone: tzinfo) -> datetime:
    """When the first of the last `days` days began, where the person is."""
    first = timezone.localdate(timezone=zone) - timedelta(days=days - 1)
    return datetime(first.year, first.month, first.day, tzinfo=zone)


def add_up(rows: Iterable[Used], *, zone: tzinfo) -> Added:
    """One look at each row; days are those of the person who looks."""
    days: defaultdict[date, Sum] = defaultdict(Sum)
    cells: defaultdict[Cell, Sum] = defaultdict(Sum)
    for row in rows:
        cell = Cell(
            row.source,
            row.user_id,
            row.model,
            row.conversation_id,
            row.key_id,
            row.dialect,
            row.error_code or "",
        )
        days[row.at.astimezone(zone).date()].add(row)
        cells[cell].add(row)
    return Added(dict(days), dict(cells))


def ranked(found: Mapping[K, Sum]) -> list[tuple[K, Sum]]:
    """The dearest first; where nothing has a price, those with the most tokens."""
    return sorted(
        found.items(), key=lambda item: (item[1].cost, item[1].tokens, item[1].count), reverse=True
    )
