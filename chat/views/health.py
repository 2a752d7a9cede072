"""For whoever watches the server: is it alive, and may it be sent visitors?"""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from chat import readiness


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """It answers. Nothing else is asked, so that a slow database restarts nobody."""
    return HttpResponse("alive\n", content_type="text/plain")


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """It takes new work and reaches its database."""
    if readiness.is_draining():
        return HttpResponse("draining\n", content_type="text/plain", status=503)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("no database\n", content_type="text/plain", status=503)
    return HttpResponse("ready\n", content_type="text/plain")
