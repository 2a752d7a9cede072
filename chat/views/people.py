"""Who has an account here: for administrators.

The one rule: nobody changes the own standing here, so that there is always an administrator left.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from chat.forms import InvitationForm
from chat.models import LastAdministrator, Link, User
from chat.views.requests import SignedInRequest, administrators_only

ONESELF = "Nobody can change the own standing. Another administrator has to do that."
LAST = "That is the last administrator. Make somebody else one first."


@require_safe
@administrators_only
def people(request: SignedInRequest) -> HttpResponse:
    return _page(request)


@require_POST
@administrators_only
def invitations(request: SignedInRequest) -> HttpResponse:
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form)
    link, token = Link.invite(made_by=request.user, **form.cleaned_data)
    # Shown in this answer and nowhere else; a redirect would have to keep it somewhere.
    return _page(request, status=201, link=link, address=link.address(token))


@require_POST
@administrators_only
def invitation_revocation(request: SignedInRequest, pk: int) -> HttpResponse:
    get_object_or_404(Link.open_invitations(), pk=pk).delete()
    messages.success(request, "That invitation no longer works.")
    return redirect("people")


@require_POST
@administrators_only
def deactivation(request: SignedInRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    if person == request.user:
        return _page(request, status=409, problem=ONESELF)
    try:
        person.deactivate()
    except LastAdministrator:
        return _page(request, status=409, problem=LAST)
    messages.success(request, f"{person} can no longer sign in and is signed out everywhere.")
    return redirect("people")


@require_POST
@administrators_only
def reactivation(request: SignedInRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    person.reactivate()
    messages.success(request, f"{person} can sign in again.")
    return redirect("people")


@require_POST
@administrators_only
def promotion(request: SignedInRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk, is_active=True)
    person.promote()
    messages.success(request, f"{person} is an administrator now.")
    return redirect("people")


@require_POST
@administrators_only
def demotion(request: SignedInRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    if person == request.user:
        return _page(request, status=409, problem=ONESELF)
    try:
        person.demote()
    except LastAdministrator:
        return _page(request, status=409, problem=LAST)
    messages.success(request, f"{person} is no longer an administrator.")
    return redirect("people")


@require_POST
@administrators_only
def reset_links(request: SignedInRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk, is_active=True)
    if person == request.user:
        return _page(request, status=409, problem=ONESELF)
    link, token = Link.make_reset(person, made_by=request.user)
    return _page(request, status=201, link=link, address=link.address(token))


def _page(request: SignedInRequest, *, status: int = 200, **context: object) -> HttpResponse:
    context = {
        "form": InvitationForm(),
        "people": User.objects.order_by("-is_active", "username"),
        "invitations": Link.open_invitations().select_related("made_by"),
    } | context
    return render(request, "people.html", context, status=status)
