"""The words of one message as they were written: Markdown, for copying and editing."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from chat.models import Message
from chat.views.requests import SignedInRequest


@login_required
@require_safe
def source(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = Message.objects.filter(conversation__in=request.user.visible_conversations)
    message = get_object_or_404(rows, pk=pk)
    return HttpResponse(message.text, content_type="text/plain; charset=utf-8")
