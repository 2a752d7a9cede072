"""A conversation on stage: the show, its running order, and the place of live answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat import endpoints, stages
from chat.models import Conversation
from chat.stage_form import ScriptForm
from chat.stages import Shown
from chat.thread import PartView
from chat.views.replays import receipt_of, track_of
from chat.views.requests import SignedInRequest


class RunRequest(msgspec.Struct, forbid_unknown_fields=True):
    run: UUID | None = None
    parent: int | None = None
    answers: list[int] = []
    prompt: int | None = None


@login_required
@require_safe
@ensure_csrf_cookie
def show(request: SignedInRequest, pk: UUID) -> HttpResponse:
    conversation = get_object_or_404(request.user.visible_conversations, pk=pk)
    script = stages.script_of(conversation)
    steps = stages.shown(script, track=track_of, receipt=receipt_of)
    lane = conversation.lanes.first()
    model = endpoints.find(lane.model, request.user) if lane else None
    context = {
        "conversation": conversation,
        "script": script,
        "steps": steps,
        "model": model,
        "may_edit": request.user.may_edit(conversation),
        "settings": _settings(conversation, steps),
        "reasoning": PartView(0, "reasoning", ()),
    }
    return render(request, "stage.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def script(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The running order. Whatever button was pressed, all that was typed is kept."""
    conversation = get_object_or_404(request.user.editable_conversations, pk=pk)
    script = stages.script_of(conversation)
    action = request.POST.get("action", "")
    if action == "reset":
        script.forget()
        return redirect("stage_script", pk)
    form = ScriptForm(script, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and not form.problem:
        script.keep(form.steps())
        return redirect("stage" if action == "present" else "stage_script", pk)
    return render(request, "stage_script.html", {"conversation": conversation, "form": form})


@login_required
@require_POST
def runs(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Where the next live prompt is asked: JSON in, JSON out, for the page on stage."""
    conversation = get_object_or_404(request.user.visible_conversations, pk=pk)
    try:
        wish = msgspec.json.decode(request.body, type=RunRequest)
    except msgspec.DecodeError:
        return HttpResponseBadRequest("This is no JSON of a run.", content_type="text/plain")
    place = stages.continue_run(
        request.user,
        conversation,
        run=wish.run,
        parent=wish.parent,
        answers=wish.answers[: stages.STEPS],
        prompt=wish.prompt,
    )
    if place is None:
        raise Http404
    found = {
        "conversation": str(place.lane.conversation_id),
        "lane": place.lane.pk,
        "parent": place.parent,
        "message": place.message,
    }
    return JsonResponse(found)


def _settings(conversation: Conversation, steps: list[Shown]) -> dict[str, Any]:
    """What the page needs to ask live, as its first lane asks."""
    lane = conversation.lanes.first()
    if lane is None:
        raise Http404
    asked = [
        {
            "text": shown.step.text,
            "prompt": shown.step.prompt.pk if shown.step.prompt else None,
            "answer": shown.step.answer.pk if shown.step.answer else None,
            "hasFiles": shown.step.has_files,
            "isLive": shown.step.is_live,
        }
        for shown in steps
    ]
    settings = {"model": lane.model, "system": lane.system, "parameters": lane.parameters}
    return {"conversation": str(conversation.pk), "steps": asked, "settings": settings}
