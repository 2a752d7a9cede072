"""Demos, for whoever runs them: made, watched, ended.

The one rule: what it may cost is settled before there is an address to give away.
"""

from __future__ import annotations

import io
from decimal import Decimal
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat.demo_form import DemoForm
from chat.models import Demo
from chat.views.requests import SignedInRequest

ENOUGH = "That is as many demos as one person can have. Delete one first."
PAGE = 50
MAX_OUTPUT_TOKENS = 1000


@login_required
@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    demos = Paginator(
        request.user.demos.select_related("user").annotate(guest_count=Count("guests")), PAGE
    )
    return render(request, "demos.html", {"demos": demos.get_page(request.GET.get("page"))})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """As the conversation is set that the address names, if it names one."""
    if request.user.demos.count() >= settings.LIMITS.demos:
        messages.error(request, ENOUGH)
        return redirect("demos")
    demo = Demo(user=request.user, dollars=Decimal(1), parameters=_bounded({}))
    if named := request.GET.get("conversation"):
        rows = request.user.editable_conversations
        lane = get_object_or_404(rows, pk=_uuid(named)).lanes.first()
        if lane is not None:
            demo.model, demo.system = lane.model, lane.system
            demo.parameters = _bounded(lane.parameters)
    return _form(request, demo)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: UUID) -> HttpResponse:
    return _form(request, get_object_or_404(request.user.demos, pk=pk))


@login_required
@require_safe
def show(request: SignedInRequest, pk: UUID) -> HttpResponse:
    demo = get_object_or_404(request.user.demos.select_related("user"), pk=pk)
    guests = demo.guests.prefetch_related("conversations").select_related("claimed_by")
    dollars, said, tokens = demo.spent()
    context = {
        "demo": demo,
        "spent": {"dollars": dollars, "messages": said, "tokens": tokens},
        "present": demo.present().count(),
        "guests": Paginator(guests, PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "demo.html", context)


@login_required
@require_safe
def code(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """ISO/IEC 18004, as SVG."""
    address = get_object_or_404(request.user.demos, pk=pk).address
    if address is None:
        raise Http404
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", scale=8, border=3, xmldecl=False)
    response = HttpResponse(out.getvalue(), content_type="image/svg+xml")
    # It is ours from the first byte to the last; as a page of its own it could do nothing even so.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@login_required
@require_POST
def closing(request: SignedInRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(request.user.demos, pk=pk).close()
    messages.success(request, "Closed. Guests see it within five seconds.")
    return redirect("demo", pk)


@login_required
@require_POST
def reopening(request: SignedInRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(request.user.demos, pk=pk).reopen()
    return redirect("demo", pk)


@login_required
@require_POST
def deletion(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The transcripts stay, as conversations of their owner's."""
    demo = get_object_or_404(request.user.demos, pk=pk)
    demo.close()
    demo.delete()
    messages.success(request, f"“{demo}” is deleted.")
    return redirect("demos")


def _form(request: SignedInRequest, demo: Demo) -> HttpResponse:
    if request.method == "POST":
        form = DemoForm(demo, request.POST, request.FILES)
        if form.is_valid():
            form.apply()
            demo.publish()
            return redirect("demo", demo.pk)
    else:
        form = DemoForm(demo)
    return render(
        request, "demo_form.html", {"form": form, "demo": demo, "is_new": demo._state.adding}
    )


def _bounded(parameters: dict[str, object]) -> dict[str, object]:
    """An answer without a limit would reserve a whole window for each guest."""
    return {"max_output_tokens": MAX_OUTPUT_TOKENS} | parameters


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
