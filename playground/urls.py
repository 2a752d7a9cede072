"""Which address is what: each noun has its own module of views."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from chat.views import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("api/", include("chat.api.urls")),
    path("", include("chat.urls")),
]

handler500 = "playground.programs.failed"
