"""Files: attached before a message is sent, and served to whoever may see their conversation.

The one rule: what is served can do nothing. Nothing but images that we drew and sound is shown in
the page's place, and no script in any of it would run.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from chat import attachments, endpoints, temporary
from chat.models import File, blobs
from chat.offers import AvailableModel
from chat.uploads import Accepted, Refused, accept, text_of, tickets
from chat.uploads.kinds import PDF
from chat.views.requests import SignedInRequest

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
    "Accept-Ranges": "bytes",
}
REFUSED = 422
_RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")


@login_required
@require_POST
def upload(request: SignedInRequest) -> HttpResponse:
    """One file that belongs to no message yet. JSON: what it is, or why it is not taken."""
    given = request.FILES.getlist("file")
    if len(given) != 1:
        return _refused("One file at a time, please; this request had none, or several.")
    try:
        _check_room(request)
        room = _room(request)
        file = _keep(request, room, accept(given[0].read(), given[0].name or ""))
    except Refused as refused:
        return _refused(refused.message)
    return _taken(request, file)


@login_required
@require_POST
def text(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The text of a PDF as a file of its own, for models that read nothing else."""
    file = _file(request, pk)
    if file.media_type != PDF:
        raise Http404
    try:
        _check_room(request)
        room = temporary.of_file(request.user, pk)
        kept = _keep(request, room, text_of(file, _bytes(request, file)))
    except Refused as refused:
        return _refused(refused.message)
    return _taken(request, kept)


@login_required
@require_POST
def deletion(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Take back what was not sent."""
    if room := temporary.of_file(request.user, pk):
        if not room.drop(pk):
            raise Http404
    else:
        get_object_or_404(request.user.files.filter(conversation=None), pk=pk).discard()
    return HttpResponse(status=204)


@login_required
@require_safe
def rules(request: SignedInRequest) -> HttpResponse:
    """What the page has to know before it sends a file: a ticket for the large body, and what the
    model takes."""
    model = endpoints.find(request.GET.get("model", ""), request.user)
    cautions = {
        kind: _caution(model, media_type) for kind, media_type in attachments.SAMPLES.items()
    }
    ticket = tickets.make(request.session.session_key or "")
    return JsonResponse({"ticket": ticket, "cautions": cautions})


@login_required
@require_safe
def show(request: SignedInRequest, pk: UUID) -> HttpResponse:
    file = _file(request, pk)
    response = part_of(_bytes(request, file), request.headers.get("Range", ""))
    response.headers["Content-Type"] = content_type(file)
    is_shown = file.media_type.startswith(("image/", "audio/"))
    disposition = content_disposition_header(as_attachment=not is_shown, filename=file.name)
    return dressed(response, disposition)


@login_required
@require_safe
def thumbnail(request: SignedInRequest, pk: UUID) -> HttpResponse:
    data = _bytes(request, _file(request, pk), blobs.THUMBNAIL)
    return dressed(HttpResponse(data, content_type="image/webp"), "inline")


def _check_room(request: SignedInRequest) -> None:
    File.purge_unsent()
    most = settings.LIMITS.files_unsent
    if request.user.files.filter(conversation=None).count() >= most:
        raise Refused(f"{most} files are waiting to be sent already. Send some first.")


def _taken(request: SignedInRequest, file: File) -> HttpResponse:
    model = endpoints.find(request.POST.get("model", ""), request.user)
    return JsonResponse(described(file, model), status=201)


def described(file: File, model: AvailableModel | None) -> dict[str, Any]:
    """What the page shows of a file that waits to be sent."""
    is_image = file.media_type.startswith("image/")
    return {
        "id": str(file.pk),
        "name": file.name,
        "media_type": file.media_type,
        "size": file.size,
        "preview": f"/files/{file.pk}/thumbnail/" if is_image else None,
        "warning": _caution(model, file.media_type),
    }


def _caution(model: AvailableModel | None, media_type: str) -> dict[str, Any] | None:
    found = attachments.caution(model, media_type) if model else None
    return asdict(found) if found else None


def _refused(sentence: str) -> HttpResponse:
    return JsonResponse({"error": sentence}, status=REFUSED)


def _room(request: SignedInRequest) -> temporary.Room | None:
    """The temporary conversation that the page says it is of, if it is of one."""
    key = request.POST.get("conversation")
    if not key:
        return None
    with contextlib.suppress(ValueError):
        if room := temporary.find(request.user, UUID(key)):
            return room
    # Anything else would end on the disk.
    raise Refused(temporary.GONE)


def _keep(request: SignedInRequest, room: temporary.Room | None, accepted: Accepted) -> File:
    return room.hold(accepted).row if room else accepted.keep(request.user)


def _file(request: SignedInRequest, pk: UUID) -> File:
    if not temporary.is_temporary(pk):
        return get_object_or_404(File.objects.visible_to(request.user), pk=pk)
    held = temporary.file(request.user, pk)
    if held is None:
        raise Http404
    return held.row


def _bytes(request: SignedInRequest, file: File, suffix: str = "") -> bytes:
    if temporary.is_temporary(file.pk):
        held = temporary.file(request.user, file.pk)
        data = None if held is None else held.thumbnail if suffix else held.data
    else:
        data = blobs.read(file.pk, suffix)
    if data is None:
        raise Http404
    return data


def content_type(file: File) -> str:
    is_text = file.media_type.startswith("text/")
    return f"{file.media_type}; charset=utf-8" if is_text else file.media_type


def part_of(data: bytes, asked: str) -> HttpResponse:
    """Players ask for pieces, one at a time (RFC 9110, 14). What is not understood gets all."""
    found = _RANGE.fullmatch(asked)
    if found is None or found[0] == "bytes=-":
        return HttpResponse(data)
    size = len(data)
    if found[1]:
        start, end = int(found[1]), min(int(found[2] or size), size - 1)
    else:
        start, end = max(size - int(found[2]), 0), size - 1
    if start > end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    piece = HttpResponse(data[start : end + 1], status=206)
    piece.headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    return piece


def dressed(response: HttpResponse, disposition: str | None) -> HttpResponse:
    for name, value in HEADERS.items():
        response.headers[name] = value
    response.headers["Content-Disposition"] = disposition or "attachment"
    return response
