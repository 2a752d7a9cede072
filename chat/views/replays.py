"""A conversation played back, and the tracks that are played."""

from __future__ import annotations

import contextlib
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from chat import thread
from chat.models import Conversation, Message, Turn
from chat.replays import reels, tracks
from chat.thread import Item, PartView
from chat.views.requests import SignedInRequest

COMPACT = {"separators": (",", ":"), "ensure_ascii": False}


@login_required
@require_safe
def show(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """From the beginning, or with `?message=…` from that message to its end."""
    conversation = get_object_or_404(request.user.visible_conversations, pk=pk)
    lane = conversation.lanes.first()
    leaf, begin = lane.leaf_id if lane else None, None
    if lane and "message" in request.GET:
        message = _message(conversation, request.GET["message"])
        leaf, begin = thread.leaf_through(lane, message), message.pk
    reel = reels.reel(leaf, begin=begin, track=track_of, receipt=receipt_of)
    context = {
        "conversation": conversation,
        "reel": reel,
        "begin": begin,
        "reasoning": PartView(0, "reasoning", ()),
    }
    return render(request, "replay.html", context)


@login_required
@require_safe
def track(request: SignedInRequest, pk: int) -> HttpResponse:
    """One answer as it came, for the player. See `chat/replays/tracks.py`."""
    rows = Message.objects.filter(conversation__in=request.user.visible_conversations)
    message = get_object_or_404(rows, pk=pk, role=Message.Role.ASSISTANT)
    turn = Turn.objects.filter(answer=message).first()
    timeline, tokens = (turn.timeline, turn.output_tokens) if turn else ([], None)
    found = tracks.track(message.parts, timeline, tokens=tokens)
    return JsonResponse(found, json_dumps_params=COMPACT)


def track_of(item: Item) -> str:
    return f"/messages/{item.message.pk}/replay.json"


def receipt_of(item: Item) -> str:
    return f"/turns/{item.turn.pk}/receipt/" if item.turn else ""


def _message(conversation: Conversation, pk: str) -> Message:
    with contextlib.suppress(ValueError, OverflowError):
        return get_object_or_404(conversation.messages, pk=int(pk[:19]))
    raise Http404
