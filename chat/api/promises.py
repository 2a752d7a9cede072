"""A task instead of an answer, for callers who do not want to wait: `X-Async-Mode: true`.

The one rule: what would be refused at once is refused at once; a task is only made of what can be
asked.
"""

from __future__ import annotations

from django.http import JsonResponse

from chat import database, naming, tasks
from chat.api.door import Visit
from chat.llm.types import Request
from chat.models import ApiTask

HEADER = "x-async-mode"


def is_wanted(visit: Visit) -> bool:
    return visit.http.headers.get(HEADER, "").strip().lower() in ("true", "1")


async def promise(visit: Visit, request: Request) -> JsonResponse:
    """Raise `ModelNotFound`."""
    await database.run(naming.find, visit.key, request.model)
    task = await tasks.add(
        visit.key,
        visit.body,
        dialect=visit.dialect,
        model=request.model,
        request_id=visit.request_id,
    )
    return JsonResponse(
        described(task), status=202, headers={"Location": f"/api/v1/tasks/{task.pk}"}
    )


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
