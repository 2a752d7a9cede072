"""A request that may be sent again without being made again: `Idempotency-Key`.

The one rule: what is sent again is answered byte for byte, streams included, and costs nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

import msgspec
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from chat import database
from chat.api import promises
from chat.api.answering import Stream, StreamedAnswer
from chat.api.door import View, Visit
from chat.llm.errors import BadRequest
from chat.models import KeptReply
from chat.models.kept_reply import InProgress, OtherRequest

HEADER = "idempotency-key"
LONGEST = 255
REPLAYED = "idempotent-replayed"
IN_PROGRESS = "This request is still being answered. Send it again in a moment."
OTHER_REQUEST = "This idempotency key was given to another request before."
LARGEST = 16 * 2**20
"""Bytes of a reply that is kept; a larger one is made again."""


class Conflict(BadRequest):
    """409: the SDKs try again by themselves."""

    is_retryable = True


def once(view: View) -> View:
    """The view, for requests that may name themselves."""

    async def guarded(visit: Visit, **arguments: Any) -> HttpResponseBase:
        name = visit.http.headers.get(HEADER, "")
        if not name:
            return await view(visit, **arguments)
        if len(name) > LONGEST or not name.isprintable():
            raise BadRequest(
                f"“{HEADER}” must have at most {LONGEST} printable characters.", status=400
            )
        kept, is_new = await _claimed(visit, name)
        if not is_new:
            return _again(kept)
        try:
            response = await view(visit, **arguments)
        except BaseException:
            await asyncio.shield(database.run(kept.release))
            raise
        return await _keeping(response, kept, request_id=visit.request_id)

    return guarded


async def _claimed(visit: Visit, name: str) -> tuple[KeptReply, bool]:
    is_promise = b"later" if promises.is_wanted(visit) else b"now"
    asked = (visit.http.get_full_path().encode(), is_promise, msgspec.json.encode(visit.body))
    fingerprint = sha256(b"\0".join(asked)).hexdigest()
    try:
        return await database.run(
            KeptReply.claim,
            visit.key.pk,
            name,
            fingerprint=fingerprint,
            request_id=visit.request_id,
        )
    except InProgress:
        raise Conflict(IN_PROGRESS, status=409) from None
    except OtherRequest:
        raise BadRequest(OTHER_REQUEST, parameter=HEADER, status=400) from None


def _again(kept: KeptReply) -> HttpResponse:
    headers = {REPLAYED: "true", "x-original-request-id": kept.request_id}
    return HttpResponse(
        bytes(kept.body), status=kept.status, content_type=kept.content_type, headers=headers
    )


async def _keeping(
    response: HttpResponseBase, kept: KeptReply, *, request_id: str
) -> HttpResponseBase:
    reply = Reply(response.status_code, response.headers["Content-Type"], request_id)
    if isinstance(response, StreamedAnswer):
        response.streaming_content = KeptStream(response.stream, kept, reply)
    elif isinstance(response, HttpResponse):
        await database.run(kept.fill, response.content, **asdict(reply))
    return response


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    content_type: str
    request_id: str


class KeptStream:
    """Kept once it is whole; of one that broke off or was left, nothing is."""

    def __init__(self, stream: Stream, kept: KeptReply, reply: Reply) -> None:
        self._stream = stream
        self._kept = kept
        self._reply = reply
        self._loop = asyncio.get_running_loop()
        self._is_settled = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        body = bytearray()
        try:
            async for piece in self._stream:
                if len(body) <= LARGEST:
                    body += piece
                if self._stream.is_whole and len(body) <= LARGEST:
                    # Before the last piece is out: who has it may ask again at once.
                    self._is_settled = True
                    await database.run(self._kept.fill, bytes(body), **asdict(self._reply))
                yield piece
        finally:
            if not self._is_settled:
                self._is_settled = True
                await asyncio.shield(database.run(self._kept.release))

    def close(self) -> None:
        """Called from another thread, in any case."""
        self._stream.close()
        if not self._is_settled:
            asyncio.run_coroutine_threadsafe(database.run(self._kept.release), self._loop)
