"""The conversations of one person, newest first, a page at a time and grouped by day.

The one rule: a page begins after a place in the order, never after a number of rows, so that what
is said meanwhile neither repeats nor hides a line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from itertools import groupby
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from chat.models import Conversation, User

PAGE = 30


@dataclass(frozen=True, slots=True)
class Place:
    """After which conversation a page begins."""

    active_at: datetime
    pk: UUID

    def __str__(self) -> str:
        return f"{self.active_at.isoformat()}~{self.pk}"

    @classmethod
    def parse(cls, text: str) -> Place | None:
        moment, _, pk = text.partition("~")
        try:
            active_at = datetime.fromisoformat(moment)
            return cls(active_at, UUID(pk)) if active_at.tzinfo else None
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Day:
    label: str
    conversations: tuple[Conversation, ...]


@dataclass(frozen=True, slots=True)
class History:
    days: tuple[Day, ...]
    before: Place | None
    next: Place | None


def page(user: User, *, zone: tzinfo, before: Place | None = None) -> History:
    """Up to `PAGE` conversations, those after `before` in the order."""
    rows: QuerySet[Conversation] = user.conversations.order_by("-active_at", "-id")
    if before:
        # The first half is what the index can seek to; the second only settles ties.
        rows = rows.filter(active_at__lte=before.active_at).filter(
            Q(active_at__lt=before.active_at) | Q(id__lt=before.pk)
        )
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    today = timezone.localdate(timezone=zone)
    days = tuple(
        Day(label, tuple(group))
        for label, group in groupby(shown, lambda row: day_label(row.active_at, today, zone=zone))
    )
    last = Place(shown[-1].active_at, shown[-1].pk) if len(found) > PAGE else None
    return History(days=days, before=before, next=last)


def day_label(moment: datetime, today: date, *, zone: tzinfo) -> str:
    day = moment.astimezone(zone).date()
    age = (today - day).days
    if age <= 0:
        return "Today"
    if age == 1:
        return "Yesterday"
    if age <= 7:
        return "Last 7 days"
    if age <= 30:
        return "Last 30 days"
    return f"{day:%B %Y}"
