"""`manage.py api_key USERNAME`: a key for a program, on the terminal and never again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.models import ApiKey, User


class Command(BaseCommand):
    help = "Makes an API key for a person and prints it, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="Made on the terminal")
        parser.add_argument("--environment", default="", help="a label such as production")
        parser.add_argument(
            "--model",
            action="append",
            default=[],
            dest="models",
            help="a pattern of models that it may use, such as openai/*; may be given again",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active account {options['username']!r}.")
        _, secret = ApiKey.make(
            user,
            name=options["name"][:80],
            environment=options["environment"][:30],
            model_patterns=options["models"],
        )
        self.stdout.write(secret)
