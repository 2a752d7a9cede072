"""The pages, and an address below /api/ as if the API were there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def models(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [path("api/v1/models", models), path("", include("chat.urls"))]
