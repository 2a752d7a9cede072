"""A server within the test: it parses what an SDK sends with our server halves and renders what the
test says, so that the SDK and we read the very same bytes.

    mirror = Mirror(TextDelta("Hi"), Finish("stop"), Usage(5, 1))
    mirror.openai().chat.completions.create(…)
    mirror.request.parameters.temperature
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx2
import msgspec
from anthropic import Anthropic
from google.genai import Client as GoogleClient
from google.genai.types import HttpOptions, HttpRetryOptions
from openai import OpenAI

from chat.llm.answer import Answer
from chat.llm.dialects import anthropic, google, openai
from chat.llm.errors import ModelError
from chat.llm.events import Event, Finish, TextDelta, Usage
from chat.llm.types import Request

ADDRESS = "http://mirror.invalid/api"
KEY = "sk-of-nobody"
ID = "answer-1"
HELLO: tuple[Event, ...] = (
    TextDelta("Hel"),
    TextDelta("lo."),
    Finish("stop"),
    Usage(12, 3, cache_read_tokens=4),
)


class Mirror:
    def __init__(self, *events: Event, error: ModelError | None = None) -> None:
        """`error` alone is the response; after events it breaks the stream off."""
        self.events = events or (() if error else HELLO)
        self.error = error
        self.requests: list[Request] = []
        self.bodies: list[Any] = []

    @property
    def request(self) -> Request:
        """The last one, as our server half understood it."""
        return self.requests[-1]

    def openai(self) -> OpenAI:
        return OpenAI(
            api_key=KEY, base_url=f"{ADDRESS}/v1", max_retries=0, http_client=self._http()
        )

    def anthropic(self) -> Anthropic:
        return Anthropic(api_key=KEY, base_url=ADDRESS, max_retries=0, http_client=self._http())

    def google(self) -> GoogleClient:
        options = HttpOptions(
            base_url=ADDRESS,
            httpx_client=self._http(),
            retry_options=HttpRetryOptions(attempts=1),
        )
        return GoogleClient(api_key=KEY, http_options=options)

    def _http(self) -> httpx2.Client:
        return httpx2.Client(transport=httpx2.MockTransport(self._answer))

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        body = msgspec.json.decode(request.read())
        self.bodies.append(body)
        path = request.url.path
        if path.endswith("/chat/completions"):
            return self._openai(body)
        if path.endswith("/messages"):
            return self._anthropic(body)
        model, _, method = path.rpartition("/models/")[2].partition(":")
        return self._google(body, model=model, is_streamed=method == "streamGenerateContent")

    def _openai(self, body: Any) -> httpx2.Response:
        request = self._take(openai.parse_request(body))
        if self.error and not self.events:
            return _json(*openai.render_error(self.error))
        created = int(time.time())
        if not request.is_streamed:
            return _json(
                200,
                openai.render_response(self._said(), id=ID, model=request.model, created=created),
            )
        has_usage = (body.get("stream_options") or {}).get("include_usage", False)
        return self._stream(
            openai.StreamRenderer(ID, request.model, created=created, has_usage=has_usage)
        )

    def _anthropic(self, body: Any) -> httpx2.Response:
        request = self._take(anthropic.parse_request(body))
        if self.error and not self.events:
            return _json(*anthropic.render_error(self.error, request_id="req_1"))
        if not request.is_streamed:
            return _json(200, anthropic.render_response(self._said(), id=ID, model=request.model))
        return self._stream(anthropic.StreamRenderer(ID, request.model))

    def _google(self, body: Any, *, model: str, is_streamed: bool) -> httpx2.Response:
        self._take(google.parse_request(body, model=model, is_streamed=is_streamed))
        if self.error and not self.events:
            return _json(*google.render_error(self.error))
        if not is_streamed:
            return _json(200, google.render_response(self._said(), id=ID, model=model))
        return self._stream(google.StreamRenderer(ID, model))

    def _take(self, request: Request) -> Request:
        self.requests.append(request)
        return request

    def _said(self) -> Answer:
        answer = Answer()
        answer.extend(self.events)
        return answer

    def _stream(self, renderer: Any) -> httpx2.Response:
        def body() -> Iterator[bytes]:
            for event in self.events:
                yield renderer.render(event)
            yield renderer.fail(self.error) if self.error else renderer.close()

        return httpx2.Response(
            200, headers={"Content-Type": "text/event-stream"}, stream=_Body(body())
        )


class _Body(httpx2.SyncByteStream):
    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from (piece for piece in self._pieces if piece)


def _json(status: int, body: Any) -> httpx2.Response:
    headers = {"Content-Type": "application/json"}
    return httpx2.Response(status, headers=headers, content=msgspec.json.encode(body))
