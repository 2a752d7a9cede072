"""Light, dark or as the system has it: kept in a cookie, so that the first paint is right."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

THEMES = ("system", "light", "dark")
YEAR = 365 * 24 * 3600


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    destination = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(destination, allowed_hosts=None):
        destination = "/"
    response = redirect(destination)
    if (name := request.POST.get("theme")) in THEMES:
        response.set_cookie(
            "theme", str(name), max_age=YEAR, samesite="Lax", secure=settings.IS_HTTPS
        )
    return response


def theme_of(request: HttpRequest) -> str:
    name = request.COOKIES.get("theme", "system")
    return name if name in THEMES else "system"
