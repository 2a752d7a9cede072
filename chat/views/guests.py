"""What a guest of a demo opens: the page, its looks, and what is the guest's own.

The one rule: a guest is who holds the cookie of this demo, and reaches one conversation.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from chat import copies
from chat.demos import rooms
from chat.models import Demo, Guest, Turn, User
from chat.models.attempt import network
from chat.models.demo import Full
from chat.sharing import showing
from chat.thread import PartView
from chat.views.entrance import Gone, View, find, guarded, token_of
from playground.addresses import client_address

COOKIE = "guest"
DARKEST_PAPER = 0.4
"""Relative luminance from which on black is read better than white."""


def door(view: View) -> View:
    """Gives the view the demo, if guests may come."""

    @wraps(view)
    def let_in(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        return view(request, find(request, Demo.find, token), **kwargs)

    return guarded(let_in, "demo_gone.html")


@require_safe
@ensure_csrf_cookie
@door
def show(request: HttpRequest, demo: Demo) -> HttpResponse:
    guest = _guest(request, demo)
    if guest is None:
        return render(request, "demo_welcome.html", {"demo": demo, "token": token_of(request)})
    _, found = rooms.shown(guest)
    context = {
        "demo": demo,
        "token": token_of(request),
        "guest": guest,
        "left": guest.left(),
        "items": showing.items(found, files=""),
        "reasoning": PartView(0, "reasoning", ()),
        "may_claim": isinstance(request.user, User),
    }
    return render(request, "demo_guest.html", context)


@require_POST
@door
def entry(request: HttpRequest, demo: Demo) -> HttpResponse:
    """In, once the guest has agreed to what is kept."""
    context = {"demo": demo, "token": token_of(request)}
    if demo.is_recorded and not request.POST.get("agrees"):
        context["problem"] = "Please say that you agree, or leave it."
        return render(request, "demo_welcome.html", context, status=422)
    if _guest(request, demo) is not None:
        return redirect("guest", token=token_of(request))
    try:
        _, key = demo.welcome(network=_network(request, demo))
    except Full:
        context["problem"] = "All seats are taken just now. Please try again in a minute."
        return render(request, "demo_welcome.html", context, status=503)
    response = redirect("guest", token=token_of(request))
    response.set_cookie(
        COOKIE,
        key,
        path=f"/d/{token_of(request)}/",
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@require_safe
@door
def looks(request: HttpRequest, demo: Demo) -> HttpResponse:
    """The demo's colour, as a style sheet: a page may have no style of its own."""
    colour = demo.colour or "#0f766e"
    ink = "#000" if _luminance(colour) > DARKEST_PAPER else "#fff"
    text = f":root {{ --demo: {colour}; --on-demo: {ink}; }}\n"
    return HttpResponse(text, content_type="text/css; charset=utf-8")


@require_safe
@door
def logo(request: HttpRequest, demo: Demo) -> HttpResponse:
    if not demo.logo:
        raise Gone
    return HttpResponse(bytes(demo.logo), content_type="image/webp")


@require_safe
@door
def export(request: HttpRequest, demo: Demo, name: str) -> HttpResponse:
    guest = _guest(request, demo)
    if guest is None or name not in ("md", "json"):
        raise Gone
    _, found = rooms.shown(guest)
    if name == "json":
        return JsonResponse(found, json_dumps_params={"indent": 2, "ensure_ascii": False})
    return HttpResponse(showing.markdown(found), content_type="text/markdown; charset=utf-8")


@require_POST
@door
def deletion(request: HttpRequest, demo: Demo) -> HttpResponse:
    """The guest's words, for the presenter too, at once and for good."""
    guest = _guest(request, demo)
    if guest is None:
        raise Gone
    if Turn.objects.filter(conversation__guest=guest, status__in=Turn.UNFINISHED).exists():
        messages.error(request, "An answer is still being written. Stop it first.")
        return redirect("guest", token=token_of(request))
    for conversation in guest.conversations.all():
        conversation.delete()
    response = redirect("guest", token=token_of(request))
    response.delete_cookie(COOKIE, path=f"/d/{token_of(request)}/")
    return response


@require_POST
@door
def claim(request: HttpRequest, demo: Demo) -> HttpResponse:
    """A copy for the account of whoever has one by now."""
    guest = _guest(request, demo)
    if guest is None or not isinstance(request.user, User):
        raise Gone
    if guest.conversation is None:
        messages.error(request, "Nothing was said yet.")
        return redirect("guest", token=token_of(request))
    _, found = rooms.shown(guest)
    said = []
    for message in found["messages"]:
        answer = message.get("answer")
        receipt = copies.receipt_of(answer["model"]) if answer else None
        said.append(copies.Said(message["role"], message["parts"], receipt))
    Guest.objects.filter(pk=guest.pk).update(claimed_by=request.user)
    messages.success(request, "This is yours now.")
    return redirect(copies.copy(request.user, said, title=demo.title))


def _guest(request: HttpRequest, demo: Demo) -> Guest | None:
    guest = Guest.find(demo, request.COOKIES.get(COOKIE, ""))
    if guest is not None:
        guest.demo = demo
        guest.see()
    return guest


def _network(request: HttpRequest, demo: Demo) -> str:
    """A word for the address, good for this demo only, that cannot be turned back into it."""
    text = f"{demo.pk} {network(client_address(request))}"
    return salted_hmac("chat.guest", text, algorithm="sha256").hexdigest()[:16]


def _luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    shares = []
    for start in (1, 3, 5):
        value = int(colour[start : start + 2], 16) / 255
        shares.append(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
    red, green, blue = shares
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
