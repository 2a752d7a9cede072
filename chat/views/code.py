"""Code for what the page shows: the state as it stands there, or the request of a receipt."""

from __future__ import annotations

import contextlib
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from chat import code, endpoints
from chat.catalog.parameters import InvalidParameters
from chat.llm.payload import decode, mapping, sequence, text
from chat.models import File, Message
from chat.models.parts import storable
from chat.snippets import LANGUAGES
from chat.views.finding import message_or_404, turn_or_404
from chat.views.requests import SignedInRequest, is_fragment


@login_required
@require_POST
def state(request: SignedInRequest) -> HttpResponse:
    """`state` is what `turn.start` would carry, as JSON; `message` the last one that is shown."""
    given = _given(request.POST.get("state", ""))
    model = endpoints.find(text(given.get("model")), request.user)
    if model is None:
        return _page(request, {"problem": "Pick a model first."})
    try:
        program = code.of_state(
            model,
            _path(request, given),
            text=storable(text(given.get("text"))),
            files=_files(request, given),
            system=storable(text(given.get("system"))),
            parameters=mapping(given.get("parameters")),
            choice=code.Choice.parse(request.POST),
            user=request.user,
        )
    except InvalidParameters as invalid:
        return _page(request, {"problem": str(invalid)})
    return _page(request, {"program": program})


@login_required
@require_safe
def turn(request: SignedInRequest, pk: int) -> HttpResponse:
    found = turn_or_404(request.user, pk)
    model = endpoints.find(found.receipt["asked"]["model"], request.user)
    choice = code.Choice.parse(request.GET)
    try:
        program = code.of_turn(found, model, choice=choice, user=request.user)
    except InvalidParameters as invalid:
        return _page(request, {"turn": found, "problem": str(invalid)})
    return _page(request, {"turn": found, "program": program})


def _page(request: SignedInRequest, context: dict[str, Any]) -> HttpResponse:
    template = "_code.html" if is_fragment(request) else "code.html"
    return render(request, template, context | {"languages": LANGUAGES.values()})


def _given(state: str) -> dict[str, Any]:
    with contextlib.suppress(ValueError):
        return mapping(decode(state.encode("utf-8", "replace")))
    return {}


def _files(request: SignedInRequest, given: dict[str, Any]) -> list[File]:
    """Those that are attached to the message that is being written, in their order."""
    ids: list[UUID] = []
    for value in sequence(given.get("attachments"))[: settings.LIMITS.files_per_message]:
        with contextlib.suppress(ValueError):
            ids.append(UUID(text(value)))
    found = {file.pk: file for file in request.user.files.filter(pk__in=ids)}
    return [found[id] for id in dict.fromkeys(ids) if id in found]


def _path(request: SignedInRequest, given: dict[str, Any]) -> list[Message]:
    """The path to the message that is shown; none in a new conversation."""
    if not given.get("conversation"):
        return []
    with contextlib.suppress(ValueError):
        conversation, number = UUID(text(given["conversation"])), given.get("message")
        if isinstance(number, int) and 0 < number < 2**63:
            message = message_or_404(request.user, number)
            if message.conversation_id != conversation:
                raise Http404
            return message.path()
    return []
