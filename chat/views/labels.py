"""Folders and tags: the page where they are made, renamed and deleted, and the form that puts one
conversation where it belongs."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat import filing
from chat.models import Folder, Tag
from chat.models.label import Colour, Refused
from chat.views.requests import SignedInRequest, is_fragment

Kind = type[Folder] | type[Tag]


@login_required
@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    return _page(request)


@login_required
@require_POST
def new(request: SignedInRequest, kind: Kind) -> HttpResponse:
    name, colour = _typed(request)
    try:
        kind.make(request.user, name, colour=colour)
    except Refused as refused:
        return _page(request, kind=kind, name=name, problem=str(refused))
    return redirect("/labels/")


@login_required
@require_POST
def edit(request: SignedInRequest, pk: int, kind: Kind) -> HttpResponse:
    label = get_object_or_404(kind.of(request.user), pk=pk)
    name, colour = _typed(request)
    try:
        label.change(name=name, colour=colour)
    except Refused as refused:
        return _page(request, kind=kind, name=name, problem=str(refused), pk=pk)
    return redirect("/labels/")


@login_required
@require_POST
def deletion(request: SignedInRequest, pk: int, kind: Kind) -> HttpResponse:
    """The conversations stay."""
    get_object_or_404(kind.of(request.user), pk=pk).delete()
    return redirect("/labels/")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The folder and the tags of one: those that there are, and new ones by their names."""
    row = get_object_or_404(request.user.begun_conversations, pk=pk)
    form = filing.Form.of(request.user, row)
    if request.method == "POST":
        form = filing.Form.parse(request.user, row, request.POST)
        if not form.problem:
            form = filing.file(form)
        if not form.problem:
            return HttpResponse(status=204) if is_fragment(request) else redirect(row)
    template = "_filing.html" if is_fragment(request) else "filing.html"
    return render(request, template, {"form": form, "conversation": row})


def _typed(request: SignedInRequest) -> tuple[str, str]:
    colour = request.POST.get("colour", "")
    return request.POST.get("name", "")[:1000], colour if colour in Colour.values else ""


def _page(
    request: SignedInRequest,
    *,
    kind: Kind | None = None,
    name: str = "",
    problem: str = "",
    pk: int | None = None,
) -> HttpResponse:
    """`problem` is that of the form for a new one of that kind, or of the row `pk`."""
    seen = request.user.begun_conversations.values("pk")
    kept = Count("conversations", filter=Q(conversations__in=seen))
    groups = [
        {
            "word": each._meta.verbose_name,
            "path": path,
            "rows": each.of(request.user).annotate(count=kept).order_by("key"),
            "is_refused": each is kind,
        }
        for each, path in ((Folder, "folders"), (Tag, "tags"))
    ]
    context = {
        "groups": groups,
        "colours": Colour.choices,
        "name": name,
        "problem": problem,
        "refused": pk,
    }
    return render(request, "labels.html", context, status=422 if problem else 200)
