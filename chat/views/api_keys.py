"""The keys of a person's programs.

The one rule: a secret is in the answer to the form that made it, and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat.key_form import KeyForm, RotationForm
from chat.models import Account, ApiKey, Budget
from chat.models.ledger import BILLION, Period
from chat.views.requests import SignedInRequest

ENOUGH = "That is as many as one person can keep. Revoke one that is not used any more."


@dataclass(frozen=True, slots=True)
class Line:
    """One key of the list, with what it has spent."""

    key: ApiKey
    spent: Decimal
    """US dollars in this month."""
    budgets: list[Budget]


@require_safe
@login_required
def index(request: SignedInRequest) -> HttpResponse:
    return _list(request)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("secret")
@login_required
def new(request: SignedInRequest) -> HttpResponse:
    if request.user.api_keys.filter(revoked_at=None).count() >= settings.LIMITS.api_keys:
        return _list(request, status=409, problem=ENOUGH)
    form = KeyForm(request.POST or None)
    if not form.is_valid():
        return render(request, "api_key.html", {"form": form})
    key, secret = form.make(request.user)
    return _list(request, status=201, secret=secret, secret_of=key)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: SignedInRequest, pk: UUID) -> HttpResponse:
    key = get_object_or_404(request.user.api_keys, pk=pk, revoked_at=None)
    form = KeyForm(request.POST or None, row=key)
    if not form.is_valid():
        context = {"form": form, "key": key, "rotation": RotationForm()}
        return render(request, "api_key.html", context)
    form.save()
    messages.success(request, "Saved.")
    return redirect("api_keys")


@require_POST
@sensitive_variables("secret")
@login_required
def rotation(request: SignedInRequest, pk: UUID) -> HttpResponse:
    key = get_object_or_404(request.user.api_keys, pk=pk, revoked_at=None)
    form = RotationForm(request.POST)
    if not form.is_valid():
        return redirect("api_key", key.pk)
    secret = key.rotate(overlap=form.length)
    return _list(request, status=201, secret=secret, secret_of=key)


@require_POST
@login_required
def revocation(request: SignedInRequest, pk: UUID) -> HttpResponse:
    key = get_object_or_404(request.user.api_keys, pk=pk, revoked_at=None)
    key.revoke()
    messages.success(request, f"{key} no longer works.")
    return redirect("api_keys")


def _list(request: SignedInRequest, *, status: int = 200, **context: object) -> HttpResponse:
    context = {
        "lines": _lines(list(request.user.api_keys.filter(revoked_at=None))),
        "site": settings.SITE_URL,
    } | context
    return render(request, "api_keys.html", context, status=status)


def _lines(keys: list[ApiKey]) -> list[Line]:
    holders = [key.holder for key in keys]
    budgets = list(Budget.objects.filter(holder__in=holders))
    month = Account.objects.filter(holder__in=holders, period=Period.MONTH.name_at(timezone.now()))
    spent = dict(month.values_list("holder", "spent"))
    return [
        Line(
            key,
            Decimal(spent.get(key.holder, 0)) / BILLION,
            [budget for budget in budgets if budget.holder == key.holder],
        )
        for key in keys
    ]
