"""The list of models that a key may use, in three shapes.

The one rule: the same models under the same ids in all three, in the order of the endpoints.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

from chat import database, naming
from chat.api.door import Visit
from chat.llm.dialects.reading import invalid
from chat.llm.types import DialectName
from chat.offers import AvailableModel

PAGE = {"anthropic": 20, "google": 50}
LARGEST_PAGE = 1000
METHODS = ["generateContent", "streamGenerateContent", "countTokens"]


def dialect_of(http: HttpRequest) -> DialectName:
    """The three share one address; the headers tell who asks. Only Google posts to a model."""
    if http.method == "POST":
        return "google"
    if "anthropic-version" in http.headers:
        return "anthropic"
    return "google" if "x-goog-api-key" in http.headers else "openai"


async def index(visit: Visit) -> HttpResponseBase:
    models = await database.run(naming.offered, visit.key)
    match visit.dialect:
        case "anthropic":
            return JsonResponse(_anthropic_page(visit.http, models))
        case "google":
            return JsonResponse(_google_page(visit.http, models))
    return JsonResponse({"object": "list", "data": [_openai(model) for model in models]})


async def show(visit: Visit, name: str) -> HttpResponseBase:
    name = name.removeprefix("models/") if visit.dialect == "google" else name
    model = await database.run(naming.find, visit.key, name)
    render = {"anthropic": _anthropic, "google": _google}.get(visit.dialect, _openai)
    return JsonResponse(render(model))


def _openai(model: AvailableModel) -> dict[str, Any]:
    released = _released(model)
    return {
        "id": model.key,
        "object": "model",
        "created": int(released.timestamp()) if released else 0,
        "owned_by": (model.catalog.vendor if model.catalog else None) or model.endpoint.name,
        "name": model.name,
        "context_window": model.context_window,
        "max_output_tokens": model.max_output_tokens,
    }


def _anthropic(model: AvailableModel) -> dict[str, Any]:
    released = _released(model) or datetime.fromtimestamp(0, UTC)
    return {
        "type": "model",
        "id": model.key,
        "display_name": model.name,
        "created_at": f"{released:%Y-%m-%dT%H:%M:%SZ}",
        "max_input_tokens": model.context_window,
        "max_tokens": model.max_output_tokens,
    }


def _google(model: AvailableModel) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": f"models/{model.key}",
        "version": "001",
        "displayName": model.name,
        "description": model.description,
        "supportedGenerationMethods": METHODS,
    }
    if model.context_window is not None:
        described["inputTokenLimit"] = model.context_window
    if model.max_output_tokens is not None:
        described["outputTokenLimit"] = model.max_output_tokens
    return described


def _anthropic_page(http: HttpRequest, models: tuple[AvailableModel, ...]) -> dict[str, Any]:
    limit = _whole(http, "limit", PAGE["anthropic"])
    ids = [model.key for model in models]
    after, before = http.GET.get("after_id"), http.GET.get("before_id")
    start, end = 0, len(models)
    if after in ids:
        start = ids.index(after) + 1
        end = min(end, start + limit)
    elif before in ids:
        end = ids.index(before)
        start = max(0, end - limit)
    else:
        end = min(end, limit)
    page = models[start:end]
    return {
        "data": [_anthropic(model) for model in page],
        "has_more": start > 0 if before in ids else end < len(models),
        "first_id": page[0].key if page else None,
        "last_id": page[-1].key if page else None,
    }


def _google_page(http: HttpRequest, models: tuple[AvailableModel, ...]) -> dict[str, Any]:
    limit = _whole(http, "pageSize", PAGE["google"])
    start = _whole(http, "pageToken", 0, smallest=0, largest=10**6)
    page: dict[str, Any] = {"models": [_google(model) for model in models[start : start + limit]]}
    if start + limit < len(models):
        page["nextPageToken"] = str(start + limit)
    return page


def _whole(
    http: HttpRequest,
    name: str,
    default: int,
    *,
    smallest: int = 1,
    largest: int = LARGEST_PAGE,
) -> int:
    value = http.GET.get(name)
    if not value:
        return default
    if not value.isascii() or not value.isdecimal() or not smallest <= int(value[:9]) <= largest:
        raise invalid(name, f"a whole number from {smallest} to {largest}")
    return int(value)


def _released(model: AvailableModel) -> datetime | None:
    """The catalogue knows it to the day or the month."""
    if model.catalog is None or model.catalog.released_on is None:
        return None
    parts = [int(part) for part in model.catalog.released_on.split("-")]
    year, month, day = (*parts, 1, 1)[:3]
    return datetime(year, month, day, tzinfo=UTC)
