"""Which pages may open a socket: those of our own origins, to the letter.

A socket carries the person's cookie whoever's page opens it, so the handshake is the only place
where a foreign page can be told apart.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

from django.conf import settings

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def is_ours(origins: Sequence[bytes]) -> bool:
    """The values of all Origin headers of a handshake. Browsers write an origin in one form only,
    so that no parsing is needed, and none can go wrong."""
    allowed = {origin.encode("ascii") for origin in settings.ALLOWED_ORIGINS}
    return len(origins) == 1 and origins[0] in allowed


def from_our_pages(application: Application) -> Application:
    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if is_ours([value for name, value in scope["headers"] if name == b"origin"]):
            await application(scope, receive, send)
            return
        await refuse(scope, receive, send)

    return guard


async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
    """Closing before accepting answers the handshake with 403."""
    await receive()
    await send({"type": "websocket.close", "code": 4403})
