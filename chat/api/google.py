"""Google's generateContent, streamGenerateContent and countTokens.

https://ai.google.dev/api/generate-content
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import JsonResponse
from django.http.response import HttpResponseBase

from chat.api import errors
from chat.api.answering import Renderer, answer
from chat.api.counting import SOURCE_HEADER, count
from chat.api.door import Visit
from chat.llm.answer import Answer
from chat.llm.dialects.google import StreamRenderer, parse_request, render_response
from chat.llm.errors import ModelError
from chat.llm.events import Event
from chat.llm.types import Request


async def call_method(visit: Visit, name: str) -> HttpResponseBase:
    """`name` is `<model>:<method>`; a model's own id may have colons too."""
    model, _, method = name.rpartition(":")
    match method:
        case "generateContent":
            return await _generate(visit, model, is_streamed=False)
        case "streamGenerateContent":
            return await _generate(visit, model, is_streamed=True)
        case "countTokens":
            return await _count(visit, model)
    raise errors.NotFound(
        "A model is asked by :generateContent, :streamGenerateContent or :countTokens."
    )


async def _generate(visit: Visit, model: str, *, is_streamed: bool) -> HttpResponseBase:
    request = parse_request(visit.body, model=model, is_streamed=is_streamed)
    is_array = is_streamed and visit.http.GET.get("alt") != "sse"
    kind = {"content_type": errors.JSON} if is_array else {}
    return await answer(
        visit,
        request,
        whole=whole(visit, request),
        renderer=renderer(visit, request, is_array=is_array),
        **kind,
    )


async def _count(visit: Visit, model: str) -> HttpResponseBase:
    body = visit.body
    if isinstance(body, dict) and "contents" not in body:
        body = body.get("generateContentRequest") or body.get("generate_content_request") or body
    counted = await count(visit, parse_request(body, model=model, is_streamed=False))
    answer = {"totalTokens": counted.tokens}
    return JsonResponse(answer, headers={SOURCE_HEADER: counted.source})


def whole(visit: Visit, request: Request) -> Callable[[Answer], dict[str, Any]]:
    return lambda said: render_response(said, id=visit.request_id, model=request.model)


def renderer(visit: Visit, request: Request, *, is_array: bool) -> Callable[[], Renderer]:
    def make() -> Renderer:
        events = StreamRenderer(visit.request_id, request.model)
        return ArrayRenderer(events) if is_array else events

    return make


class ArrayRenderer:
    """The same chunks as the elements of one JSON array, for callers who did not ask for events."""

    def __init__(self, events: StreamRenderer) -> None:
        self._events = events
        self._is_begun = False

    def render(self, event: Event) -> bytes:
        return self._elements(self._events.render(event))

    def close(self) -> bytes:
        return self._elements(self._events.close()) + b"]"

    def fail(self, error: ModelError) -> bytes:
        return self._elements(self._events.fail(error)) + b"]"

    def _elements(self, events: bytes) -> bytes:
        """Each event is one line of JSON, in which line ends are escaped."""
        found = b""
        for event in events.split(b"\n\n"):
            if event:
                found += (b",\n" if self._is_begun else b"[") + event.removeprefix(b"data: ")
                self._is_begun = True
        return found
