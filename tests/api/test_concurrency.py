"""The ledger and the minute of a key under real threads, on the database that lets them race."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connections
from django.test import TransactionTestCase
from django.utils import timezone

from chat.models import Account, ApiKey, Budget, Entry, User
from chat.models.api_key import TooFast
from chat.models.ledger import OverBudget, Period, holder_of

pytestmark = pytest.mark.postgresql
THREADS = 12


def race(work: Callable[[int], bool], times: int) -> int:
    """How many of them got through."""

    def one(number: int) -> bool:
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(one, range(times)))


class RaceTests(TransactionTestCase):
    def setUp(self) -> None:
        self.alice = User.objects.create_user("alice")

    def test_reservations_never_pass_a_budget_together(self) -> None:
        holder = holder_of(self.alice)
        keys = [ApiKey.make(self.alice, name=str(n))[0].holder for n in range(3)]
        Budget.put(holder, Period.DAY, Decimal(10))

        def reserve(number: int) -> bool:
            try:
                Entry.reserve(f"test:{number}", [holder, keys[number % 3]], most=Decimal(1))
            except OverBudget:
                return False
            return True

        self.assertEqual(race(reserve, 60), 10)
        self.assertEqual(Account.objects.get(holder=holder, period="total").reserved, 10**10)

    def test_settling_adds_up(self) -> None:
        holder = holder_of(self.alice)
        for number in range(40):
            Entry.reserve(f"test:{number}", [holder], most=Decimal(1))

        def settle(number: int) -> bool:
            # Every entry twice: once from each way out.
            Entry.settle_for(f"test:{number % 40}", Decimal("0.25"))
            return True

        race(settle, 80)

        account = Account.objects.get(holder=holder, period="total")
        self.assertEqual((account.reserved, account.spent), (0, 10**10))

    def test_no_more_requests_than_the_minute_has(self) -> None:
        key = ApiKey.make(self.alice, name="A", requests_per_minute=7)[0]
        if timezone.now().second > 55:  # the minute must not turn meanwhile
            time.sleep(61 - timezone.now().second)

        def take(number: int) -> bool:
            try:
                ApiKey.objects.get(pk=key.pk).take(1)
            except TooFast:
                return False
            return True

        self.assertEqual(race(take, 40), 7)
