"""Publishing: the step itself, and what a publisher can change at any time.

The one rule: nothing is public before the publisher has seen what a visitor will see.
"""

from __future__ import annotations

import contextlib
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat.models import Conversation, Lane, Message, Share
from chat.share_form import ShareForm
from chat.sharing import content, showing
from chat.sharing.branches import branches
from chat.sharing.redaction import MOST, find
from chat.views.requests import SignedInRequest

ENOUGH = "That is as many shares as one person can have. Delete one first."
PAGE = 50


@login_required
@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    rows = _shares(request).select_related("conversation", "team", "user")
    shares = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "shares.html", {"shares": shares})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest, pk: UUID) -> HttpResponse:
    conversation = get_object_or_404(request.user.editable_conversations, pk=pk)
    lane = _lane(conversation, request.GET.get("lane", ""))
    if _shares(request).count() >= settings.LIMITS.shares:
        messages.error(request, ENOUGH)
        return redirect("shares")
    share = Share(user=request.user, conversation=conversation, lane=lane)
    return _publishing(request, share, _leaf(request, lane))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """A snapshot ends where it ended, unless another message is named."""
    share = _share(request, pk)
    leaf = _leaf(request, share.lane) if _named(request) else _end(share)
    return _publishing(request, share, leaf)


@login_required
@require_POST
def freezing(request: SignedInRequest, pk: UUID) -> HttpResponse:
    share = _share(request, pk)
    share.freeze(content.build(share, share.lane.leaf_id))
    messages.success(request, "It stays as it is now.")
    return redirect("share", share.pk)


@login_required
@require_POST
def address(request: SignedInRequest, pk: UUID) -> HttpResponse:
    _share(request, pk).renew()
    messages.success(request, "It has a new address. The old one no longer works.")
    return redirect("share", pk)


@login_required
@require_POST
def revocation(request: SignedInRequest, pk: UUID) -> HttpResponse:
    share = _share(request, pk)
    share.revoke()
    messages.success(request, f"“{share}” is not shared any more.")
    return redirect("shares")


@login_required
@require_POST
def deletion(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """With its revisions and its log."""
    share = _share(request, pk)
    share.delete()
    messages.success(request, f"The share “{share}” is deleted.")
    return redirect("shares")


def _publishing(request: SignedInRequest, share: Share, leaf: int | None) -> HttpResponse:
    form = ShareForm(share, request.POST or None)
    step = request.POST.get("step", "")
    is_new = share._state.adding
    context: dict[str, Any] = {"form": form, "share": share, "leaf": leaf, "is_new": is_new}
    context["branches"] = branches(share.conversation, leaf)
    if not is_new:
        context["visits"] = share.visits.select_related("user")[:PAGE]
        context["revision"] = share.revision
    if request.method != "POST" or not form.is_valid():
        return render(request, "share_form.html", context)

    form.apply(kept=frozenset())
    found = find(content.texts(share, leaf))
    kept = frozenset(finding.text for finding in found) & frozenset(request.POST.getlist("keep"))
    form.apply(kept=kept)
    if step == "publish":
        share.publish(None if share.is_live else content.build(share, leaf))
        share.people.set(form.cleaned_data["people"])
        messages.success(request, "Published. This is its address.")
        return redirect("share", share.pk)
    shown = content.build(share, leaf)
    context |= {
        "findings": found[:MOST],
        "kept": kept,
        "shown": shown,
        "items": showing.items(shown, files="/files/"),
    }
    return render(request, "share_form.html", context)


def _shares(request: SignedInRequest) -> QuerySet[Share]:
    """Those of a conversation that the publisher may not change any more are there for nobody."""
    rows = Conversation.with_deleted.filter(request.user.edits)
    return request.user.shares.filter(conversation__in=rows)


def _share(request: SignedInRequest, pk: UUID) -> Share:
    rows = request.user.shares.filter(conversation__in=request.user.editable_conversations)
    return get_object_or_404(rows.select_related("conversation", "lane", "user", "team"), pk=pk)


def _lane(conversation: Conversation, number: str) -> Lane:
    lanes = conversation.lanes.all()
    if number:
        lanes = lanes.filter(pk=_number(number))
    lane = lanes.first()
    if lane is None:
        raise Http404
    return lane


def _leaf(request: SignedInRequest, lane: Lane) -> int | None:
    """Up to where: the message that was named, or as far as the lane goes."""
    named = _named(request)
    if not named:
        return lane.leaf_id
    message: Message = get_object_or_404(lane.conversation.messages, pk=_number(named))
    return message.pk


def _named(request: SignedInRequest) -> str:
    return request.POST.get("message") or request.GET.get("message") or ""


def _end(share: Share) -> int | None:
    """Where it ends now: whoever changes a setting does not publish what was said since."""
    revision = share.revision
    shown = revision.content["messages"] if revision and not share.is_live else ()
    last = share.conversation.messages.filter(pk=shown[-1]["id"]).first() if shown else None
    return last.pk if last else share.lane.leaf_id


def _number(text: str) -> int:
    with contextlib.suppress(ValueError):
        return min(int(text[:19]), 2**63 - 1)
    return 0
