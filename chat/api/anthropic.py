"""Anthropic's Messages.

https://docs.anthropic.com/en/api/messages
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import JsonResponse
from django.http.response import HttpResponseBase

from chat.api.answering import Renderer, answer
from chat.api.counting import SOURCE_HEADER, count
from chat.api.door import Visit
from chat.llm.answer import Answer
from chat.llm.dialects.anthropic import StreamRenderer, parse_request, render_response
from chat.llm.types import Request


async def create_message(visit: Visit) -> HttpResponseBase:
    request = parse_request(visit.body)
    return await answer(
        visit, request, whole=whole(visit, request), renderer=renderer(visit, request)
    )


async def count_tokens(visit: Visit) -> HttpResponseBase:
    counted = await count(visit, parse_request(visit.body))
    body = {"input_tokens": counted.tokens}
    return JsonResponse(body, headers={SOURCE_HEADER: counted.source})


def whole(visit: Visit, request: Request) -> Callable[[Answer], dict[str, Any]]:
    return lambda said: render_response(said, id=_id(visit), model=request.model)


def renderer(visit: Visit, request: Request) -> Callable[[], Renderer]:
    return lambda: StreamRenderer(_id(visit), request.model)


def _id(visit: Visit) -> str:
    return f"msg_{visit.request_id.removeprefix('req_')}"
