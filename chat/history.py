"""The conversations of one person: pinned ones, then the newest, a page at a time, grouped by day.

The one rule: a page begins after a place in the order, never after a number of rows, so that what
is said meanwhile neither repeats nor hides a line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from itertools import groupby
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from chat.models import Conversation, User

PAGE = 30
MOST_PINNED = 100


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
    is_archive: bool = False

    @property
    def older(self) -> str:
        """The query of the next page's address."""
        return urlencode({"before": str(self.next)} | ({"archive": "1"} if self.is_archive else {}))


def page(
    user: User, *, zone: tzinfo, before: Place | None = None, is_archive: bool = False
) -> History:
    """Up to `PAGE` conversations, those after `before` in the order; before the first of them
    those that are pinned. What is archived is in a list of its own."""
    kept: QuerySet[Conversation] = user.conversations.order_by("-active_at", "-id")
    if is_archive:
        rows = kept.exclude(archived_at=None)
    else:
        rows = kept.filter(archived_at=None, pinned_at=None)
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
    if before is None and not is_archive:
        pinned = tuple(kept.filter(archived_at=None).exclude(pinned_at=None)[:MOST_PINNED])
        days = ((Day("Pinned", pinned),) if pinned else ()) + days
    last = Place(shown[-1].active_at, shown[-1].pk) if len(found) > PAGE else None
    return History(days=days, before=before, next=last, is_archive=is_archive)


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
