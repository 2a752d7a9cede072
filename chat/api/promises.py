"""A task instead of an answer, for callers who do not want to wait: `X-Async-Mode: true`.

The one rule: what would be refused at once is refused at once; a task is only made of what can be
asked.
"""

from __future__ import annotations

from django.http import JsonResponse

from chat import database, naming, tasks
from chat.api import limits
from chat.api.door import Visit
from chat.calls import refusals
from chat.calls.taking import take
from chat.llm.types import Request
from chat.models import ApiTask
from chat.models.api_key import Allowance

HEADER = "x-async-mode"


def is_wanted(visit: Visit) -> bool:
    return visit.http.headers.get(HEADER, "").strip().lower() in ("true", "1")


async def promise(visit: Visit, request: Request) -> JsonResponse:
    """Raise `ModelNotFound` or `RateLimited`."""
    allowance = await database.run(_admit, visit, request)
    task = await tasks.add(
        visit.key,
        visit.body,
        dialect=visit.dialect,
        model=request.model,
        request_id=visit.request_id,
    )
    headers = {"Location": f"/api/v1/tasks/{task.pk}"}
    headers |= limits.headers(visit.dialect, visit.key, allowance)
    return JsonResponse(described(task), status=202, headers=headers)


def _admit(visit: Visit, request: Request) -> Allowance:
    with refusals.kept(visit.key, request.model, visit.dialect, visit.request_id):
        naming.find(visit.key, request.model)
        return take(visit.key)


def described(task: ApiTask) -> dict[str, object]:
    """Moments are whole seconds since 1970, as OpenAI writes them."""
    moments = {
        name: None if moment is None else int(moment.timestamp())
        for name, moment in (
            ("created_at", task.created_at),
            ("started_at", task.started_at),
            ("finished_at", task.finished_at),
            ("expires_at", task.expires_at),
        )
    }
    return {
        "id": task.pk,
        "object": "task",
        "status": task.status,
        "model": task.model,
        "format": task.dialect,
        "request_id": task.request_id,
        **moments,
        "result": task.result,
        "error": task.error,
        "error_status": task.error_status,
    }
