"""Print the JSON Schema of an export: docs/export.schema.json."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand

from chat.imports.schema import json_schema


class Command(BaseCommand):
    help = "Print the JSON Schema of an export."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(json_schema(), indent=1))
