"""A person's data: all of it to take away, and files to bring in, looked into before anything is
kept."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable, Iterator

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from chat import database
from chat.imports import Import, staging
from chat.views.requests import SignedInRequest, is_fragment

REFUSED = 422
STEP_SECONDS = 0.25
LARGEST = f"A file may have {settings.LIMITS.import_bytes // 1024**3} GiB."


@login_required
@require_safe
@ensure_csrf_cookie
def data(request: SignedInRequest) -> HttpResponse:
    """Takes up an import where it was left, whatever became of the page that began it."""
    stage, report = staging.noted(request.user) or ("", None)
    if stage == staging.TAKEN:
        staging.discard(request.user)
    elif not staging.is_there(request.user):
        stage, report = "", None
    return _page(request, stage=stage, report=report)


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
    except OSError:
        staging.discard(request.user)
        message = "The server has no room for it."
        return JsonResponse({"message": message}, status=REFUSED)
    return JsonResponse({"size": size})


@login_required
@require_POST
def check(request: SignedInRequest) -> HttpResponseBase:
    """What an import would do: of a small file in the form, or of the pieces of a large one."""
    given = request.FILES.get("file")
    if isinstance(given, UploadedFile):
        staging.put(request.user, given.read(), offset=0)
    if not staging.is_there(request.user):
        return _page(request, problem="Choose a file first.")
    run = Import(request.user, staging.path(request.user))
    return _run(request, run.look(), lambda: staging.note(request.user, staging.LOOKED, run.report))


@login_required
@require_POST
def confirmation(request: SignedInRequest) -> HttpResponseBase:
    """Keep what is new. Broken off in the middle, the rest is as new as before."""
    if not staging.is_there(request.user):
        return redirect("data")
    run = Import(request.user, staging.path(request.user))
    return _run(
        request,
        run.take(),
        lambda: staging.finish(request.user, run.report),
        lambda: staging.note(request.user, staging.TAKING, run.report),
    )


@login_required
@require_POST
def cancellation(request: SignedInRequest) -> HttpResponse:
    staging.discard(request.user)
    return redirect("data")


def _run(
    request: SignedInRequest,
    steps: Iterator[float],
    at_end: Callable[[], None],
    on_the_way: Callable[[], None] = lambda: None,
) -> HttpResponseBase:
    """To its end; for the page's script with a line of JSON after each while, so that it can show
    how far it is. A script that hangs up stops it between two steps."""

    def go_on(seconds: float) -> float:
        until = time.monotonic() + seconds
        for fraction in steps:
            if time.monotonic() >= until and fraction < 1:
                on_the_way()
                return fraction
        at_end()
        return 1.0

    async def lines() -> AsyncIterator[str]:
        fraction = 0.0
        while fraction < 1:
            fraction = await database.run(go_on, STEP_SECONDS)
            yield json.dumps({"done": fraction}) + "\n"

    if is_fragment(request):
        return StreamingHttpResponse(lines(), content_type="application/x-ndjson")
    go_on(float("inf"))
    return redirect("data")


def _page(request: SignedInRequest, **context: object) -> HttpResponse:
    count = request.user.begun_conversations.count()
    return render(request, "data.html", {"count": count, **context})
