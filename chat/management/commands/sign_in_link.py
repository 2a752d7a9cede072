"""`manage.py sign_in_link USERNAME`: the way back in for somebody whom nobody else can let in."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.models import Link, User


class Command(BaseCommand):
    help = "Prints a link with which a person sets a new password. It works once, for an hour."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="the user name, not the name shown")

    def handle(self, *args: object, **options: str) -> None:
        username = User.normalize_username(options["username"])
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is nobody with the user name {username}.")
        if not user.is_active:
            raise CommandError(f"The account {username} is deactivated.")
        link, token = Link.make_reset(user)
        self.stdout.write(link.address(token))
