"""Which websocket address is what."""

from __future__ import annotations

from django.urls import path

from chat.consumers import ChatConsumer
from chat.spectators import SpectatorConsumer

websocket_urlpatterns = [
    path("ws/", ChatConsumer.as_asgi()),
    # Below the page, because the cookies that let a visitor in are for what is below it.
    path("s/<str:token>/live/", SpectatorConsumer.as_asgi()),
]
