"""Which models there are, and a page for each: the playground with that model, and its facts.

The one rule: the same facts for everybody who may read them; what can be used here, and with whose
key, is for those who are signed in.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from chat import directory, manuals
from chat.catalog.entries import CatalogModel
from chat.directory import Entry
from chat.models import Lane, User
from chat.profiles import Profile, addresses, claude_code, profile
from chat.rendering import render as rendered
from chat.selection import (
    AVAILABILITIES,
    CAPABILITIES,
    MODALITIES,
    ORDERS,
    PRICES,
    WINDOWS,
    Selection,
)
from chat.views import conversations
from chat.views.requests import SignedInRequest, is_fragment

View = TypeVar("View", bound=Callable[..., HttpResponse])


def readers_only(view: View) -> View:
    """Those who are signed in, or everybody where the settings open the catalogue."""
    guarded = login_required(view)

    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        inner = view if settings.PUBLIC_CATALOG else guarded
        return inner(request, *args, **kwargs)

    return cast(View, door)


@readers_only
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    reader = reader_of(request)
    selection = Selection.parse(request.GET)
    entries = directory.entries(reader, on=timezone.now().date())
    found = selection.of(entries)
    context = {
        "selection": selection,
        "entries": found,
        "total": len(entries),
        "is_signed_in": request.user.is_authenticated,
    }
    if is_fragment(request):
        return render(request, "_model_results.html", context)
    choices = {
        "vendors": directory.vendors(reader),
        "modalities": MODALITIES,
        "capabilities": CAPABILITIES,
        "prices": PRICES,
        "windows": WINDOWS,
        "availabilities": AVAILABILITIES if request.user.is_authenticated else {},
        "orders": ORDERS,
        "canonical_url": f"{settings.SITE_URL}/models/",
    }
    return render(request, "models.html", context | choices)


@readers_only
@require_safe
@ensure_csrf_cookie
def show(request: HttpRequest, vendor: str, slug: str) -> HttpResponse:
    """With the first endpoint that offers it, or with `?endpoint=` another one of them."""
    model = model_or_404(request, vendor, slug)
    reader, today = reader_of(request), timezone.now().date()
    entry = directory.entry(model, reader, on=today)
    context = _context(entry, profile(model, on=today, among=directory.vendors(reader)))
    offers = entry.offers
    if not offers:
        return render(request, "model.html", context)
    wanted = request.GET.get("endpoint")
    offer = next((offer for offer in offers if offer.endpoint.name == wanted), offers[0])
    return conversations.page(
        cast(SignedInRequest, request),
        Lane(model=offer.key),
        prompt=request.GET.get("prompt", ""),
        template="model_playground.html",
        more=context,
    )


def model_or_404(request: HttpRequest, vendor: str, slug: str) -> CatalogModel:
    model = directory.get(f"{vendor}/{slug}", reader_of(request))
    if model is None:
        raise Http404
    return model


def reader_of(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _context(entry: Entry, facts: Profile) -> dict[str, Any]:
    code = [(snippet, _code(snippet.text, snippet.colours)) for snippet in facts.snippets]
    context = {"entry": entry, "profile": facts, "code": code}
    # Without an endpoint here our API has nobody to ask.
    if entry.offers and _has_api():
        shell = claude_code(facts.model)
        context["api"] = addresses(facts.model)
        context["claude_code"] = shell and _code(shell, "bash")
        context["manuals"] = manuals.manuals()
    return context


def _code(text: str, language: str) -> str:
    return rendered(f"```{language}\n{text}```")


def _has_api() -> bool:
    try:
        resolve("/api/v1/models")
    except Resolver404:
        return False
    return True
