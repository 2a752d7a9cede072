"""The list of conversations, or what a search found in them: a fragment for the rail, or a page
where scripts are off."""

from __future__ import annotations

from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chat import history, search
from chat.views.requests import SignedInRequest, is_fragment


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
    page = history.page(request.user, zone=zone_of(request), before=history.Place.parse(before))
    template = "_history.html" if is_fragment(request) else "history.html"
    return render(request, template, {"history": page})


def zone_of(request: HttpRequest) -> tzinfo:
    """Where the person's days begin: the page says so in a cookie, else UTC."""
    try:
        return ZoneInfo(request.COOKIES.get("zone", "UTC"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
