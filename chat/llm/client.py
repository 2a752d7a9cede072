"""Speaks to providers over HTTP. The only module that imports httpx.

    client = Client()                       # one per process, made at start
    async with client.stream(endpoint, request) as exchange:
        record(exchange.encoded)            # body and outcomes, before anything is sent
        async for event in exchange:        # raises ModelError, after the events before it
            answer.add(event)
    exchange.status, exchange.provider_request_id, exchange.retries

Cancelling the task that iterates, leaving the `async with` or `aclose()` closes the connection to
the provider. The one rule: no key leaves this module but in the header of its own endpoint's call.
"""

from __future__ import annotations

import asyncio
import json
import random as randomness
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import aiohttp
import httpx
import msgspec
from aiohttp.abc import AbstractResolver, ResolveResult
from httpx_aiohttp import AiohttpTransport

from chat.llm import counting, network
from chat.llm import payload as payloads
from chat.llm.dialects import EncodedRequest
from chat.llm.dialects.registry import DIALECTS, url_of
from chat.llm.errors import (
    AddressForbidden,
    AuthenticationFailed,
    Garbled,
    Interrupted,
    TimedOut,
    Unreachable,
)
from chat.llm.exchange import Connection, Deadlines, Exchange, Retry
from chat.llm.providers import provider_of
from chat.llm.response import unreadable
from chat.llm.types import Endpoint, ModelInfo, Request

__all__ = ["Client", "Deadlines", "Exchange", "Retry"]

_HEADERS = {
    "Accept": "text/event-stream, application/json",
    # 298 KB of gzip can be 64 MB of text, and a compressed stream comes in lumps.
    "Accept-Encoding": "identity",
    "User-Agent": "playground",
}
_FAILURES = (httpx.HTTPError, httpx.StreamError, aiohttp.ClientError, OSError)
COUNT_SECONDS = 5.0
_MODELS_LIMIT = 8 * 2**20
_PAGES = 20


class Client:
    """`transport` stands in for the network of every endpoint, in tests. `random` is the jitter."""

    def __init__(
        self,
        *,
        deadlines: Deadlines | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        ssl_context: ssl.SSLContext | None = None,
        random: Callable[[], float] = randomness.random,
    ) -> None:
        self._deadlines = deadlines or Deadlines()
        self._random = random
        context = ssl_context or httpx.create_ssl_context(trust_env=False)
        self._public = self._http(transport or _transport(context, _PublicResolver()))
        self._private = self._http(transport or _transport(context, None))

    def stream(self, endpoint: Endpoint, request: Request) -> Exchange:
        """Nothing is sent before the first `anext`. Streamed or not, as the request says."""
        dialect = DIALECTS[endpoint.dialect]
        return Exchange(
            endpoint,
            request,
            dialect=dialect,
            encoded=dialect.encode_request(endpoint, request),
            connect=self._connect,
            deadlines=self._deadlines,
            random=self._random,
        )

    async def models(self, endpoint: Endpoint) -> list[ModelInfo]:
        """What `endpoint` says it offers, every page of it. Raise `ModelError`."""
        try:
            async with asyncio.timeout(self._deadlines.first_byte):
                return await self._models(endpoint)
        except TimeoutError as error:
            raise TimedOut() from error

    async def _models(self, endpoint: Endpoint) -> list[ModelInfo]:
        dialect = DIALECTS[endpoint.dialect]
        models: list[ModelInfo] = []
        path: str | None = dialect.models_path
        for _ in range(_PAGES):
            if path is None:
                break
            page = await self._fetch(endpoint, EncodedRequest(path, {}), method="GET")
            models += dialect.decode_models(page)
            path = dialect.next_models_path(page)
        return models

    async def count_tokens(self, endpoint: Endpoint, request: Request) -> int | None:
        """As its provider counts; None where it has no counter. Raise `ModelError`."""
        encoded = counting.encode_count(endpoint, request)
        if encoded is None:
            return None
        try:
            async with asyncio.timeout(COUNT_SECONDS):
                return counting.decode_count(await self._fetch(endpoint, encoded, method="POST"))
        except TimeoutError as error:
            raise TimedOut() from error

    async def aclose(self) -> None:
        await self._public.aclose()
        await self._private.aclose()

    async def _fetch(self, endpoint: Endpoint, encoded: EncodedRequest, *, method: str) -> Any:
        """The decoded JSON of a short answer."""
        connection = await self._connect(endpoint, encoded, method=method)
        try:
            body = await _whole(connection)
        finally:
            await connection.aclose()
        if not 200 <= connection.status < 300:
            dialect = DIALECTS[endpoint.dialect]
            raise dialect.decode_error(connection.status, connection.headers, body)
        try:
            return payloads.decode(body)
        except ValueError as error:
            raise unreadable(body) from error

    def _http(self, transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=transport,
            timeout=httpx.Timeout(None, connect=self._deadlines.connect),
            headers=_HEADERS,
            trust_env=False,
            follow_redirects=False,
        )

    async def _connect(
        self, endpoint: Endpoint, encoded: EncodedRequest, *, method: str = "POST"
    ) -> Connection:
        """Raise `Unreachable`, `AddressForbidden` or `Garbled`; a refusal is a connection too."""
        url = url_of(endpoint, encoded.path)
        if not endpoint.is_private_allowed:
            network.check_url(url)
        http = self._private if endpoint.is_private_allowed else self._public
        try:
            request = http.build_request(
                method,
                url,
                headers={"Content-Type": "application/json", **encoded.headers, **_key(endpoint)},
                content=_json(encoded.body) if method == "POST" else None,
            )
            return _HTTPConnection(await http.send(request, stream=True))
        except AddressForbidden:
            raise
        except aiohttp.ClientResponseError as error:
            raise Garbled(detail=type(error).__name__) from error
        except (httpx.InvalidURL, *_FAILURES) as error:
            raise Unreachable(detail=_cause(error)) from error


class _HTTPConnection:
    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self._response = response
        self._chunks: AsyncIterator[bytes] = response.aiter_raw()

    async def read(self) -> bytes:
        try:
            async for chunk in self._chunks:
                if chunk:
                    return chunk
        except _FAILURES as error:
            raise Interrupted(detail=_cause(error)) from error
        return b""

    async def aclose(self) -> None:
        await self._response.aclose()


class _PublicResolver(AbstractResolver):
    """Gives the connector public addresses or nothing; it connects to what it is given."""

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        addresses = await network.resolve_public(host, port, family=family)
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=network.family_of(address),
                proto=0,
                flags=0,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        pass


def _transport(
    context: ssl.SSLContext, resolver: AbstractResolver | None
) -> httpx.AsyncBaseTransport:
    """The session is made at the first call, because it belongs to a running loop."""

    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(ssl=context, resolver=resolver, limit=0)
        return aiohttp.ClientSession(
            connector=connector, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()
        )

    transport: httpx.AsyncBaseTransport = AiohttpTransport(
        verify=context, trust_env=False, client=session
    )
    return transport


def _key(endpoint: Endpoint) -> dict[str, str]:
    if not endpoint.api_key:
        return {}
    if not endpoint.api_key.isascii() or not endpoint.api_key.isprintable():
        raise AuthenticationFailed("The endpoint's key contains characters that no key has.")
    provider = provider_of(endpoint)
    return {provider.key_header: provider.key_prefix + endpoint.api_key}


def _json(body: Mapping[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(body)
    except UnicodeEncodeError:  # half a surrogate pair: only the escaped form can carry it
        return json.dumps(body).encode()


async def _whole(connection: Connection) -> bytes:
    body = bytearray()
    while chunk := await connection.read():
        body += chunk
        if len(body) > _MODELS_LIMIT:
            raise Garbled(detail="a list of models beyond all measure")
    return bytes(body)


def _cause(error: BaseException) -> str:
    """For the log. Errors of the HTTP layer name hosts and reasons, never headers."""
    return f"{type(error).__name__}: {error}"[:500]
