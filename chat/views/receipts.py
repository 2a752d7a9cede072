"""The receipt of a turn: in the dialog, as a page, and as JSON."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from chat import figures, receipts
from chat.models import Turn
from chat.views.requests import SignedInRequest, is_fragment


@login_required
@require_safe
def show(request: SignedInRequest, pk: int) -> HttpResponse:
    turn = _turn(request, pk)
    template = "_receipt.html" if is_fragment(request) else "receipt.html"
    return render(request, template, {"turn": turn, "sections": figures.sections(turn)})


@login_required
@require_safe
def download(request: SignedInRequest, pk: int) -> HttpResponse:
    turn = _turn(request, pk)
    response = JsonResponse(receipts.as_json(turn), json_dumps_params={"indent": 2})
    response.headers["Content-Disposition"] = f'attachment; filename="receipt-{turn.pk}.json"'
    return response


def _turn(request: SignedInRequest, pk: int) -> Turn:
    """A turn goes with its conversation: deleted is deleted."""
    rows = Turn.objects.filter(conversation__in=request.user.conversations.all())
    return get_object_or_404(rows.select_related("conversation"), pk=pk)
