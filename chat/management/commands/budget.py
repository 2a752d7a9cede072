"""`manage.py budget USERNAME --month 20`: how much a person may spend; without a sum, what is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.budget_form import DollarField
from chat.models import Account, Budget, User
from chat.models.ledger import Period, holder_of

NONE = "none"


class Command(BaseCommand):
    help = "Sets, takes away (none) or shows what a person may spend, in US dollars."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="the user name, not the name shown")
        for period in Period:
            parser.add_argument(f"--{period}", metavar="DOLLARS", help=period.label)

    def handle(self, *args: Any, **options: Any) -> None:
        username = User.normalize_username(options["username"])
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is nobody with the user name {username}.")
        holder = holder_of(user)
        sums = {period: _dollars(options[period]) for period in Period if options[period]}
        for period, dollars in sums.items():
            Budget.put(holder, period, dollars)
        for period in Period:
            budget = Budget.objects.filter(holder=holder, period=period).first()
            limit = f"of ${budget.dollars}" if budget else "without a limit"
            spent = Account.spent_by(holder, period)
            self.stdout.write(f"${spent:.4f} {limit} {period.label}")


def _dollars(text: str) -> Decimal | None:
    if text == NONE:
        return None
    try:
        dollars: Decimal = DollarField("", is_required=True).clean(text)
    except ValidationError as refusal:
        raise CommandError(f"{text!r}: {refusal.messages[0]} “{NONE}” takes it away.") from None
    return dollars
