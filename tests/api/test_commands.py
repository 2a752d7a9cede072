"""Keys and budgets on the terminal."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO

from django.core.management import CommandError, call_command
from django.test import TestCase

from chat.models import ApiKey, Budget, User
from chat.models.ledger import Period, holder_of


def run(*arguments: str) -> str:
    output = StringIO()
    call_command(*arguments, stdout=output)
    return output.getvalue()


class CommandTests(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.alice = User.objects.create_user("alice")

    def test_a_key_is_printed_and_works(self) -> None:
        secret = run("api_key", "alice", "--name", "CI", "--model", "local/*").strip()

        key = ApiKey.find(secret)
        assert key is not None
        self.assertEqual((key.user, key.name), (self.alice, "CI"))
        self.assertEqual(key.model_patterns, ["local/*"])

    def test_a_budget_is_set_shown_and_taken_away(self) -> None:
        told = run("budget", "alice", "--month", "20", "--day", "1.5")
        self.assertIn("$0.0000 of $20.00 a month", told)
        self.assertIn("without a limit in all", told)

        run("budget", "alice", "--day", "none")

        (budget,) = Budget.objects.filter(holder=holder_of(self.alice))
        self.assertEqual((budget.period, budget.dollars), (Period.MONTH, Decimal(20)))

    def test_nonsense_is_refused(self) -> None:
        for arguments in (
            ("api_key", "nobody"),
            ("budget", "nobody"),
            ("budget", "alice", "--day", "many"),
            ("budget", "alice", "--day", "NaN"),
            ("budget", "alice", "--total=-1"),
            ("budget", "alice", "--total", "0.005"),
            ("budget", "alice", "--month", " "),
        ):
            with self.subTest(arguments=arguments), self.assertRaises(CommandError):
                run(*arguments)
        self.assertFalse(Budget.objects.exists())
