"""Tasks: what became of them, calling them off, and the list of them.

The one rule: somebody else's task is not there.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import QuerySet
from django.http import JsonResponse

from chat import database, tasks
from chat.api.door import Visit
from chat.api.promises import described
from chat.calls.formats import NotFound
from chat.llm.dialects.reading import invalid
from chat.models import ApiKey, ApiTask

PAGE = 20
LARGEST_PAGE = 100


async def index(visit: Visit) -> JsonResponse:
    """The newest first; `status`, `model`, `limit`, and `after` with the id of the last one."""
    found = await database.run(_page, visit.key, visit.http.GET.dict())
    limit = _limit(visit.http.GET.get("limit"))
    page = found[:limit]
    return JsonResponse(
        {
            "object": "list",
            "data": [described(task) for task in page],
            "has_more": len(found) > limit,
            "first_id": page[0].pk if page else None,
            "last_id": page[-1].pk if page else None,
        }
    )


async def show(visit: Visit, pk: str) -> JsonResponse:
    return JsonResponse(described(await database.run(_own, visit.key, pk)))


async def cancel(visit: Visit, pk: str) -> JsonResponse:
    task = await database.run(_own, visit.key, pk)
    await tasks.cancel(task)
    return JsonResponse(described(task))


def _visible(key: ApiKey) -> QuerySet[ApiTask]:
    """All of the person's; to a key that may not use everything, only what it asked for itself."""
    is_narrow = bool(key.model_patterns or key.endpoint_names)
    return key.tasks.all() if is_narrow else key.user.api_tasks.all()


def _own(key: ApiKey, pk: str) -> ApiTask:
    task = _visible(key).filter(pk=pk).first()
    if task is None:
        raise NotFound("There is no such task.")
    return task


def _page(key: ApiKey, wanted: Mapping[str, str]) -> list[ApiTask]:
    rows = _visible(key)
    for name in ("status", "model"):
        if value := wanted.get(name):
            rows = rows.filter(**{name: value})
    if after := wanted.get("after"):
        last = _own(key, after)
        rows = rows.filter(created_at__lte=last.created_at).exclude(pk=last.pk)
        rows = rows.exclude(created_at=last.created_at, pk__gt=last.pk)
    return list(rows.defer("body")[: _limit(wanted.get("limit")) + 1])


def _limit(value: str | None) -> int:
    if not value:
        return PAGE
    if not value.isascii() or not value.isdecimal() or not 1 <= int(value[:9]) <= LARGEST_PAGE:
        raise invalid("limit", f"a whole number from 1 to {LARGEST_PAGE}")
    return int(value)
