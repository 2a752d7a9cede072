"""The list of conversations, or what a search found in them: a fragment for the rail, or a page
where scripts are off."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import tzinfo
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from chat import history, search
from chat.models import Conversation
from chat.models.conversation import CHANGES
from chat.views.requests import SignedInRequest, is_fragment

MOST_AT_ONCE = 200  # for the undo, their ids have to fit into an address
DONE: dict[str, tuple[str, str | None]] = {
    "pin": ("pinned", "unpin"),
    "unpin": ("no longer pinned", "pin"),
    "archive": ("in the archive", "retrieve"),
    "retrieve": ("back from the archive", "archive"),
    "delete": ("deleted", "restore"),
    "restore": ("back", None),
}
"""What is said when it is done, and what undoes it."""


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
    page = history.page(
        request.user,
        zone=zone_of(request),
        before=history.Place.parse(before),
        is_archive=bool(request.GET.get("archive")),
    )
    template = "_history.html" if is_fragment(request) else "history.html"
    return render(request, template, {"history": page, "changed": _changed(request.GET)})


@login_required
@require_POST
def changes(request: SignedInRequest) -> HttpResponse:
    """Pin, archive, delete, or undo that, for one conversation or many."""
    change = request.POST.get("change", "")
    if change not in CHANGES:
        raise Http404
    rows = Conversation.change(request.user, change, _pks(request.POST))
    if not rows:
        raise Http404
    address = QueryDict(mutable=True)
    address["changed"] = change
    address.setlist("conversation", [str(row.pk) for row in rows])
    if is_fragment(request):
        return render(request, "_changed.html", {"changed": _changed(address)})
    return redirect(f"/history/?{address.urlencode()}")


@dataclass(frozen=True, slots=True)
class Changed:
    """What was just done, and how it is undone."""

    text: str
    undo: str | None
    pks: tuple[UUID, ...]


def _changed(values: QueryDict) -> Changed | None:
    change, pks = values.get("changed", ""), _pks(values)
    if change not in CHANGES or not pks:
        return None
    word, undo = DONE[change]
    count = "The conversation is" if len(pks) == 1 else f"{len(pks)} conversations are"
    return Changed(f"{count} {word}.", undo, pks)


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
