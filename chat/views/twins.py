"""The model pages once more, for programs: Markdown, JSON, llms.txt; and what robots are told.

The one rule: they stand behind the same door as the pages.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from chat import directory
from chat.catalog.entries import CatalogModel
from chat.profiles import Profile, as_json, as_markdown, profile
from chat.views.models import model_or_404, reader_of, readers_only

MARKDOWN = "text/markdown; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"
ABOUT = "A self-hosted playground for language models. Each page has what is known of one model."


@readers_only
@require_safe
def markdown(request: HttpRequest, vendor: str, slug: str) -> HttpResponse:
    facts = _profile(request, model_or_404(request, vendor, slug))
    return _twin(HttpResponse(as_markdown(facts), content_type=MARKDOWN), facts.canonical_url)


@readers_only
@require_safe
def data(request: HttpRequest, vendor: str, slug: str) -> HttpResponse:
    facts = _profile(request, model_or_404(request, vendor, slug))
    response = JsonResponse(as_json(facts), json_dumps_params={"indent": 2, "ensure_ascii": False})
    return _twin(response, facts.canonical_url)


@readers_only
@require_safe
def llms(request: HttpRequest) -> HttpResponse:
    """https://llmstxt.org"""
    lines = ["# Playground", "", f"> {ABOUT}", ""]
    for vendor in directory.vendors(reader_of(request)):
        lines += [f"## {vendor.name}", ""]
        for model in vendor.models:
            link = f"{settings.SITE_URL}/models/{model.id}.md"
            lines.append(f"- [{model.name}]({link}): {model.description or 'not much is known'}")
        lines.append("")
    lines += ["## Optional", "", f"- [All of them in one file]({settings.SITE_URL}/llms-full.txt)"]
    return HttpResponse("\n".join(lines) + "\n", content_type=PLAIN)


@readers_only
@require_safe
def llms_full(request: HttpRequest) -> HttpResponse:
    """Every page but its program code, which is the same again and again."""
    pages = (
        as_markdown(_profile(request, model), with_code=False)
        for model in directory.models(reader_of(request))
    )
    return HttpResponse("\n---\n\n".join(pages), content_type=PLAIN)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Nothing here is for search engines, but for an open catalogue."""
    allowed = ["Allow: /models/", "Allow: /llms"] if settings.PUBLIC_CATALOG else []
    lines = ["User-agent: *", *allowed, "Disallow: /"]
    return HttpResponse("\n".join(lines) + "\n", content_type=PLAIN)


def _twin(response: HttpResponse, canonical_url: str) -> HttpResponse:
    response.headers["Link"] = f'<{canonical_url}>; rel="canonical"'
    return response


def _profile(request: HttpRequest, model: CatalogModel) -> Profile:
    return profile(model, on=timezone.now().date(), among=directory.vendors(reader_of(request)))
