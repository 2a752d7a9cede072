"""Conversations to take away: one, those that are named, or all of them, as they are read.

Where files go with them, JSON and Markdown come as a ZIP with the files in it; `?files=no` leaves
the files behind.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from chat.exports import ARCHIVE_TYPE, FORMATS, Format, pieces
from chat.models import Conversation, File
from chat.views.requests import SignedInRequest

MOST_NAMED = 1000


@login_required
@require_safe
def one(request: SignedInRequest, pk: UUID, name: str) -> StreamingHttpResponse:
    conversation = get_object_or_404(request.user.visible_conversations, pk=pk)
    rows = request.user.visible_conversations.filter(pk=pk)
    stem = slugify(conversation.title)[:60] or "conversation"
    return _sent(request, rows, _format(name), stem=stem)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def many(request: SignedInRequest, name: str) -> StreamingHttpResponse:
    """All of the person's own, or of those that they may see the ones that
    `conversation=…&conversation=…` names, in the address or in a form, which has room for many;
    oldest first."""
    rows = request.user.begun_conversations.order_by("created_at", "pk")
    given = request.POST if request.method == "POST" else request.GET
    named = {_uuid(text) for text in given.getlist("conversation")}
    if named or request.method == "POST":
        seen = request.user.visible_conversations.filter(pk__in=list(named)[:MOST_NAMED])
        rows = seen.order_by("created_at", "pk")
        if not named or rows.count() != len(named):
            raise Http404
    return _sent(request, rows, _format(name), stem=f"playground-{timezone.now():%Y-%m-%d}")


def _sent(
    request: SignedInRequest, rows: QuerySet[Conversation], format: Format, *, stem: str
) -> StreamingHttpResponse:
    name, media_type, archived_as = f"{stem}.{format.name}", format.media_type, None
    if format.place and request.GET.get("files") != "no" and _has_files(rows):
        # In an archive of ours the text has a name that an import looks for.
        archived_as = "conversations.json" if format.name == "json" else name
        name, media_type = f"{stem}.zip", ARCHIVE_TYPE
    ids = list(rows.values_list("pk", flat=True))
    found = pieces(request.user, ids, format, archived_as=archived_as)
    response = StreamingHttpResponse(found, content_type=media_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _has_files(rows: QuerySet[Conversation]) -> bool:
    return File.objects.filter(conversation__in=rows.order_by().values("pk")).exists()


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise Http404
    return FORMATS[name]


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
