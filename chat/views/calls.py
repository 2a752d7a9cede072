"""What programs asked: the dashboard, the list of requests, each request's receipt, and tasks.

The one rule: one's own and everybody's are the same pages over different rows; to whoever is no
administrator everybody's do not exist, and there nobody's words are shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from chat import call_receipts, figures, usage
from chat.models import ApiCall, ApiKey, ApiTask, User
from chat.usage import PERIODS
from chat.usage.dashboard import Dashboard
from chat.usage.filters import TASK_STATES, Filter
from chat.usage.listing import Page, page
from chat.usage.reading import of_calls
from chat.views.history import zone_of
from chat.views.requests import SignedInRequest, administrators_only
from chat.views.usage import csv_response, days_of

COLUMNS = (
    *("time", "person", "request id", "key", "model", "format", "streamed", "task", "state"),
    *("error", "input tokens", "of these cached", "output tokens", "of these reasoning"),
    *("cost in US dollars", "first token after ms", "whole answer after ms"),
)
_CELLS = (
    *("created_at", "user__username", "request_id", "key__name", "model", "dialect"),
    *("is_streamed", "is_task", "status", "error__code"),
    *("input_tokens", "cache_read_tokens", "output_tokens", "reasoning_tokens"),
    *("cost", "first_token_ms", "total_ms"),
)


@dataclass(frozen=True, slots=True)
class Books:
    """The rows that this person may see, and where their pages are."""

    calls: QuerySet[ApiCall]
    tasks: QuerySet[ApiTask]
    keys: QuerySet[ApiKey]
    people: QuerySet[User] | None = None
    """Of everybody's; None for one's own."""

    @property
    def is_own(self) -> bool:
        return self.people is None

    @property
    def base(self) -> str:
        return "/usage/api/" if self.is_own else "/people/usage/api/"

    def filter(self, request: HttpRequest, **options: Any) -> Filter:
        """A key or a person of somebody else is not there."""
        chosen = Filter(request.GET, keys=self.keys, people=self.people, **options)
        if chosen.names_nobody:
            raise Http404
        return chosen


def behind_the_door(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Gives the view the books that its address means."""

    @administrators_only
    def everybody(request: SignedInRequest, **kwargs: Any) -> HttpResponse:
        people = User.objects.order_by("username")
        rows = ApiCall.objects.all(), ApiTask.objects.all(), ApiKey.objects.all()
        return view(request, Books(*rows, people=people), **kwargs)

    @login_required
    def own(request: SignedInRequest, **kwargs: Any) -> HttpResponse:
        user = request.user
        return view(
            request,
            Books(user.api_calls.all(), user.api_tasks.all(), user.api_keys.all()),
            **kwargs,
        )

    @wraps(view)
    def guarded(request: SignedInRequest, *, is_own: bool, **kwargs: Any) -> HttpResponse:
        return (own if is_own else everybody)(request, **kwargs)

    return guarded


@require_safe
@behind_the_door
def dashboard(request: SignedInRequest, books: Books) -> HttpResponse:
    chosen = books.filter(request, without=("state", "id", "day"))
    days, zone = days_of(request), zone_of(request)
    since = usage.since(days, zone=zone)
    rows = chosen.calls(books.calls.filter(created_at__gte=since), zone=zone)
    board = Dashboard(usage.add_up(of_calls(rows), zone=zone), days=days, zone=zone)
    waiting = chosen.tasks(books.tasks, zone=zone)
    context = {
        "board": board,
        "keys": board.named(board.keys, books.keys.select_related("user")),
        "people": board.named(board.people, User.objects.all()) if not books.is_own else [],
        "waiting": waiting.filter(status__in=ApiTask.UNFINISHED).count(),
        "periods": [
            (label, chosen.query(days=value), value == str(days))
            for value, label in PERIODS.items()
        ],
        "days": days,
    }
    return _page(request, books, "calls.html", chosen, context)


@require_safe
@behind_the_door
def index(request: SignedInRequest, books: Books) -> HttpResponse:
    chosen = books.filter(request)
    rows = chosen.calls(books.calls, zone=zone_of(request)).select_related("key", "user")
    shown = page(rows.defer("receipt"), before=request.GET.get("before", ""))
    return _page(request, books, "call_list.html", chosen, _listed(chosen, shown))


@require_safe
@behind_the_door
def sheet(request: SignedInRequest, books: Books) -> HttpResponse:
    """A line a request: those of the period, or of the day that is named."""
    chosen, zone = books.filter(request), zone_of(request)
    rows = chosen.calls(books.calls, zone=zone).order_by("created_at", "pk")
    if "day" not in chosen.value:
        rows = rows.filter(created_at__gte=usage.since(days_of(request), zone=zone))

    def cells() -> Any:
        yield COLUMNS
        for at, *rest in rows.values_list(*_CELLS).iterator(2000):
            words = ("yes" if cell is True else "no" if cell is False else cell for cell in rest)
            yield (at.astimezone(zone).isoformat(timespec="milliseconds"), *words)

    return csv_response(cells(), name="requests.csv")


@require_safe
@behind_the_door
def show(request: SignedInRequest, books: Books, pk: UUID) -> HttpResponse:
    call = _call(books, pk)
    context = {
        "call": call,
        "sections": figures.sections(call),
        "json": f"{books.base}calls/{call.pk}.json",
        "base": books.base,
    }
    return render(request, "call.html", context)


@require_safe
@behind_the_door
def download(request: SignedInRequest, books: Books, pk: UUID) -> HttpResponse:
    call = _call(books, pk)
    response = JsonResponse(call_receipts.as_json(call), json_dumps_params={"indent": 2})
    name = f"receipt-{call.request_id}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
@behind_the_door
def tasks(request: SignedInRequest, books: Books) -> HttpResponse:
    chosen = books.filter(request, states=TASK_STATES)
    rows = chosen.tasks(books.tasks, zone=zone_of(request)).select_related("key", "user")
    shown = page(rows.defer("body", "result"), before=request.GET.get("before", ""))
    found = books.calls.filter(request_id__in=[task.request_id for task in shown.rows])
    calls: dict[str, list[ApiCall]] = {}
    for call in found.only("request_id", "user", "cost").order_by("created_at"):
        calls.setdefault(call.request_id, []).append(call)
    lines = [(task, calls.get(task.request_id, [])) for task in shown.rows]
    return _page(request, books, "tasks.html", chosen, _listed(chosen, shown) | {"lines": lines})


@require_POST
@login_required
def cancellation(request: SignedInRequest, pk: str) -> HttpResponse:
    """A worker looks once a second whether what it runs is still wanted."""
    task = get_object_or_404(request.user.api_tasks, pk=pk)
    task.cancel()
    said = {
        ApiTask.Status.CANCELLED: "The task is cancelled.",
        ApiTask.Status.RUNNING: "The task is told to stop. It ends within a second or two.",
    }
    messages.success(request, said.get(ApiTask.Status(task.status), "The task had already ended."))
    return redirect("/usage/api/tasks/")


def _call(books: Books, pk: UUID) -> ApiCall:
    call = get_object_or_404(books.calls.select_related("key"), pk=pk)
    return call if books.is_own else call_receipts.without_contents(call)


def _listed(chosen: Filter, shown: Page[Any]) -> dict[str, Any]:
    return {"shown": shown, "older": chosen.query(before=shown.next), "newest": chosen.query()}


def _page(
    request: SignedInRequest,
    books: Books,
    template: str,
    chosen: Filter,
    context: dict[str, Any],
) -> HttpResponse:
    person: Model | None = None
    if books.people is not None and (pk := chosen.value.get("person")):
        person = books.people.get(pk=pk)
    whose = "" if books.is_own else str(person or "Everybody")
    context |= {
        "filter": chosen,
        "base": books.base,
        "is_own": books.is_own,
        "whose": whose,
        "person": person,
        "zone": zone_of(request),
        "query": chosen.query(),
    }
    return render(request, template, context)
