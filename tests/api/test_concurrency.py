"""The ledger and the minute of a key under real threads, on the database that lets them race."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase, override_settings
from django.utils import timezone

from chat import orders
from chat.calls import placing, settling
from chat.calls.formats import parse
from chat.llm.errors import PaymentRequired
from chat.models import Account, ApiCall, ApiKey, Budget, Entry, User
from chat.models.api_key import TooFast
from chat.models.ledger import OverBudget, Period, holder_of
from chat.orders import Wish

pytestmark = pytest.mark.postgresql
THREADS = 12
PRICED = {
    "name": "double",
    "base_url": "http://127.0.0.1:9/v1",
    "provider": "openai",
    "models": ["gpt-5.4"],
    "is_private_allowed": True,
}


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

    def test_calls_and_turns_of_one_person_never_wait_for_one_another_for_ever(self) -> None:
        key = ApiKey.make(self.alice, name="A", requests_per_minute=10**6, tokens_per_minute=10**9)[
            0
        ]
        body = {"model": "double/gpt-5.4", "messages": [{"role": "user", "content": "Hi"}]}
        request = parse("openai", body)

        def call(number: int) -> bool:
            held = ApiKey.objects.select_related("user").get(pk=key.pk)
            placed = placing._place(held, request, "openai", f"req_{number}", is_task=False)
            settling._conclude(placed)
            settling._save(placed)
            return True

        def turn(number: int) -> bool:
            wish = Wish(client_id=uuid.uuid4(), model="double/gpt-5.4", text="Hi")
            order = orders.place(self.alice, wish)
            assert isinstance(order, orders.Order)
            Entry.settle_for(order.turn.ledger_source, Decimal("0.25"))
            return True

        limits = replace(settings.LIMITS, turns_per_user=1000)
        with override_settings(ENDPOINTS=[PRICED], LIMITS=limits):
            done = race(lambda number: (call if number % 2 else turn)(number), 120)

        self.assertEqual(done, 120)
        self.assertEqual(ApiCall.objects.exclude(status="running").count(), 60)
        account = Account.objects.get(holder=holder_of(self.alice), period="total")
        self.assertEqual((account.reserved, account.spent), (0, 60 * 10**9 // 4))

    def test_fifty_calls_at_once_stay_within_the_budget_of_key_and_person(self) -> None:
        keys = [ApiKey.make(self.alice, name=str(n))[0] for n in range(2)]
        Budget.put(holder_of(self.alice), Period.MONTH, Decimal("0.20"))
        Budget.put(keys[0].holder, Period.DAY, Decimal("0.05"))
        body = {
            "model": "double/gpt-5.4",
            "messages": [{"role": "user", "content": "Hi"}],
            "max_completion_tokens": 1000,
        }
        request = parse("openai", body)

        def call(number: int) -> bool:
            held = ApiKey.objects.select_related("user").get(pk=keys[number % 2].pk)
            try:
                placing._place(held, request, "openai", f"req_{number}", is_task=False)
            except PaymentRequired:
                return False
            return True

        with override_settings(ENDPOINTS=[PRICED]):
            placed = race(call, 50)

        made = ApiCall.objects.exclude(status=ApiCall.Status.REFUSED)
        self.assertEqual(made.count(), placed)
        for holder, most in ((holder_of(self.alice), 20), (keys[0].holder, 5)):
            account = Account.objects.get(holder=holder, period="total")
            self.assertLessEqual(account.reserved, most * 10**7)
            self.assertGreater(account.reserved, most * 10**7 * 0.6)
