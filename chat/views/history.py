"""The list of conversations, or what a search found in them: a fragment for the rail, or a page
where scripts are off."""

from __future__ import annotations

import contextlib
from datetime import tzinfo
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.decorators import login_required
from django.db.models import Manager
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from chat import changes as bulk
from chat import history, search
from chat.models import Folder, Tag, Team, User
from chat.models.team import WRITING
from chat.views.requests import SignedInRequest, is_fragment

Row = TypeVar("Row", Folder, Tag)
MOST_AT_ONCE = 1000
ROWS = "rows"
"""Asked for by the list of the page, whose lines can be selected; the rail has others."""


@login_required
@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    typed, before = request.GET.get("q", ""), request.GET.get("before", "")
    if typed.strip():
        found = search.find(
            request.user, typed, zone=zone_of(request), before=search.parse_place(before)
        )
        template = "_found.html" if is_fragment(request) else "found.html"
        return render(request, template, {"found": found})
    view = view_of(request)
    place = history.Place.parse(before, view.sort)
    is_rail = is_fragment(request) and request.headers["X-Fragment"] != ROWS
    page = history.page(
        request.user, zone=zone_of(request), before=place, view=view, has_labels=not is_rail
    )
    context = {"history": page, "may_only_read": _may_only_read(request.user, view)}
    if is_rail:
        return render(request, "_history.html", context)
    if is_fragment(request):
        return render(request, "_history_rows.html", context)
    context |= {"changed": request.session.pop("changed", None), "sorts": history.SORTS}
    return render(request, "history.html", context)


@login_required
@require_POST
def changes(request: SignedInRequest) -> HttpResponse:
    """Pin, archive, move, tag or delete, or undo that, for one conversation or many."""
    try:
        changed = bulk.apply(
            request.user,
            request.POST.get("change", ""),
            _pks(request.POST),
            folders=request.POST.getlist("folder")[:MOST_AT_ONCE],
            tag=request.POST.get("tag", ""),
        )
    except bulk.NotThere:
        raise Http404 from None
    if is_fragment(request):
        return render(request, "_changed.html", {"changed": changed})
    request.session["changed"] = {"text": changed.text, "undo": list(changed.undo)}
    return redirect("/history/")


def view_of(request: SignedInRequest) -> history.View:
    """What the address asks for, in the order that was last picked unless it names one."""
    given = request.GET
    sort = given.get("sort")
    return history.View(
        is_archive=bool(given.get("archive")),
        folder=_row(request.user.folders, given.get("folder")),
        tag=_row(request.user.tags, given.get("tag")),
        team=_team(request.user, given.get("team")),
        sort=sort if sort and sort in history.SORTS else sort_of(request),
    )


def sort_of(request: HttpRequest) -> str:
    """The order that was last picked: the page says so in a cookie."""
    sort = request.COOKIES.get("sort", "")
    return sort if sort in history.SORTS else "active"


def _row(rows: Manager[Row], text: str | None) -> Row | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Http404
    return get_object_or_404(rows.all(), pk=text)


def _team(user: User, text: str | None) -> Team | None:
    if not text:
        return None
    with contextlib.suppress(ValueError):
        return get_object_or_404(Team.of(user), pk=UUID(text))
    raise Http404


def _may_only_read(user: User, view: history.View) -> bool:
    """What the team has, as one of its viewers."""
    return bool(view.team) and view.team not in Team.of(user, *WRITING)


def _pks(values: QueryDict) -> tuple[UUID, ...]:
    found = []
    for text in values.getlist("conversation")[:MOST_AT_ONCE]:
        with contextlib.suppress(ValueError):
            found.append(UUID(text))
    return tuple(dict.fromkeys(found))


def zone_of(request: HttpRequest) -> tzinfo:
    """Where the person's days begin: the page says so in a cookie, else UTC."""
    try:
        return ZoneInfo(request.COOKIES.get("zone", "UTC"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
