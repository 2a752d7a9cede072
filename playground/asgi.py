"""HTTP and websockets, as one application that any ASGI server can run."""

from __future__ import annotations

import os
from typing import Any, cast

from django.core.asgi import get_asgi_application
from django.urls import re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")
pages = get_asgi_application()

# Rows can be imported only after Django is set up.
from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

from chat.routing import websocket_urlpatterns  # noqa: E402
from playground.origins import from_our_pages, refuse  # noqa: E402
from playground.programs import Programs, by_path  # noqa: E402

routes = [*websocket_urlpatterns, re_path(r"", cast(Any, refuse))]
sockets = from_our_pages(AuthMiddlewareStack(URLRouter(routes)))
application = ProtocolTypeRouter({"http": by_path(pages, Programs()), "websocket": sockets})
