"""What a link opens: a new account, or a new password.

The one rule: looking does not spend it (mail scanners look), and a link that is used, expired,
revoked, meant for something else or made up is answered with the same page.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from chat import sessions
from chat.forms import NewPasswordForm, WelcomeForm
from chat.models import Attempt, Link, TooManyAttempts
from chat.models.attempt import network
from chat.views.accounts import refuse
from playground.addresses import client_address


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    try:
        link = _find(request, Link.find_welcome, token)
    except TooManyAttempts as refusal:
        return refuse(request, "link_gone.html", refusal)
    if link is None:
        return _gone(request)
    is_first = link.purpose == Link.Purpose.SETUP
    if request.method != "POST":
        return render(request, "welcome.html", {"form": WelcomeForm(), "is_first": is_first})

    form = WelcomeForm(request.POST)
    if not form.is_valid():
        return render(request, "welcome.html", {"form": form, "is_first": is_first})
    user = form.make_user()
    try:
        is_admitted = link.admit(user)
    except IntegrityError:
        form.refuse_name()
        return render(request, "welcome.html", {"form": form, "is_first": is_first})
    if not is_admitted:
        return _gone(request)
    sessions.begin(request, user)
    return redirect(settings.LOGIN_REDIRECT_URL)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def reset(request: HttpRequest, token: str) -> HttpResponse:
    try:
        link = _find(request, Link.find_reset, token)
    except TooManyAttempts as refusal:
        return refuse(request, "link_gone.html", refusal)
    if link is None or link.user is None:
        return _gone(request)
    user = link.user
    if request.method != "POST":
        return render(request, "reset.html", {"form": NewPasswordForm(user), "person": user})

    form = NewPasswordForm(user, request.POST)
    if not form.is_valid():
        return render(request, "reset.html", {"form": form, "person": user})
    user.set_password(form.cleaned_data["password"])
    if not link.renew(user):
        return _gone(request)
    sessions.begin(request, user)
    messages.success(request, "Your new password is saved. You are signed out everywhere else.")
    return redirect(settings.LOGIN_REDIRECT_URL)


def _find(request: HttpRequest, find: Callable[[str], Link | None], token: str) -> Link | None:
    """Raises TooManyAttempts: also for a good link, or the answer would tell it from a bad one."""
    miss = Attempt.make(
        Attempt.Kind.LINK,
        network(client_address(request)),
        limit=settings.LIMITS.link_misses_per_minute_address,
    )
    link = find(token)
    if link:
        miss.delete()
    return link


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "link_gone.html", status=404)
