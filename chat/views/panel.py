"""The settings beside a conversation: one row for each parameter that the model takes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from chat import budgets, endpoints, estimates
from chat.catalog.parameters import ParameterSpec
from chat.models import Lane, RefusedParameter
from chat.offers import AvailableModel
from chat.views.requests import SignedInRequest

COMMON = (
    "temperature",
    "max_output_tokens",
    "top_p",
    "frequency_penalty",
    "presence_penalty",
)
"""Shown at once; the others unfold."""
SLIDER_STEPS = 500
"""A slider with more steps than this cannot be set by hand."""


@dataclass(frozen=True, slots=True)
class Row:
    spec: ParameterSpec
    text: str
    default: str
    is_sent: bool
    refused: RefusedParameter | None = None
    """The provider did not take it the last time."""

    @property
    def has_slider(self) -> bool:
        spec = self.spec
        if spec.minimum is None or spec.maximum is None or not spec.step:
            return False
        return (spec.maximum - spec.minimum) / spec.step <= SLIDER_STEPS


@dataclass(frozen=True, slots=True)
class Panel:
    common: tuple[Row, ...]
    rest: tuple[Row, ...]

    @property
    def is_rest_open(self) -> bool:
        return any(row.is_sent for row in self.rest)


@login_required
@require_safe
def panel(request: SignedInRequest) -> HttpResponse:
    """The panel of a model with nothing sent yet: the page fills in what it holds."""
    model = endpoints.find(request.GET.get("model", ""), request.user)
    context = {
        "model": model,
        "lane": Lane(),
        "panel": make_panel(model, {}),
        "facts": estimates.facts(
            model, left=budgets.left_in(request.user, request.GET.get("conversation", ""))
        ),
    }
    return render(request, "_panel_body.html", context)


@login_required
@require_POST
def refusal_deletion(request: SignedInRequest, pk: int) -> HttpResponse:
    """Forget that a provider refused a parameter, for everybody who uses the model there."""
    refused = get_object_or_404(RefusedParameter, pk=pk)
    if endpoints.find(refused.model_key, request.user) is None:
        raise Http404
    refused.delete()
    return HttpResponse(status=204)


def make_panel(model: AvailableModel | None, sent: Mapping[str, Any]) -> Panel:
    if model is None:
        return Panel((), ())
    refused = RefusedParameter.of(model.endpoint.name, model.info.id)
    rows = [_row(spec, sent, refused=refused.get(spec.name)) for spec in model.specs]
    return Panel(
        common=tuple(row for row in rows if row.spec.name in COMMON),
        rest=tuple(row for row in rows if row.spec.name not in COMMON),
    )


def _row(spec: ParameterSpec, sent: Mapping[str, Any], *, refused: RefusedParameter | None) -> Row:
    default = "" if spec.default is None else _text(spec.default)
    is_sent = spec.name in sent
    text = _text(sent[spec.name]) if is_sent else default
    return Row(spec=spec, text=text, default=default, is_sent=is_sent, refused=refused)


def _text(value: Any) -> str:
    match value:
        case str():
            return value
        case float() if value.is_integer():
            return str(int(value))
        case list() if all(isinstance(item, str) for item in value):
            return "\n".join(value)
        case dict() | list():
            return json.dumps(value, indent=2, ensure_ascii=False)
    return str(value)
