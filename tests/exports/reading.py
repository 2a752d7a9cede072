"""An export as whoever asked for it gets it, through the asynchronous server's own way."""

from __future__ import annotations

from asgiref.sync import async_to_sync
from django.test import AsyncClient

from chat.models import User


def fetch(user: User, path: str) -> tuple[int, str, dict[str, str]]:
    """Status, text and headers."""

    async def read() -> tuple[int, str, dict[str, str]]:
        client = AsyncClient()
        await client.aforce_login(user)
        response = await client.get(path)
        if not response.streaming:
            return response.status_code, response.content.decode(), dict(response.headers)
        text = b"".join([piece async for piece in response.streaming_content])
        return response.status_code, text.decode(), dict(response.headers)

    return async_to_sync(read)()
