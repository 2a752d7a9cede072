"""OpenAI's Chat Completions.

https://platform.openai.com/docs/api-reference/chat/create
"""

from __future__ import annotations

import time

from django.http.response import HttpResponseBase

from chat.api.answering import answer
from chat.api.door import Visit
from chat.calls.formats import answer_id, parse
from chat.llm.dialects.openai import StreamRenderer
from chat.llm.dialects.reading import invalid


async def create_completion(visit: Visit) -> HttpResponseBase:
    request = parse("openai", visit.body)
    options = visit.body.get("stream_options") or {}
    if not isinstance(options, dict):
        raise invalid("stream_options", "an object")

    def renderer() -> StreamRenderer:
        return StreamRenderer(
            answer_id("openai", visit.request_id),
            request.model,
            created=int(time.time()),
            has_usage=bool(options.get("include_usage")),
        )

    return await answer(visit, request, renderer)
