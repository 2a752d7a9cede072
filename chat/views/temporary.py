"""Temporary conversations: opened, shown, closed, or kept after all.

The one rule: nothing that is said comes into an address, a title or a cookie, since all of these
are written down somewhere.
"""

from __future__ import annotations

import contextlib
import time
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from chat import endpoints, temporary
from chat.llm.payload import decode, mapping, text
from chat.models import File
from chat.models.parts import storable, storable_json
from chat.temporary import Room
from chat.thread import Window
from chat.views import conversations, files
from chat.views.requests import SignedInRequest, is_fragment


@login_required
@require_POST
def opening(request: SignedInRequest) -> HttpResponse:
    """With the settings, the words and the files that the page has in hand."""
    try:
        room = temporary.open_room(request.user, request.session.session_key or "")
    except temporary.TooMany as refused:
        return render(request, "temporary_full.html", {"refused": refused}, status=409)
    state = _state(request.POST.get("state", ""))
    room.lane.model = text(state.get("model")) or request.POST.get("model", "")
    room.lane.system = storable(text(state.get("system")))
    room.lane.parameters = storable_json(mapping(state.get("parameters")))
    room.draft = storable(text(state.get("text")))
    _take_files(request, room, state.get("files"))
    return redirect(room.conversation)


@login_required
@require_safe
@ensure_csrf_cookie
def show(request: SignedInRequest, pk: UUID) -> HttpResponse:
    room = _room(request, pk)
    if room is None:
        return _gone(request)
    leaf = room.lane.leaf
    if "message" in request.GET:
        leaf = _message(room, request.GET["message"]).latest_leaf()
    return _page(request, room, leaf)


@login_required
@require_POST
def branch(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Show the path through that message, as far as it was last followed."""
    room = _room(request, pk)
    if room is None:
        return _gone(request)
    message = _message(room, request.POST.get("message", ""))
    room.lane.follow(message)
    if is_fragment(request):
        return _page(request, room, room.lane.leaf)
    return redirect(f"{room.conversation.get_absolute_url()}#message-{message.pk}")


@login_required
@require_POST
def closing(request: SignedInRequest, pk: UUID) -> HttpResponse:
    room = _room(request, pk)
    if room is None:
        return _gone(request)
    temporary.close(room)
    if room.messages:
        messages.info(request, "The temporary conversation is closed. Nothing of it is left.")
    return redirect("/")


@login_required
@require_POST
def saving(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Keep it: from here on it is a conversation like any other."""
    room = _room(request, pk)
    if room is None:
        return _gone(request)
    try:
        conversation = temporary.save(room)
    except temporary.StillWriting:
        messages.info(request, "An answer is still being written. Stop it, or wait for it.")
        return redirect(room.conversation)
    messages.info(request, "The conversation is saved.")
    return redirect(conversation)


def _page(request: SignedInRequest, room: Room, leaf: Any) -> HttpResponse:
    window = Window(room.items(leaf), leaf.pk if leaf else None)
    if is_fragment(request):
        return conversations.fragment(request, room.lane, window)
    return conversations.page(
        request,
        room.lane,
        conversation=room.conversation,
        window=window,
        prompt=room.draft,
        more={"attached": _attached(request, room), "idle": _idle()},
    )


def _attached(request: SignedInRequest, room: Room) -> list[dict[str, Any]]:
    model = endpoints.find(room.lane.model, request.user)
    now = int(time.time() * 1000)
    rows = (held.row for held in room.files.values() if not held.is_sent)
    return [files.described(row, model) | {"at": now} for row in rows]


def _idle() -> str:
    seconds = int(settings.LIMITS.temporary_idle)
    return "an hour" if seconds == 3600 else f"{max(1, seconds // 60)} minutes"


def _room(request: SignedInRequest, pk: UUID) -> Room | None:
    session_key = request.session.session_key or ""
    return temporary.find(request.user, pk, session_key=session_key)


def _gone(request: SignedInRequest) -> HttpResponse:
    return render(request, "temporary_gone.html", {"reason": temporary.GONE}, status=404)


def _message(room: Room, pk: str) -> Any:
    with contextlib.suppress(ValueError):
        if message := room.message(int(pk[:19])):
            return message
    raise Http404


def _state(given: str) -> dict[str, Any]:
    with contextlib.suppress(ValueError):
        return mapping(decode(given.encode("utf-8", "replace")))
    return {}


def _take_files(request: SignedInRequest, room: Room, ids: Any) -> None:
    """What was attached on the page before moves from the disk into the room."""
    given = [text(id) for id in ids] if isinstance(ids, list) else []
    for file in File.objects.filter(user=request.user, conversation=None):
        if str(file.pk) in given:
            room.take(file)
