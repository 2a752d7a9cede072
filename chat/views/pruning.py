"""Deleting a message: first how much goes with it, then the deed."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from chat import pruning
from chat.models import Message
from chat.views.requests import SignedInRequest, is_fragment


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def deletion(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = Message.objects.filter(conversation__in=request.user.editable_conversations)
    message = get_object_or_404(rows.select_related("conversation", "parent"), pk=pk)
    owner, problem = message.conversation, ""
    if request.method == "POST":
        try:
            if pruning.prune(message, _count(request)):
                # The page asks for what is left by itself.
                return HttpResponse(status=204) if is_fragment(request) else redirect(owner)
            problem = "Something was added meanwhile. Look again."
        except pruning.StillWriting:
            problem = "An answer is still being written. Stop it first."
    lane = owner.lanes.first()
    cut = pruning.look(message, lane) if lane else None
    context = {"message": message, "cut": cut, "problem": problem}
    template = "_message_deletion.html" if is_fragment(request) else "message_deletion.html"
    return render(request, template, context)


def _count(request: SignedInRequest) -> int:
    text = request.POST.get("count", "")
    return int(text[:9]) if text.isascii() and text.isdigit() else 0
