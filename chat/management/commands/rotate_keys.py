"""`python manage.py rotate_keys`: encrypt every stored provider key under the newest master key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chat.models import Endpoint
from chat.secrets import Unreadable


class Command(BaseCommand):
    help = (
        "Encrypts the stored keys of providers anew, under the first of the master keys. Put a new "
        "one in front of the old one, restart, run this, then take the old one away."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        rows = list(Endpoint.objects.exclude(sealed_key=""))
        lost = []
        for row in rows:
            try:
                row.reseal()
            except Unreadable:
                lost.append(row.name)
        self.stdout.write(f"{len(rows) - len(lost)} of {len(rows)} keys are under the first key.")
        if lost:
            names = ", ".join(lost)
            raise CommandError(f"No master key opens those of {names}. Enter them again.")
