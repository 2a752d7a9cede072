"""What turns took and cost, added up by day, model, conversation or person.

The one rule: what is unknown is counted as unknown. A turn without a price adds nothing to a sum,
and the sum says how many such turns it leaves out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from statistics import median
from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from chat.models import Turn

PERIODS = {"7": "7 days", "30": "30 days", "90": "90 days", "365": "a year"}
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Used:
    """One turn, as far as sums need it."""

    at: datetime
    user_id: int
    conversation_id: UUID
    model: str
    status: str
    input_tokens: int | None
    output_tokens: int | None
    cost: Decimal | None
    first_token_ms: int | None
    total_ms: int | None


@dataclass(slots=True)
class Sum:
    turns: int = 0
    failed: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal = Decimal(0)
    unknown_costs: int = 0
    """Turns that used tokens whose price is not known."""
    waits: list[int] = field(default_factory=list)

    def add(self, used: Used) -> None:
        self.turns += 1
        self.failed += used.status == Turn.Status.FAILED
        self.input_tokens += used.input_tokens or 0
        self.output_tokens += used.output_tokens or 0
        if used.cost is not None:
            self.cost += used.cost
        elif used.input_tokens or used.output_tokens:
            self.unknown_costs += 1
        if used.first_token_ms is not None:
            self.waits.append(used.first_token_ms)

    @property
    def first_token_ms(self) -> int | None:
        """The median wait for the first token."""
        return round(median(self.waits)) if self.waits else None


def since(days: int, *, zone: tzinfo) -> datetime:
    """When the first of the last `days` days began, where the person is."""
    first = timezone.localdate(timezone=zone) - timedelta(days=days - 1)
    return datetime(first.year, first.month, first.day, tzinfo=zone)


def used(turns: QuerySet[Turn]) -> Iterator[Used]:
    rows = turns.order_by("created_at", "pk").values_list(
        *("created_at", "user_id", "conversation_id", "receipt__asked__model", "status"),
        *("input_tokens", "output_tokens", "cost"),
        *("receipt__answered__first_token_ms", "receipt__answered__total_ms"),
    )
    for at, user_id, conversation_id, model, *rest in rows.iterator(2000):
        yield Used(at, user_id, conversation_id, model or "unknown", *rest)


def sums(rows: Iterable[Used], key: Callable[[Used], K]) -> dict[K, Sum]:
    found: defaultdict[K, Sum] = defaultdict(Sum)
    for row in rows:
        found[key(row)].add(row)
    return dict(found)


def by_day(rows: Iterable[Used], *, days: int, zone: tzinfo) -> dict[date, Sum]:
    """Every day of the period, those without a turn as well."""
    found = sums(rows, lambda row: row.at.astimezone(zone).date())
    first = since(days, zone=zone).date()
    return {day: found.get(day, Sum()) for day in (first + timedelta(n) for n in range(days))}


def ranked(found: dict[K, Sum]) -> list[tuple[K, Sum]]:
    """The dearest first; where nothing has a price, those with the most tokens."""
    return sorted(
        found.items(),
        key=lambda item: (item[1].cost, item[1].input_tokens + item[1].output_tokens),
        reverse=True,
    )
