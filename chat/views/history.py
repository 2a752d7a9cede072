"""The list of conversations: a fragment for the rail, or a page where scripts are off."""

from __future__ import annotations

from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chat import history
from chat.views.requests import SignedInRequest, is_fragment


@login_required
@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    page = history.page(
        request.user,
        zone=zone_of(request),
        query=request.GET.get("q", "")[:200],
        before=history.Place.parse(request.GET.get("before", "")),
    )
    template = "_history.html" if is_fragment(request) else "history.html"
    return render(request, template, {"history": page})


def zone_of(request: HttpRequest) -> tzinfo:
    """Where the person's days begin: the page says so in a cookie, else UTC."""
    try:
        return ZoneInfo(request.COOKIES.get("zone", "UTC"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
