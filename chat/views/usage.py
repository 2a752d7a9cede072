"""What was used: one's own by day, model, conversation and key; for administrators everybody's.

The one rule: an administrator sees what somebody used, never what they talked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from chat import usage
from chat.figures import dollars, seconds
from chat.models import ApiCall, Tally, Turn, User
from chat.usage import DEFAULT_PERIOD, PERIODS, Added, Cell, Sum, Used
from chat.usage.chart import Chart, chart
from chat.usage.reading import of_everything
from chat.usage.sheet import Cell as SheetCell
from chat.usage.sheet import lines
from chat.views.history import zone_of
from chat.views.requests import SignedInRequest, administrators_only

MOST_ROWS = 50
COLUMNS = (
    *("time", "person", "from", "conversation or key", "model", "state", "error"),
    *("input tokens", "output tokens", "cost in US dollars"),
    *("first token after ms", "whole answer after ms"),
)


class Origin(NamedTuple):
    """Where a part of it came from."""

    label: str
    is_part: bool = False
    """Of the line above."""
    href: str = ""
    """Where more of it stands, of one's own."""


ORIGINS = {
    "page": Origin("This page: turns"),
    "temporary": Origin("Temporary conversations"),
    "title": Origin("Titles of conversations", href="/usage/titles/"),
    "programs": Origin("Programs: requests to the API"),
    "task": Origin("of these, for tasks", is_part=True),
}


@dataclass(frozen=True, slots=True)
class Books:
    """Whose rows are added up."""

    turns: QuerySet[Turn]
    tallies: QuerySet[Tally]
    calls: QuerySet[ApiCall]

    @classmethod
    def of(cls, user: User) -> Books:
        return cls(user.turns.all(), user.tallies.all(), user.api_calls.all())

    @classmethod
    def of_everybody(cls) -> Books:
        return cls(Turn.objects.all(), Tally.objects.all(), ApiCall.objects.all())

    def rows(self, request: HttpRequest) -> Iterator[Used]:
        """Those of the period that the address names."""
        recent = {"created_at__gte": usage.since(days_of(request), zone=zone_of(request))}
        return of_everything(
            self.turns.filter(**recent), self.tallies.filter(**recent), self.calls.filter(**recent)
        )

    def added(self, request: HttpRequest) -> Added:
        return usage.add_up(self.rows(request), zone=zone_of(request))


@login_required
@require_safe
def own(request: SignedInRequest) -> HttpResponse:
    added = Books.of(request.user).added(request)
    found = usage.ranked(added.sums(lambda cell: cell.conversation))[:MOST_ROWS]
    titles = request.user.visible_conversations.in_bulk([pk for pk, _ in found])
    keys = usage.ranked(added.sums(_key_of))[:MOST_ROWS]
    names = request.user.api_keys.in_bulk([pk for pk, _ in keys if pk])
    return _page(
        request,
        added,
        conversations=[(titles.get(pk), total) for pk, total in found],
        keys=[(names.get(pk) if pk else None, total) for pk, total in keys],
        sheet="/usage/answers.csv",
    )


@login_required
@require_safe
def own_sheet(request: SignedInRequest) -> HttpResponse:
    rows = Books.of(request.user).rows(request)
    names: dict[Any, str] = dict(request.user.visible_conversations.values_list("pk", "title"))
    names |= dict(request.user.api_keys.values_list("pk", "name"))
    return _sheet(request, rows, names=names, people={request.user.pk: request.user.username})


@require_safe
@administrators_only
def everybody(request: SignedInRequest) -> HttpResponse:
    added = Books.of_everybody().added(request)
    found = usage.ranked(added.sums(lambda cell: cell.person))[:MOST_ROWS]
    people = User.objects.in_bulk([pk for pk, _ in found])
    return _page(
        request,
        added,
        people=[(people[pk], total) for pk, total in found if pk in people],
        whose="Everybody",
        sheet="/people/usage/answers.csv",
    )


@require_safe
@administrators_only
def everybody_sheet(request: SignedInRequest) -> HttpResponse:
    rows = Books.of_everybody().rows(request)
    people = dict(User.objects.values_list("pk", "username"))
    return _sheet(request, rows, names={}, people=people)


@require_safe
@administrators_only
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    added = Books.of(person).added(request)
    return _page(request, added, whose=str(person), person=person)


def days_of(request: HttpRequest) -> int:
    """The period that the address names."""
    asked = request.GET.get("days", "")
    return int(asked) if asked in PERIODS else DEFAULT_PERIOD


def csv_response(rows: Iterable[Sequence[SheetCell]], *, name: str) -> HttpResponse:
    response = HttpResponse("".join(lines(rows)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _key_of(cell: Cell) -> Any:
    """What a key used; 0 for those that are gone."""
    return cell.key or 0 if cell.source in ("program", "task") else None


def _page(request: SignedInRequest, added: Added, **context: Any) -> HttpResponse:
    days = days_of(request)
    by_day = added.by_day(days=days, zone=zone_of(request))
    context = {
        "total": added.total,
        "origins": _origins(added, is_own=not context.get("whose")),
        "charts": [each for each in _charts(by_day) if each.bars],
        "days": [(day, each) for day, each in reversed(by_day.items()) if each.count],
        "models": usage.ranked(added.sums(lambda cell: cell.model))[:MOST_ROWS],
        "periods": PERIODS,
        "period": str(days),
    } | context
    return render(request, "usage.html", context)


def _origins(added: Added, *, is_own: bool) -> list[tuple[Origin, Sum]]:
    """What is from the page, then programs, then what of these were tasks."""
    found: dict[str, Sum] = added.sums(lambda cell: cell.source)
    found["programs"] = added.sums(lambda cell: _key_of(cell) is not None).get(True, Sum())
    return [
        (origin if is_own else origin._replace(href=""), found[name])
        for name, origin in ORIGINS.items()
        if name in found and found[name].count
    ]


def _charts(by_day: dict[date, Sum]) -> tuple[Chart, ...]:
    costs, tokens, waits = {}, {}, {}
    for day, each in by_day.items():
        costs[day] = (float(each.cost), dollars(float(each.cost)))
        tokens[day] = (each.tokens, f"{each.tokens:,} tokens")
        wait = each.wait.p50 if each.wait else 0
        waits[day] = (wait, seconds(wait))
    return (
        chart("Cost", costs),
        chart("Tokens", tokens),
        chart("Wait for the first token, median", waits),
    )


def _sheet(
    request: HttpRequest, rows: Iterable[Used], *, names: dict[Any, str], people: dict[int, str]
) -> HttpResponse:
    zone: tzinfo = zone_of(request)

    def cells() -> Any:
        yield COLUMNS
        for row in rows:
            yield (
                *(row.at.astimezone(zone).isoformat(timespec="seconds"), people.get(row.user_id)),
                *(row.source, names.get(row.conversation_id or row.key_id)),
                *(row.model, row.status, row.error_code),
                *(row.input_tokens, row.output_tokens, row.cost),
                *(row.first_token_ms, row.total_ms),
            )

    return csv_response(cells(), name="usage.csv")
