"""The words of one message as they were written: Markdown, for copying and editing."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from chat.views.finding import message_or_404
from chat.views.requests import SignedInRequest


@login_required
@require_safe
def source(request: SignedInRequest, pk: int) -> HttpResponse:
    message = message_or_404(request.user, pk)
    return HttpResponse(message.text, content_type="text/plain; charset=utf-8")
