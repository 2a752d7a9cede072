"""The receipt of a turn: in the dialog, as a page, as JSON; compared, and as the request again."""

from __future__ import annotations

import contextlib

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chat import bodies, differences, figures, receipts
from chat.models import Turn
from chat.views.finding import turn_or_404
from chat.views.requests import SignedInRequest, is_fragment


@login_required
@require_safe
def show(request: SignedInRequest, pk: int) -> HttpResponse:
    turn = turn_or_404(request.user, pk)
    template = "_receipt.html" if is_fragment(request) else "receipt.html"
    context = {
        "turn": turn,
        "sections": figures.sections(turn),
        "asked": turn.receipt["asked"],
        "has_others": turn.has_others,
    }
    return render(request, template, context)


@login_required
@require_safe
def download(request: SignedInRequest, pk: int) -> HttpResponse:
    turn = turn_or_404(request.user, pk)
    response = JsonResponse(receipts.as_json(turn), json_dumps_params={"indent": 2})
    response.headers["Content-Disposition"] = f'attachment; filename="receipt-{turn.pk}.json"'
    return response


@login_required
@require_safe
def body(request: SignedInRequest, pk: int) -> HttpResponse:
    """The request as it was sent, in the words of its dialect."""
    turn = turn_or_404(request.user, pk)
    style = {"indent": 2, "ensure_ascii": False}
    return JsonResponse(bodies.body(turn, request.user), json_dumps_params=style)


@login_required
@require_safe
def difference(request: SignedInRequest, pk: int) -> HttpResponse:
    """Against another answer of the same conversation; against the last one if none is named."""
    turn = turn_or_404(request.user, pk)
    choices = differences.choices(turn)
    named = request.GET.get("with", "")
    other = choices[0].turn if choices else None
    if named:
        other = _named(choices, _number(named))
    context = {"turn": turn, "choices": choices, "other": other}
    if other is not None:
        context["rows"] = differences.rows(other, turn)
        context["words"] = differences.words(other.answer.text, turn.answer.text)
    template = "_difference.html" if is_fragment(request) else "difference.html"
    return render(request, template, context)


def _named(choices: list[differences.Choice], pk: int) -> Turn:
    found = next((choice.turn for choice in choices if choice.turn.pk == pk), None)
    if found is None:
        raise Http404
    return found


def _number(text: str) -> int:
    with contextlib.suppress(ValueError):
        return min(int(text[:19]), 2**63 - 1)
    return 0
