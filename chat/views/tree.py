"""All versions of a conversation in one tree; the name and the star of one message."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from chat import outline
from chat.models import Message
from chat.models.parts import storable
from chat.views.requests import SignedInRequest, is_fragment


@login_required
@require_safe
def tree(request: SignedInRequest, pk: UUID) -> HttpResponse:
    conversation = get_object_or_404(request.user.visible_conversations, pk=pk)
    run = _number(request.GET.get("run", ""))
    context = {"conversation": conversation, "may_edit": request.user.may_edit(conversation)}
    if run and is_fragment(request):
        context["rows"] = outline.opened(conversation, run)
        return render(request, "_tree_rows.html", context)
    context["rows"] = outline.outline(conversation, opened=run)
    return render(request, "_tree.html" if is_fragment(request) else "tree.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mark(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = Message.objects.filter(conversation__in=request.user.editable_conversations)
    message = get_object_or_404(rows.select_related("conversation"), pk=pk)
    if request.method == "POST":
        name = request.POST.get("name")
        star = request.POST.get("star")
        message.mark(
            name=None if name is None else storable(name).replace("\ufffd", ""),
            is_starred=None if star is None else star == "on",
        )
        if is_fragment(request):
            return render(request, "_mark.html", {"message": message})
        return redirect(f"{message.conversation.get_absolute_url()}tree/#tree-{message.pk}")
    template = "_naming.html" if is_fragment(request) else "naming.html"
    return render(request, template, {"message": message})


def _number(text: str) -> int | None:
    return int(text[:18]) if text.isascii() and text.isdigit() else None
