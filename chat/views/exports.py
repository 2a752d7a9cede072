"""Conversations to take away: one, those that are named, or all of them, as they are read."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from chat.exports import FORMATS, Format, pieces
from chat.views.requests import SignedInRequest

MOST_NAMED = 1000


@login_required
@require_safe
def one(request: SignedInRequest, pk: UUID, name: str) -> StreamingHttpResponse:
    conversation = get_object_or_404(request.user.visible_conversations, pk=pk)
    stem = slugify(conversation.title)[:60] or "conversation"
    return _sent(request, [conversation.pk], _format(name), stem=stem)


@login_required
@require_safe
def many(request: SignedInRequest, name: str) -> StreamingHttpResponse:
    """All, or with `?conversation=…&conversation=…` those; oldest first."""
    rows = request.user.conversations.order_by("created_at", "pk")
    if named := request.GET.getlist("conversation")[:MOST_NAMED]:
        rows = rows.filter(pk__in=[_uuid(text) for text in named])
        if rows.count() != len(set(named)):
            raise Http404
    ids = list(rows.values_list("pk", flat=True))
    return _sent(request, ids, _format(name), stem=f"playground-{timezone.now():%Y-%m-%d}")


def _sent(
    request: SignedInRequest, ids: list[UUID], format: Format, *, stem: str
) -> StreamingHttpResponse:
    response = StreamingHttpResponse(
        pieces(request.user, ids, format), content_type=format.media_type
    )
    name = f"{stem}.{format.name}"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise Http404
    return FORMATS[name]


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
