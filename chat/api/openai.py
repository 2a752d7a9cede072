"""OpenAI's Chat Completions.

https://platform.openai.com/docs/api-reference/chat/create
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.http.response import HttpResponseBase

from chat.api.answering import Renderer, answer
from chat.api.door import Visit
from chat.llm.answer import Answer
from chat.llm.dialects.openai import StreamRenderer, parse_request, render_response
from chat.llm.errors import BadRequest
from chat.llm.types import Request


async def create_completion(visit: Visit) -> HttpResponseBase:
    request = parse_request(visit.body)
    return await answer(
        visit, request, whole=whole(visit, request), renderer=renderer(visit, request)
    )


def whole(visit: Visit, request: Request) -> Callable[[Answer], dict[str, Any]]:
    def render(said: Answer) -> dict[str, Any]:
        created = int(time.time())
        return render_response(said, id=_id(visit), model=request.model, created=created)

    return render


def renderer(visit: Visit, request: Request) -> Callable[[], Renderer]:
    options = visit.body.get("stream_options")
    if options is not None and not isinstance(options, dict):
        raise BadRequest(
            "“stream_options” must be an object.", parameter="stream_options", status=400
        )
    has_usage = bool((options or {}).get("include_usage"))
    return lambda: StreamRenderer(
        _id(visit), request.model, created=int(time.time()), has_usage=has_usage
    )


def _id(visit: Visit) -> str:
    return f"chatcmpl-{visit.request_id.removeprefix('req_')}"
