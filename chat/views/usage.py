"""What was used: one's own by day, model and conversation; for administrators everybody's.

The one rule: an administrator sees what somebody used, never what they talked about.
"""

from __future__ import annotations

from datetime import date, tzinfo
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from chat import usage
from chat.figures import dollars, seconds
from chat.models import Conversation, Turn, User
from chat.usage import PERIODS, Sum
from chat.usage.chart import Chart, chart
from chat.usage.sheet import Cell, lines
from chat.views.history import zone_of
from chat.views.requests import SignedInRequest, administrators_only

MOST_ROWS = 50
COLUMNS = (
    *("time", "person", "conversation", "model", "state", "input tokens", "output tokens"),
    *("cost in US dollars", "first token after ms", "whole answer after ms"),
)


@login_required
@require_safe
def own(request: SignedInRequest) -> HttpResponse:
    rows, days, zone = _rows(request, request.user.turns.all())
    found = usage.ranked(usage.sums(rows, lambda row: row.conversation_id))[:MOST_ROWS]
    titles = Conversation.objects.in_bulk([pk for pk, _ in found])
    return _page(
        request,
        rows,
        days,
        zone,
        conversations=[(titles.get(pk), total) for pk, total in found],
        sheet="/usage/turns.csv",
    )


@login_required
@require_safe
def own_sheet(request: SignedInRequest) -> HttpResponse:
    rows, _, zone = _rows(request, request.user.turns.all())
    titles = dict(request.user.conversations.values_list("pk", "title"))
    return _sheet(rows, zone, titles=titles, people={request.user.pk: request.user.username})


@require_safe
@administrators_only
def everybody(request: SignedInRequest) -> HttpResponse:
    rows, days, zone = _rows(request, Turn.objects.all())
    found = usage.ranked(usage.sums(rows, lambda row: row.user_id))[:MOST_ROWS]
    people = User.objects.in_bulk([pk for pk, _ in found])
    return _page(
        request,
        rows,
        days,
        zone,
        people=[(people[pk], total) for pk, total in found if pk in people],
        whose="Everybody",
        sheet="/people/usage/turns.csv",
    )


@require_safe
@administrators_only
def everybody_sheet(request: SignedInRequest) -> HttpResponse:
    rows, _, zone = _rows(request, Turn.objects.all())
    return _sheet(rows, zone, titles={}, people=dict(User.objects.values_list("pk", "username")))


@require_safe
@administrators_only
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    rows, days, zone = _rows(request, person.turns.all())
    return _page(request, rows, days, zone, whose=str(person), sheet=None)


def _rows(request: HttpRequest, turns: QuerySet[Turn]) -> tuple[list[usage.Used], int, tzinfo]:
    """The turns of the period that the address names, and its days."""
    zone = zone_of(request)
    asked = request.GET.get("days", "")
    days = int(asked) if asked in PERIODS else 30
    rows = list(usage.used(turns.filter(created_at__gte=usage.since(days, zone=zone))))
    return rows, days, zone


def _page(
    request: SignedInRequest, rows: list[usage.Used], days: int, zone: tzinfo, **context: Any
) -> HttpResponse:
    total = Sum()
    for row in rows:
        total.add(row)
    by_day = usage.by_day(rows, days=days, zone=zone)
    context = {
        "total": total,
        "charts": [each for each in _charts(by_day) if each.bars],
        "days": [(day, each) for day, each in reversed(by_day.items()) if each.turns],
        "models": usage.ranked(usage.sums(rows, lambda row: row.model))[:MOST_ROWS],
        "periods": PERIODS,
        "period": str(days),
    } | context
    return render(request, "usage.html", context)


def _charts(by_day: dict[date, Sum]) -> tuple[Chart, ...]:
    costs, tokens, waits = {}, {}, {}
    for day, each in by_day.items():
        count = each.input_tokens + each.output_tokens
        costs[day] = (float(each.cost), dollars(float(each.cost)))
        tokens[day] = (count, f"{count:,} tokens")
        waits[day] = (each.first_token_ms or 0, seconds(each.first_token_ms or 0))
    return (
        chart("Cost", costs),
        chart("Tokens", tokens),
        chart("Wait for the first token, median", waits),
    )


def _sheet(
    rows: list[usage.Used], zone: tzinfo, *, titles: dict[Any, str], people: dict[int, str]
) -> HttpResponse:
    def cells() -> Any:
        yield COLUMNS
        for row in rows:
            line: tuple[Cell, ...] = (
                *(row.at.astimezone(zone).isoformat(timespec="seconds"), people.get(row.user_id)),
                *(titles.get(row.conversation_id), row.model, row.status),
                *(row.input_tokens, row.output_tokens, row.cost),
                *(row.first_token_ms, row.total_ms),
            )
            yield line

    response = HttpResponse("".join(lines(cells())), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="turns.csv"'
    return response
