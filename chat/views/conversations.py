"""The page itself: a new conversation, or one that was begun; its title, branches and end."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from chat import budgets, copies, endpoints, estimates, history, thread
from chat.catalog.starters import STARTERS
from chat.llm.types import Parameters
from chat.models import Conversation, Lane, Message, User
from chat.models.conversation import shorten
from chat.models.parts import storable
from chat.standings import Standing, standings
from chat.thread import PartView, Window
from chat.views.appearance import THEMES, theme_of
from chat.views.assets import MODULES
from chat.views.history import sort_of, zone_of
from chat.views.panel import make_panel
from chat.views.requests import SignedInRequest, is_fragment

_PARAMETERS = frozenset(field.name for field in fields(Parameters))


@login_required
@require_safe
@ensure_csrf_cookie
def new(request: SignedInRequest) -> HttpResponse:
    """With the model and settings used last. An address may prefill; it never sends."""
    own = request.user.begun_conversations.filter(guest=None)
    last = own.order_by("-active_at", "-id").first()
    kept = last.lanes.first() if last else None
    lane = (
        Lane(model=kept.model, parameters=kept.parameters, system=kept.system) if kept else Lane()
    )
    if model := request.GET.get("model"):
        lane.model = model
    if "system" in request.GET:
        lane.system = request.GET["system"]
    if is_fragment(request):
        return fragment(request, lane, Window())
    lane.parameters = lane.parameters | _prefilled(request, lane.model)
    return page(request, lane, prompt=request.GET.get("prompt", ""))


@login_required
@require_safe
@ensure_csrf_cookie
def show(request: SignedInRequest, pk: UUID) -> HttpResponse:
    conversation = get_object_or_404(request.user.visible_conversations, pk=pk)
    lane = _lane(conversation)
    window = _window(conversation, lane, request.GET)
    if is_fragment(request):
        return fragment(request, lane, window)
    return page(request, lane, conversation=conversation, window=window)


@login_required
@require_POST
def branch(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Show the path through that message, as far as it was last followed."""
    conversation = get_object_or_404(request.user.visible_conversations, pk=pk)
    message = _message(conversation, request.POST.get("message", ""))
    lane = _lane(conversation)
    # A reader's path is not kept, so that the address has to name it.
    query = f"?message={message.pk}"
    if request.user.may_edit(conversation):
        lane.follow(message)
        query = ""
    if is_fragment(request):
        window = thread.window(message.latest_leaf().pk, around=message.pk)
        return fragment(request, lane, window)
    return redirect(f"{conversation.get_absolute_url()}{query}#message-{message.pk}")


@login_required
@require_POST
def title(request: SignedInRequest, pk: UUID) -> HttpResponse:
    conversation = get_object_or_404(request.user.editable_conversations, pk=pk)
    if title := storable(request.POST.get("title", "")).replace("\ufffd", "").strip():
        conversation.rename(title)
    if is_fragment(request):
        return render(request, "_history_item.html", {"conversation": conversation})
    return redirect(conversation)


@login_required
@require_POST
def deletion(request: SignedInRequest, pk: UUID) -> HttpResponse:
    conversation = get_object_or_404(request.user.editable_conversations, pk=pk)
    conversation.delete_softly()
    text = f"“{conversation}” is deleted."
    if is_fragment(request):
        return render(request, "_toast.html", {"text": text, "undo": conversation.pk})
    messages.info(request, text, extra_tags=str(conversation.pk))
    return redirect("/")


@login_required
@require_POST
def restoration(request: SignedInRequest, pk: UUID) -> HttpResponse:
    rows = Conversation.with_deleted.filter(request.user.edits)
    conversation = get_object_or_404(rows, pk=pk)
    conversation.restore()
    return redirect(conversation)


@login_required
@require_POST
def copying(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """To go on with, for whoever may only read it: the path that is shown, or up to a message."""
    conversation = get_object_or_404(request.user.visible_conversations, pk=pk)
    lane = _lane(conversation)
    named = request.POST.get("message", "")
    path = _message(conversation, named).path() if named else lane.path()
    copied = copies.copy(
        request.user,
        copies.of_path(path),
        title=conversation.title,
        system=lane.system,
        model=lane.model,
        parameters=lane.parameters,
    )
    return redirect(copied)


def page(
    request: SignedInRequest,
    lane: Lane,
    *,
    conversation: Conversation | None = None,
    window: Window | None = None,
    prompt: str = "",
    template: str = "conversation.html",
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The playground. `more` is what a template that extends it needs besides."""
    context = _thread_context(request.user, lane, window or Window()) | {
        "conversation": conversation,
        "is_reading": _is_reading(request.user, conversation),
        "current": conversation.pk if conversation else None,
        "history": history.page(
            request.user, zone=zone_of(request), view=history.View(sort=sort_of(request))
        ),
        "panel": make_panel(endpoints.find(lane.model, request.user), lane.parameters),
        "prompt": prompt,
        "modules": MODULES,
        "theme": theme_of(request),
        "themes": THEMES,
        "reasoning": PartView(0, "reasoning", ()),
    }
    return render(request, template, context | dict(more or {}))


def fragment(request: SignedInRequest, lane: Lane, window: Window) -> HttpResponse:
    return render(request, "_thread.html", _thread_context(request.user, lane, window))


def _thread_context(user: User, lane: Lane, window: Window) -> dict[str, Any]:
    models = endpoints.models(user)
    if not lane.model and models:
        lane.model = models[0].key
    model = next((model for model in models if model.key == lane.model), None)
    team_id = lane.conversation.team_id if lane.pk else None
    return {
        "lane": lane,
        "window": window,
        "mark": _mark(lane),
        "items": window.items,
        "models": models,
        "model": model,
        "facts": estimates.facts(model, left=budgets.left(user, team_id)),
        "current_model": lane.model,
        "missing_model": lane.model if lane.model and not model else "",
        "starters": STARTERS,
        "failures": endpoints.failures(user),
    }


def _lane(conversation: Conversation) -> Lane:
    lane = conversation.lanes.first()
    if lane is None:
        raise Http404
    return lane


def _is_reading(user: User, conversation: Conversation | None) -> bool:
    """In a team's conversation, whoever may not write in it."""
    team = getattr(conversation, "team_id", None)
    return bool(team and conversation and not user.may_edit(conversation))


def _mark(lane: Lane) -> str:
    pk = str(lane.conversation_id)
    return standings([pk] if lane.pk else []).get(pk, Standing()).mark


def _window(conversation: Conversation, lane: Lane, query: Mapping[str, str]) -> Window:
    """What the address asks for: the piece around, before or after a message, or the end."""
    for name, place in (("message", "around"), ("before", "before"), ("after", "after")):
        if name in query:
            message = _message(conversation, query[name])
            return thread.window(thread.leaf_through(lane, message), **{place: message.pk})
    return thread.window(lane.leaf_id)


def _message(conversation: Conversation, pk: str) -> Message:
    with contextlib.suppress(ValueError, OverflowError):
        return get_object_or_404(conversation.messages, pk=int(pk[:19]))
    raise Http404


def _prefilled(request: SignedInRequest, key: str) -> dict[str, Any]:
    """Parameters from the address, for the panel to show: what is wrong with a value it says, and
    what it has no place for is said here."""
    model = endpoints.find(key, request.user)
    if model is None:
        return {}
    specs = {spec.name: spec for spec in model.specs}
    asked = {name: request.GET[name] for name in request.GET if name in _PARAMETERS}
    taken = {
        name: value
        for name, value in asked.items()
        if value and name in specs and value in (specs[name].choices or (value,))
    }
    if left := [f"{name} {value}".strip() for name, value in asked.items() if name not in taken]:
        text = f"Left out of what the address asks for, as {model.name} does not take it: "
        messages.warning(request, text + shorten(", ".join(left)) + ".")
    return taken
