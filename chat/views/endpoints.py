"""Endpoints and their keys: everybody's, for administrators; a person's own, for that person.

The one rule: both are the same pages over different rows, and to whoever may not change the rows
the pages do not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat import discovery, endpoints
from chat.endpoint_form import EndpointForm
from chat.endpoint_list import Line, lines
from chat.llm.providers import PROVIDERS, Provider
from chat.models import Attempt, Endpoint, RefusedParameter, TooManyAttempts
from chat.secrets import Unreadable
from chat.views.requests import SignedInRequest, administrators_only

ENOUGH = "That is as many as one person can keep. Delete one first."


@dataclass(frozen=True, slots=True)
class Shelf:
    """The rows that this person may change, and where their pages are."""

    rows: QuerySet[Endpoint]
    is_own: bool

    @property
    def pages(self) -> str:
        return "keys" if self.is_own else "endpoints"

    @property
    def is_full(self) -> bool:
        return self.is_own and self.rows.count() >= settings.LIMITS.own_endpoints


def behind_the_door(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Gives the view the shelf that its address means."""

    @administrators_only
    def shared(request: SignedInRequest, **kwargs: UUID) -> HttpResponse:
        return view(request, Shelf(Endpoint.shared(), is_own=False), **kwargs)

    @login_required
    def own(request: SignedInRequest, **kwargs: UUID) -> HttpResponse:
        return view(request, Shelf(request.user.endpoints.all(), is_own=True), **kwargs)

    @wraps(view)
    def guarded(request: SignedInRequest, *, is_own: bool, **kwargs: UUID) -> HttpResponse:
        if is_own and not settings.OWN_KEYS:
            raise Http404
        return (own if is_own else shared)(request, **kwargs)

    return guarded


@require_safe
@behind_the_door
def index(request: SignedInRequest, shelf: Shelf) -> HttpResponse:
    return _page(request, shelf)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("key")
@sensitive_variables("form")
@behind_the_door
def new(request: SignedInRequest, shelf: Shelf) -> HttpResponse:
    if shelf.is_full:
        return _page(request, shelf, status=409, problem=ENOUGH)
    if "provider" not in request.GET:
        context = {"providers": _choices(shelf), "pages": shelf.pages}
        return render(request, "endpoint_providers.html", context)
    provider = _provider(shelf, request.GET["provider"])
    form = EndpointForm(provider, request.POST or None, is_own=shelf.is_own)
    return _edit(request, shelf, form)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("key")
@sensitive_variables("form")
@behind_the_door
def edit(request: SignedInRequest, shelf: Shelf, pk: UUID) -> HttpResponse:
    row = get_object_or_404(shelf.rows, pk=pk)
    provider = PROVIDERS.get(row.provider, PROVIDERS["compatible"])
    return _edit(
        request, shelf, EndpointForm(provider, request.POST or None, row=row, is_own=shelf.is_own)
    )


@require_POST
@behind_the_door
def check(request: SignedInRequest, shelf: Shelf, pk: UUID) -> HttpResponse:
    row = get_object_or_404(shelf.rows, pk=pk)
    return _checked(request, shelf, [row])


@require_POST
@behind_the_door
def checks(request: SignedInRequest, shelf: Shelf) -> HttpResponse:
    """Of all at once."""
    return _checked(request, shelf, list(shelf.rows.filter(is_enabled=True)), is_of_all=True)


@require_POST
@behind_the_door
def position(request: SignedInRequest, shelf: Shelf, pk: UUID) -> HttpResponse:
    row = get_object_or_404(shelf.rows, pk=pk)
    row.move(-1 if request.POST.get("direction") == "up" else 1)
    return redirect(f"{shelf.pages}:index")


@require_POST
@behind_the_door
def activation(request: SignedInRequest, shelf: Shelf, pk: UUID) -> HttpResponse:
    row = get_object_or_404(shelf.rows, pk=pk)
    row.enable()
    messages.success(request, f"The models of {row} can be picked again.")
    return redirect(f"{shelf.pages}:index")


@require_POST
@behind_the_door
def deactivation(request: SignedInRequest, shelf: Shelf, pk: UUID) -> HttpResponse:
    row = get_object_or_404(shelf.rows, pk=pk)
    row.disable()
    messages.success(request, f"The models of {row} can no longer be picked.")
    return redirect(f"{shelf.pages}:index")


@require_http_methods(["GET", "HEAD", "POST"])
@behind_the_door
def deletion(request: SignedInRequest, shelf: Shelf, pk: UUID) -> HttpResponse:
    row = get_object_or_404(shelf.rows, pk=pk)
    if request.method != "POST":
        return render(request, "endpoint_deletion.html", {"row": row, "pages": shelf.pages})
    RefusedParameter.forget_endpoint(row.name)
    row.delete()
    messages.success(request, f"{row} and its key are deleted.")
    return redirect(f"{shelf.pages}:index")


def _edit(request: SignedInRequest, shelf: Shelf, form: EndpointForm) -> HttpResponse:
    context = {"form": form, "row": form.row, "provider": form.provider, "pages": shelf.pages}
    if not form.is_valid():
        return render(request, "endpoint.html", context)
    row = form.save(request.user, is_own=shelf.is_own)
    messages.success(request, f"{row} is saved.")
    return _checked(request, shelf, [row])


def _checked(
    request: SignedInRequest, shelf: Shelf, rows: list[Endpoint], *, is_of_all: bool = False
) -> HttpResponse:
    """Ask them, and show in the list what they said."""
    limit = settings.LIMITS.endpoint_checks_per_minute
    try:
        Attempt.make(Attempt.Kind.CHECK, request.user.username, limit=limit)
    except TooManyAttempts as refusal:
        response = _page(request, shelf, status=429, problem=refusal.message)
        response.headers["Retry-After"] = str(refusal.seconds)
        return response
    asked = list(endpoints.from_environment()) if is_of_all and not shelf.is_own else []
    for row in rows:
        try:
            asked.append(row.to_llm())
        except Unreadable:
            continue  # the list says so
    discovery.check(asked)
    return redirect(f"{shelf.pages}:index")


def _page(
    request: SignedInRequest, shelf: Shelf, *, status: int = 200, problem: str = ""
) -> HttpResponse:
    found: list[Line] = lines(shelf.rows, is_own=shelf.is_own)
    context = {"lines": found, "pages": shelf.pages, "is_own": shelf.is_own, "problem": problem}
    return render(request, "endpoints.html", context, status=status)


def _choices(shelf: Shelf) -> list[Provider]:
    """Any compatible address last. What runs on this network is nobody's own."""
    rows = [row for row in PROVIDERS.values() if row.name not in ("local", "compatible")]
    if shelf.is_own:
        rows = [row for row in rows if not row.is_on_this_network]
    return [*rows, PROVIDERS["compatible"]]


def _provider(shelf: Shelf, name: str) -> Provider:
    found = next((row for row in _choices(shelf) if row.name == name), None)
    if found is None:
        raise Http404
    return found
