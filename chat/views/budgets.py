"""Budgets of people: one's own to look at, everybody's for administrators to set.

The one rule: nobody sets the own budget but administrators, who answer for all of them.
"""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from chat import budgets
from chat.budget_form import BudgetForm
from chat.models import User
from chat.models.ledger import holder_of
from chat.views.history import zone_of
from chat.views.requests import SignedInRequest, administrators_only


@require_safe
@login_required
def own(request: SignedInRequest) -> HttpResponse:
    return _page(request, request.user)


@require_safe
@login_required
def left(request: SignedInRequest) -> HttpResponse:
    """For the estimate, when an answer has ended."""
    said = budgets.left_in(request.user, request.GET.get("conversation", ""))
    return HttpResponse(said, content_type="text/plain; charset=utf-8")


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    form = BudgetForm(request.POST or None, holder=holder_of(person))
    if not form.is_valid():
        return _page(request, person, form=form, person=person, whose=str(person))
    form.save()
    messages.success(request, f"The budget of {person} is saved.")
    return redirect("budget_of_person", person.pk)


def _page(request: SignedInRequest, user: User, **context: object) -> HttpResponse:
    found = budgets.standings(holder_of(user))
    context = {
        "standings": found,
        "has_budget": any(each.limit is not None for each in found),
        "zone": zone_of(request),
    } | context
    return render(request, "budget.html", context)
