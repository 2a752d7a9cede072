"""`python manage.py runserver`: Django's development server, with websockets and reloading."""

from __future__ import annotations

from django.conf import settings

from playground.server import use_quick_loop

use_quick_loop()

from daphne.management.commands.runserver import Command as DaphneCommand  # noqa: E402


class Command(DaphneCommand):
    default_addr = settings.HOST
    default_port = str(settings.PORT)
