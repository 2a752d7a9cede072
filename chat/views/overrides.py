"""What administrators set over the catalogue: the list, the form, the deletion.

The one rule: to everybody else these pages do not exist.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from chat import catalog, overrides
from chat.catalog.override import BAD_ID, is_id
from chat.models import ModelOverride
from chat.override_form import OverrideForm
from chat.override_list import line, lines
from chat.views.requests import SignedInRequest, administrators_only


@require_safe
@administrators_only
def index(request: SignedInRequest) -> HttpResponse:
    rows = ModelOverride.objects.select_related("changed_by")
    return render(request, "overrides.html", {"lines": lines(rows)})


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def new(request: SignedInRequest) -> HttpResponse:
    """First which model, as `?id=`; then its facts."""
    model_id = request.GET.get("id", "").strip().lower()
    if not is_id(model_id):
        problem = BAD_ID if "id" in request.GET else ""
        context = {"models": catalog.models(), "id": model_id[:200], "problem": problem}
        return render(request, "override_choice.html", context)
    row = ModelOverride.objects.filter(model_id=model_id).first()
    if row is not None:
        return redirect("overrides:edit", row.pk)
    return _edit(request, OverrideForm(model_id, request.POST or None))


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(ModelOverride, pk=pk)
    return _edit(request, OverrideForm(row.model_id, request.POST or None, row=row))


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def deletion(request: SignedInRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(ModelOverride, pk=pk)
    shown = line(row)
    if request.method != "POST":
        return render(request, "override_deletion.html", {"line": shown, "row": row})
    row.delete()
    overrides.forget()
    end = "is deleted." if shown.is_new else "is again as the catalogue has it."
    messages.success(request, f"{shown.name} {end}")
    return redirect("overrides:index")


def _edit(request: SignedInRequest, form: OverrideForm) -> HttpResponse:
    if not form.is_valid():
        context = {"form": form, "row": form.row, "base": form.base, "id": form.model_id}
        return render(request, "override.html", context)
    row = form.save(request.user)
    overrides.forget()
    model = overrides.get(row.model_id)
    if model is None:
        raise Http404
    messages.success(request, f"{model.name} is saved. Answers from now on are charged by it.")
    return redirect("overrides:index")
