"""`python manage.py serve`: everything the playground needs, in one process."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from playground.server import CannotStart, serve


class Command(BaseCommand):
    help = "Prepares the data folder, starts the local model and serves until Ctrl-C."
    # `make check` runs them; here they would be paid for at every start.
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            serve(self._say)
        except CannotStart as reason:
            sys.exit(str(reason))
        except KeyboardInterrupt:
            sys.exit(130)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
