"""A person's data: all of it to take away, and files to bring in, looked into before anything is
kept."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from chat.imports import look, staging, take
from chat.views.requests import SignedInRequest

REFUSED = 422
LARGEST = f"A file may have {settings.LIMITS.import_bytes // 1024**2} MiB."


@login_required
@require_safe
@ensure_csrf_cookie
def data(request: SignedInRequest) -> HttpResponse:
    return _page(request, {})


@login_required
@require_POST
def pieces(request: SignedInRequest) -> HttpResponse:
    """The next bytes of a file, from `offset` on. JSON: how many are here."""
    try:
        offset = max(0, int(request.GET.get("offset", "")[:15]))
        size = staging.put(request.user, request.body, offset=offset)
    except ValueError:
        return JsonResponse({"message": "The page sent something odd."}, status=REFUSED)
    except staging.TooLarge:
        return JsonResponse({"message": LARGEST}, status=REFUSED)
    except staging.OutOfStep:
        message = "Another file was begun meanwhile. Choose it again."
        return JsonResponse({"message": message}, status=REFUSED)
    return JsonResponse({"size": size})


@login_required
@require_POST
def check(request: SignedInRequest) -> HttpResponse:
    """What an import would do: of a small file in the form, or of the pieces of a large one."""
    given = request.FILES.get("file")
    if isinstance(given, UploadedFile):
        staging.put(request.user, given.read(), offset=0)
    if not staging.is_there(request.user):
        return _page(request, {"problem": "Choose a file first."})
    return _page(request, {"looked": look(request.user, staging.path(request.user))})


@login_required
@require_POST
def confirmation(request: SignedInRequest) -> HttpResponse:
    """Keep what is new. Broken off in the middle, the rest is as new as before."""
    if not staging.is_there(request.user):
        return redirect("data")
    report = take(request.user, staging.path(request.user))
    staging.discard(request.user)
    return _page(request, {"taken": report})


@login_required
@require_POST
def cancellation(request: SignedInRequest) -> HttpResponse:
    staging.discard(request.user)
    return redirect("data")


def _page(request: SignedInRequest, context: dict[str, Any]) -> HttpResponse:
    count = request.user.conversations.count()
    return render(request, "data.html", context | {"count": count})
