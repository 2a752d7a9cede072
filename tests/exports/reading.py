"""An export as whoever asked for it gets it, through the asynchronous server's own way."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from asgiref.sync import async_to_sync
from django.test import AsyncClient

from chat.models import User


def fetch_bytes(
    user: User, path: str, form: dict[str, Any] | None = None
) -> tuple[int, bytes, dict[str, str]]:
    """Status, body and headers; with a form, it is sent."""

    async def read() -> tuple[int, bytes, dict[str, str]]:
        client = AsyncClient()
        await client.aforce_login(user)
        response = await (client.get(path) if form is None else client.post(path, form))
        if not response.streaming:
            return response.status_code, response.content, dict(response.headers)
        data = b"".join([piece async for piece in response.streaming_content])
        return response.status_code, data, dict(response.headers)

    return async_to_sync(read)()


def fetch(user: User, path: str) -> tuple[int, str, dict[str, str]]:
    """The same as text."""
    status, data, headers = fetch_bytes(user, path)
    return status, data.decode(), headers


def unpacked(data: bytes) -> dict[str, bytes]:
    """What is in an archive, by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}
