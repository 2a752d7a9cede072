"""The documentation of the API, as a page: the very file that stands in docs/.

The one rule: addresses in it are those of this server.
"""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chat import rendering

WRITTEN_ADDRESS = "http://127.0.0.1:8000"


@require_safe
def api(request: HttpRequest) -> HttpResponse:
    return render(request, "docs.html", {"title": "The API", "content": _content("api")})


@cache
def _content(name: str) -> str:
    text = (settings.BASE / "docs" / f"{name}.md").read_text(encoding="utf-8")
    _, _, below_title = text.partition("\n")
    return rendering.render(below_title.replace(WRITTEN_ADDRESS, settings.SITE_URL))
