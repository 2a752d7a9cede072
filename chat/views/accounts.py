"""Signing in and out, and what a person can change about the own account.

The one rule: whoever fails to sign in learns nothing from it, neither by words nor by time.
"""

from __future__ import annotations

import re

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from chat import sessions, temporary
from chat.forms import AccountForm, PasswordChangeForm, SignInForm
from chat.models import Attempt, TooManyAttempts, User
from chat.models.attempt import network
from chat.views.requests import SignedInRequest
from playground.addresses import client_address

WRONG = "User name and password do not go together. Please check both."
# Browsers drop some of these from an address, and take a backslash for a slash.
_DECEPTIVE = re.compile(r"[\x00-\x20\\\x7f-\x9f\ud800-\udfff]")
_LONGEST_ADDRESS = 2000


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    destination = _destination(request)
    if request.user.is_authenticated:
        return redirect(destination)
    if request.method != "POST":
        is_new = not User.objects.exists()
        context = {"form": SignInForm(), "next": destination, "is_new": is_new}
        return render(request, "sign_in.html", context)

    form = SignInForm(request.POST)
    form.is_valid()
    # A new form: which of the two was not even possible is nobody's business.
    again = SignInForm(initial={"username": form.cleaned_data.get("username", "")})
    context = {"form": again, "next": destination}
    try:
        user = _user_of(form, request)
    except TooManyAttempts as refusal:
        return refuse(request, "sign_in.html", refusal, **context)
    if user is None:
        return render(request, "sign_in.html", context | {"problem": WRONG})
    sessions.begin(request, user)
    return redirect(destination)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    temporary.close_of_session(request.session.session_key or "")
    logout(request)
    messages.success(request, "You are signed out.")
    return redirect("sign_in")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def account(request: SignedInRequest) -> HttpResponse:
    context: dict[str, object] = {"has_own_keys": settings.OWN_KEYS}
    if request.method != "POST":
        form = AccountForm({"name": request.user.name, "titles": request.user.titles})
        return render(request, "account.html", context | {"form": form})

    form = AccountForm(request.POST)
    if not form.is_valid():
        return render(request, "account.html", context | {"form": form})
    request.user.introduce(form.cleaned_data["name"], titles=form.cleaned_data["titles"])
    messages.success(request, "Saved.")
    return redirect("account")


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("current", "password")
@login_required
def password(request: SignedInRequest) -> HttpResponse:
    user = request.user
    if request.method != "POST":
        return render(request, "password.html", {"form": PasswordChangeForm(user)})

    form = PasswordChangeForm(user, request.POST)
    try:
        count_try_at(user.username)
    except TooManyAttempts as refusal:
        return refuse(request, "password.html", refusal, form=form)
    if not form.is_valid():
        return render(request, "password.html", {"form": form})
    Attempt.forget(Attempt.Kind.USER, user.username)
    user.set_password(form.cleaned_data["password"])
    user.save_password()
    update_session_auth_hash(request, user)
    messages.success(request, "Your password is changed. You are signed out everywhere else.")
    return redirect("account")


def refuse(
    request: HttpRequest, template: str, refusal: TooManyAttempts, **context: object
) -> HttpResponse:
    response = render(request, template, context | {"problem": refusal.message}, status=429)
    response.headers["Retry-After"] = str(refusal.seconds)
    return response


def count_try_at(username: str) -> None:
    """Raises TooManyAttempts."""
    Attempt.make(Attempt.Kind.USER, username, limit=settings.LIMITS.sign_ins_per_minute_user)


def _user_of(form: SignInForm, request: HttpRequest) -> User | None:
    """Who it is, if the password is right. Raises TooManyAttempts."""
    address = network(client_address(request))
    Attempt.make(Attempt.Kind.ADDRESS, address, limit=settings.LIMITS.sign_ins_per_minute_address)
    if not form.is_valid():
        return None
    username = form.cleaned_data["username"]
    count_try_at(username)
    # Hashes the password for an unknown name as well, so that both take the same time.
    user = authenticate(request, username=username, password=form.cleaned_data["password"])
    if not isinstance(user, User):
        return None
    # Who is right need not wait. The address goes on counting: it may be guessing other names.
    Attempt.forget(Attempt.Kind.USER, username)
    return user


def _destination(request: HttpRequest) -> str:
    """Where `?next=` says, if that is a page of this site."""
    page = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = (
        page.startswith("/")
        and len(page) <= _LONGEST_ADDRESS
        and not _DECEPTIVE.search(page)
        and url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    )
    return page if is_ours else settings.LOGIN_REDIRECT_URL
