"""Anthropic's Messages.

https://docs.anthropic.com/en/api/messages
"""

from __future__ import annotations

from django.http import JsonResponse
from django.http.response import HttpResponseBase

from chat.api.answering import answer
from chat.api.counting import count
from chat.api.door import Visit
from chat.calls.formats import answer_id, parse
from chat.llm.dialects.anthropic import StreamRenderer


async def create_message(visit: Visit) -> HttpResponseBase:
    request = parse("anthropic", visit.body)
    id = answer_id("anthropic", visit.request_id)
    return await answer(visit, request, lambda: StreamRenderer(id, request.model))


async def count_tokens(visit: Visit) -> HttpResponseBase:
    counted = await count(visit, parse("anthropic", visit.body))
    body = {"input_tokens": counted.tokens}
    return JsonResponse(body, headers=counted.headers)
