"""The documentation of the API, as pages: the very files that stand in docs/.

The one rule: addresses in them are those of this server, and models those of whoever reads.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chat import endpoints, manuals, rendering
from chat.models import User


@require_safe
def api(request: HttpRequest) -> HttpResponse:
    context = {"title": "The API", "content": _content("api"), "manuals": manuals.manuals()}
    return render(request, "docs.html", context)


@require_safe
def tool(request: HttpRequest, name: str) -> HttpResponse:
    """`model` is the one that the settings are for; without it, the first that suits."""
    manual = manuals.manual(name)
    if manual is None:
        raise Http404
    # Which models there are is told to those who are signed in.
    models = endpoints.models(request.user) if isinstance(request.user, User) else ()
    wanted = request.GET.get("model", "")
    picked = manuals.pick(models, wanted, manual)
    context: dict[str, Any] = {"title": manual.title, "manuals": manuals.manuals()}
    context |= {"manual": manual, "models": models, "picked": picked}
    if picked:
        context["obstacle"] = manual.obstacle(picked)
    text = manual.text(
        picked.key if picked else "", window=picked.context_window if picked else None
    )
    return render(request, "docs.html", context | {"content": rendering.render(text)})


@cache
def _content(name: str) -> str:
    text = (settings.BASE / "docs" / f"{name}.md").read_text(encoding="utf-8")
    _, _, below_title = text.partition("\n")
    return rendering.render(manuals.local(below_title))
