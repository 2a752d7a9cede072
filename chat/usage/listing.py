"""Calls or tasks, the newest first, a page at a time.

The one rule: a page begins after a place in the order, never after a number of rows, and nothing
is counted: the fifty-thousandth row is as near as the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

PAGE = 50
R = TypeVar("R", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    rows: list[R]
    next: str
    """After which place the next page begins; empty on the last one."""
    is_first: bool


def page(rows: QuerySet[R], *, before: str = "") -> Page[R]:
    """Those after the place `before`; from the first on, if it is no place."""
    place = _place(rows.model, before)
    rows = rows.order_by("-created_at", "-pk")
    if place is not None:
        at, pk = place
        # The first half is what the index can seek to; the second only settles ties.
        rows = rows.filter(created_at__lte=at).filter(Q(created_at__lt=at) | Q(pk__lt=pk))
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    is_last = len(found) <= PAGE
    return Page(shown, "" if is_last else _written(shown[-1]), is_first=place is None)


def _written(row: Model) -> str:
    at: datetime = row.created_at  # type: ignore[attr-defined]  # what is listed here has one
    return f"{at.isoformat()}~{row.pk}"


def _place(model: type[Model], text: str) -> tuple[datetime, object] | None:
    moment, _, pk = text.partition("~")
    if "\x00" in pk:
        return None
    try:
        at = datetime.fromisoformat(moment)
        return (at.astimezone(UTC), model._meta.pk.to_python(pk)) if at.tzinfo else None
    except (ValueError, OverflowError, ValidationError):
        return None
