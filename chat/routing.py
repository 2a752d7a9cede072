"""Which websocket address is what."""

from __future__ import annotations

from django.urls import path

from chat.consumers import ChatConsumer
from chat.guests import GuestConsumer
from chat.spectators import SpectatorConsumer

websocket_urlpatterns = [
    path("ws/", ChatConsumer.as_asgi()),
    # Below their pages, because the cookies that let a visitor in are for what is below those.
    path("d/<str:token>/live/", GuestConsumer.as_asgi()),
    path("s/<str:token>/live/", SpectatorConsumer.as_asgi()),
]
