"""What a visitor opens: a share as a page, as data, inside another site; its files.

The one rule: every one of these addresses goes through one door. What is not there for this visitor
looks like what never was, and guessing is slow.
"""

from __future__ import annotations

from functools import partial, wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.http import content_disposition_header
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat import copies
from chat.models import Attempt, File, Share, blobs
from chat.models.attempt import network
from chat.sharing import doors, replaying, showing
from chat.thread import PartView
from chat.views.entrance import Gone, View, find, guarded, token_of, user_of
from chat.views.files import content_type, dressed, part_of
from playground.addresses import client_address

COMPACT = {"separators": (",", ":"), "ensure_ascii": False}
WRONG = "That is not the password."


def door(view: View) -> View:
    """Gives the view the share and the visitor, if the one is there for the other."""

    @wraps(view)
    def let_in(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        share = find(request, Share.find, token)
        return _let_in(request, share) or view(request, share, **kwargs)

    return guarded(let_in, "share_gone.html")


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
@door
def show(request: HttpRequest, share: Share) -> HttpResponse:
    if request.method == "POST":
        # The password was right, or the door would have said so.
        return redirect(request.path)
    return _page(request, share, "share.html")


@require_safe
@door
def embedded(request: HttpRequest, share: Share) -> HttpResponse:
    if not share.allows_embed:
        raise Gone
    response = _page(request, share, "share_embed.html")
    # Here alone any site may be around the page; nothing in it can be operated.
    response.may_be_framed = True  # type: ignore[attr-defined]  # for our own middleware
    response.xframe_options_exempt = True
    return response


@require_safe
@door
def markdown(request: HttpRequest, share: Share) -> HttpResponse:
    if not share.allows_data:
        raise Gone
    text = showing.markdown(showing.current(share))
    return _counted(request, share, HttpResponse(text, content_type="text/markdown; charset=utf-8"))


@require_safe
@door
def data(request: HttpRequest, share: Share) -> HttpResponse:
    if not share.allows_data:
        raise Gone
    shown = showing.current(share)
    response = JsonResponse(shown, json_dumps_params={"indent": 2, "ensure_ascii": False})
    return _counted(request, share, response)


@require_safe
@door
def file(request: HttpRequest, share: Share, pk: UUID) -> HttpResponse:
    row = _file(request, share, pk)
    response = part_of(_bytes(row), request.headers.get("Range", ""))
    response.headers["Content-Type"] = content_type(row)
    is_shown = row.media_type.startswith(("image/", "audio/"))
    return dressed(response, content_disposition_header(not is_shown, row.name))


@require_safe
@door
def thumbnail(request: HttpRequest, share: Share, pk: UUID) -> HttpResponse:
    data = _bytes(_file(request, share, pk), blobs.THUMBNAIL)
    return dressed(HttpResponse(data, content_type="image/webp"), "inline")


@require_safe
@door
def replay(request: HttpRequest, share: Share) -> HttpResponse:
    return _page(request, share, "share_replay.html")


@require_safe
@door
def track(request: HttpRequest, share: Share, pk: int) -> HttpResponse:
    """One answer as it came, for the player."""
    _check_visiting(request, share)
    shown, address = showing.current(share), f"/s/{token_of(request)}/"
    has_figures = share.shows_receipts
    found = replaying.track_of(shown, pk, address=address, has_figures=has_figures)
    if found is None:
        raise Gone
    return JsonResponse(found, json_dumps_params=COMPACT)


@require_POST
@door
def copying(request: HttpRequest, share: Share) -> HttpResponse:
    """Into a conversation of the visitor's own, up to the message that is named."""
    user = user_of(request)
    if user is None or not share.allows_copy:
        raise Gone
    _check_visiting(request, share)
    shown = showing.current(share)
    said, last = [], request.POST.get("message", "")
    for message in shown["messages"]:
        answer = message.get("answer")
        receipt = copies.receipt_of(answer["model"]) if answer else None
        timeline = tuple(answer["timeline"]) if answer else ()
        said.append(copies.Said(message["role"], message["parts"], receipt, timeline=timeline))
        if str(message["id"]) == last:
            break
    system = shown.get("system", "")
    return redirect(copies.copy(user, said, title=shown["title"], system=system))


def _page(request: HttpRequest, share: Share, template: str) -> HttpResponse:
    shown = showing.current(share)
    user = user_of(request)
    if not shown["messages"]:
        raise Gone
    address = f"/s/{token_of(request)}/"
    context = {
        "share": share,
        "shown": shown,
        "items": partial(showing.items, shown, files=f"{address}files/"),
        "reel": partial(replaying.reel, shown, address),
        "revision": None if share.is_live else share.revision,
        "is_own": doors.is_publisher(share, user),
        "visitor": user,
        "reasoning": PartView(0, "reasoning", ()),
    }
    return _counted(request, share, render(request, template, context))


def _counted(request: HttpRequest, share: Share, response: HttpResponse) -> HttpResponse:
    """The response, as a visit if it is none yet, whichever form of the share was asked for."""
    user = user_of(request)
    if request.method == "HEAD" or doors.is_visiting(share, user, request.COOKIES):
        return response
    if not share.admit(user, visitor=_visitor(request)):
        raise Gone
    name = doors.visit_cookie(share)
    _set_cookie(request, response, name, "1", seconds=settings.LIMITS.visit)
    return response


def _check_visiting(request: HttpRequest, share: Share) -> None:
    """Where visits are limited, what belongs to a page is for those whose visit was counted."""
    is_visiting = doors.is_visiting(share, user_of(request), request.COOKIES)
    if share.view_limit is not None and not is_visiting:
        raise Gone


def _let_in(request: HttpRequest, share: Share) -> HttpResponse | None:
    """None, or the page that is in the way."""
    user = user_of(request)
    if not share.is_for(user):
        if user is None:
            return redirect_to_login(request.get_full_path())
        raise Gone
    if not doors.needs_password(share, user, request.COOKIES):
        return None
    problem = ""
    if request.method == "POST":
        _count_password(request, share)
        if share.is_password(request.POST.get("password", "")[:2000]):
            response: HttpResponse = redirect(f"/s/{token_of(request)}/")
            name = doors.password_cookie(share)
            _set_cookie(request, response, name, doors.proof(share), seconds=None)
            return response
        problem = WRONG
    return render(request, "share_password.html", {"problem": problem})


def _count_password(request: HttpRequest, share: Share) -> None:
    most = settings.LIMITS.share_passwords_per_minute
    address = network(client_address(request))
    Attempt.make(Attempt.Kind.SHARE, f"{share.pk} {address}", limit=most)
    Attempt.make(Attempt.Kind.SHARE, str(share.pk), limit=10 * most)


def _set_cookie(
    request: HttpRequest, response: HttpResponse, name: str, value: str, *, seconds: int | None
) -> None:
    response.set_cookie(
        name,
        doors.sign(name, value),
        max_age=seconds,
        path=f"/s/{token_of(request)}/",
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _visitor(request: HttpRequest) -> str:
    """A word for this address on this day: enough to tell visitors apart, and no address."""
    text = f"{network(client_address(request))} {timezone.now():%Y-%m-%d}"
    return salted_hmac("chat.visit", text, algorithm="sha256").hexdigest()[:8]


def _file(request: HttpRequest, share: Share, pk: UUID) -> File:
    _check_visiting(request, share)
    if str(pk) not in set(showing.files(showing.current(share))):
        raise Gone
    row = share.conversation.files.filter(pk=pk).first()
    if row is None:
        raise Gone
    return row


def _bytes(row: File, suffix: str = "") -> bytes:
    data = blobs.read(row.pk, suffix)
    if data is None:
        raise Gone
    return data
