"""An answer on its way to a program: whole, streamed, or promised as a task.

The one rule: until the first word the status is still ours to choose, so nothing is sent before it;
and however the response ends, the call is closed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from typing import Protocol

import msgspec
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from chat import calls
from chat.api import errors, limits, promises
from chat.api.door import Visit
from chat.calls import formats
from chat.llm.errors import ModelError
from chat.llm.events import Event
from chat.llm.types import Request

logger = logging.getLogger(__name__)

EVENTS = "text/event-stream; charset=utf-8"


class Renderer(Protocol):
    def render(self, event: Event) -> bytes: ...
    def close(self) -> bytes: ...
    def fail(self, error: ModelError) -> bytes: ...


async def answer(
    visit: Visit,
    request: Request,
    renderer: Callable[[], Renderer],
    *,
    content_type: str = EVENTS,
) -> HttpResponseBase:
    """Raise `ModelError` for what went wrong before the first word."""
    if promises.is_wanted(visit):
        return await promises.promise(visit, request)
    call = await calls.place(visit.key, request, dialect=visit.dialect, request_id=visit.request_id)
    response: HttpResponseBase
    try:
        if request.is_streamed:
            await call.open()
            response = StreamedAnswer(Stream(call, renderer()), content_type=content_type)
        else:
            said = await call.whole_answer()
            body = formats.whole(visit.dialect, said, request=request, request_id=visit.request_id)
            await call.aclose()
            response = HttpResponse(msgspec.json.encode(body), content_type=errors.JSON)
    except ModelError as error:
        await call.aclose()
        raise formats.ours(error) from error
    except BaseException:
        await call.aclose()
        raise
    for name, value in limits.headers(visit.dialect, visit.key, call.allowance).items():
        response.headers[name] = value
    # A proxy in front would collect a stream before it passes it on.
    response.headers["X-Accel-Buffering"] = "no"
    return response


class StreamedAnswer(StreamingHttpResponse):
    def __init__(self, stream: Stream, *, content_type: str) -> None:
        super().__init__(stream, content_type=content_type)
        self.stream = stream


class Stream:
    """What Django iterates; it calls `close` in any case, also if nobody was there to iterate."""

    def __init__(self, call: calls.Call, renderer: Renderer) -> None:
        self._call = call
        self._renderer = renderer
        self._loop = asyncio.get_running_loop()
        self.is_whole = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for event in self._call:
                if piece := self._renderer.render(event):
                    yield piece
            # Who has read the end finds the call settled.
            await self._call.aclose()
            self.is_whole = True
            yield self._renderer.close()
        except ModelError as error:
            await self._call.aclose()
            yield self._renderer.fail(formats.ours(error))
        except Exception:
            logger.exception("an answer could not be written")
            await self._call.aclose()
            yield self._renderer.fail(formats.OwnFault())
        finally:
            await self._call.aclose()

    def close(self) -> None:
        """Called from another thread."""
        self._loop.call_soon_threadsafe(self._call.close)
