"""The conversations of a person or a team: pinned ones, then the others in an order, a page at a
time.

The one rule: a page begins after a place in the order, never after a number of rows, so that what
is said meanwhile neither repeats nor hides a line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from chat.models import Conversation, Folder, Tag, Team, User
from chat.models.label import Label

PAGE = 30
MOST_PINNED = 100
SORTS = {"active": "Last active", "created": "Created", "title": "Title"}


@dataclass(frozen=True, slots=True)
class Place:
    """After which conversation a page begins: what it is sorted by, and its id."""

    value: datetime | str
    pk: UUID

    def __str__(self) -> str:
        value = self.value if isinstance(self.value, str) else self.value.isoformat()
        return f"{value}~{self.pk}"

    @classmethod
    def parse(cls, text: str, sort: str = "active") -> Place | None:
        value, _, pk = text.rpartition("~")
        try:
            if sort == "title":
                return cls(value, UUID(pk))
            moment = datetime.fromisoformat(value)
            return cls(moment, UUID(pk)) if moment.tzinfo else None
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class View:
    """Which conversations are listed, in which order."""

    is_archive: bool = False
    folder: Folder | None = None
    tag: Tag | None = None
    team: Team | None = None
    """Its conversations, whoever began them, in place of one's own."""
    sort: str = "active"

    @property
    def name(self) -> str:
        if self.is_archive:
            return "Archive"
        named = [str(row) for row in (self.team, self.folder, self.tag) if row]
        return " · ".join(named) or "All conversations"

    @property
    def is_plain(self) -> bool:
        """Everything, the newest first: where a new conversation goes on top."""
        return self == View()

    def address(self, before: Place | None = None) -> str:
        values = {
            "archive": "1" if self.is_archive else "",
            "folder": self.folder.pk if self.folder else "",
            "tag": self.tag.pk if self.tag else "",
            "team": self.team.pk if self.team else "",
            "sort": self.sort,
            "before": str(before or ""),
        }
        return f"/history/?{urlencode({name: value for name, value in values.items() if value})}"


@dataclass(frozen=True, slots=True)
class Choice:
    """A link to another view."""

    label: Label | Team | None
    name: str
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """The views there are."""

    places: tuple[Choice, ...]
    teams: tuple[Choice, ...]
    folders: tuple[Choice, ...]
    tags: tuple[Choice, ...]
    sorts: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Day:
    label: str
    conversations: tuple[Conversation, ...]


@dataclass(frozen=True, slots=True)
class History:
    days: tuple[Day, ...]
    before: Place | None
    next: Place | None
    view: View
    shelf: Shelf | None
    """With the first page only."""

    @property
    def is_used(self) -> bool:
        """There is something to choose from: not on a first visit."""
        shelf = self.shelf
        is_divided = shelf and (shelf.teams or shelf.folders or shelf.tags)
        return bool(self.days or is_divided or not self.view.is_plain)

    @property
    def older(self) -> str:
        """The next page's address."""
        return self.view.address(self.next)


def page(
    user: User,
    *,
    zone: tzinfo,
    before: Place | None = None,
    view: View | None = None,
    has_labels: bool = False,
) -> History:
    """Up to `PAGE` conversations, those after `before` in the order; before the first of them
    those that are pinned. What is archived is in a list of its own. `has_labels`: folders and tags
    will be shown with them."""
    view = view or View()
    kept = _kept(user, view)
    if has_labels:
        kept = kept.select_related("folder", "user").prefetch_related("tags")
    rows = kept if view.is_archive else kept.filter(pinned_at=None)
    found = list(_after(rows, before, view.sort)[: PAGE + 1])
    shown = found[:PAGE]
    today = timezone.localdate(timezone=zone)
    days = tuple(
        Day(label, tuple(group))
        for label, group in groupby(shown, lambda row: _label(row, view, today, zone=zone))
    )
    if before is None and not view.is_archive:
        # Not as `exclude`: for that SQLite reads every conversation there is.
        pinned = tuple(kept.filter(pinned_at__isnull=False)[:MOST_PINNED])
        days = ((Day("Pinned", pinned),) if pinned else ()) + days
    last = Place(_value(shown[-1], view.sort), shown[-1].pk) if len(found) > PAGE else None
    shelf = _shelf(user, view) if before is None else None
    return History(days=days, before=before, next=last, view=view, shelf=shelf)


def _kept(user: User, view: View) -> QuerySet[Conversation]:
    if view.team:
        rows = user.visible_conversations.filter(team=view.team)
    else:
        # Transcripts of a demo's guests are listed with the demo.
        rows = user.begun_conversations.filter(guest=None)
    rows = rows.filter(archived_at__isnull=not view.is_archive)
    if view.folder:
        rows = rows.filter(folder=view.folder)
    if view.tag:
        rows = rows.filter(tags=view.tag)
    match view.sort:
        case "title":
            key = Coalesce("indexed_title__body", Value(""), output_field=TextField())
            return rows.annotate(sort_title=key).order_by("sort_title", "id")
        case "created":
            return rows.order_by("-created_at", "-id")
        case _:
            return rows.order_by("-active_at", "-id")


def _after(rows: QuerySet[Conversation], before: Place | None, sort: str) -> QuerySet[Conversation]:
    if before is None:
        return rows
    name, than = {
        "active": ("active_at", "lt"),
        "created": ("created_at", "lt"),
        "title": ("sort_title", "gt"),
    }[sort]
    condition: dict[str, Any] = {f"{name}__{than}e": before.value}
    beyond: dict[str, Any] = {f"{name}__{than}": before.value}
    tied: dict[str, Any] = {f"id__{than}": before.pk}
    # The first half is what the index can seek to; the second only settles ties.
    return rows.filter(**condition).filter(Q(**beyond) | Q(**tied))


def _value(row: Conversation, sort: str) -> datetime | str:
    if sort == "title":
        return str(getattr(row, "sort_title", ""))
    return row.created_at if sort == "created" else row.active_at


def _label(row: Conversation, view: View, today: date, *, zone: tzinfo) -> str:
    value = _value(row, view.sort)
    if isinstance(value, str):
        return str(row).strip()[:1].upper()
    return day_label(value, today, zone=zone)


def _shelf(user: User, view: View) -> Shelf:
    def choice(label: Label | Team | None, name: str, other: View) -> Choice:
        return Choice(label, name, other.address(), is_current=other == view)

    everything = View(sort=view.sort)
    archive = replace(everything, is_archive=True)
    return Shelf(
        places=(choice(None, everything.name, everything), choice(None, archive.name, archive)),
        teams=tuple(choice(row, row.name, replace(everything, team=row)) for row in Team.of(user)),
        folders=tuple(
            choice(row, row.name, replace(everything, folder=row)) for row in user.folders.all()
        ),
        tags=tuple(choice(row, row.name, replace(everything, tag=row)) for row in user.tags.all()),
        sorts=tuple(choice(None, name, replace(view, sort=sort)) for sort, name in SORTS.items()),
    )


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
