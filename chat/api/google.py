"""Google's generateContent, streamGenerateContent and countTokens.

https://ai.google.dev/api/generate-content
"""

from __future__ import annotations

from django.http import JsonResponse
from django.http.response import HttpResponseBase

from chat.api import errors
from chat.api.answering import answer
from chat.api.counting import count
from chat.api.door import Visit
from chat.calls.formats import NotFound, answer_id, parse
from chat.llm.dialects.google import StreamRenderer
from chat.llm.errors import ModelError
from chat.llm.events import Event


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
    raise NotFound("A model is asked by :generateContent, :streamGenerateContent or :countTokens.")


async def _generate(visit: Visit, model: str, *, is_streamed: bool) -> HttpResponseBase:
    request = parse("google", visit.body, model=model, is_streamed=is_streamed)
    id = answer_id("google", visit.request_id)
    if is_streamed and visit.http.GET.get("alt") != "sse":
        return await answer(
            visit,
            request,
            lambda: ArrayRenderer(StreamRenderer(id, request.model)),
            content_type=errors.JSON,
        )
    return await answer(visit, request, lambda: StreamRenderer(id, request.model))


async def _count(visit: Visit, model: str) -> HttpResponseBase:
    body = visit.body
    if isinstance(body, dict) and "contents" not in body:
        body = body.get("generateContentRequest") or body.get("generate_content_request") or body
    counted = await count(visit, parse("google", body, model=model))
    answer = {"totalTokens": counted.tokens}
    return JsonResponse(answer, headers=counted.headers)


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
