"""Two hundred messages at once, on the database that lets them race: exactly what there is."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest
from django.test import TransactionTestCase, override_settings

from chat import demos, orders
from chat.models import Account, Entry, Turn, User
from chat.models.demo import Guest
from chat.orders import Refusal, Wish
from tests.api.test_concurrency import PRICED, race
from tests.demos.case import demo_of

pytestmark = pytest.mark.postgresql
SENDS = 200


@override_settings(ENDPOINTS=[PRICED])
class ParallelSends(TransactionTestCase):
    def send(self, guests: int, networks: int = 1, **limits: object) -> int:
        """How many of them were accepted; each by a guest in turn."""
        alice = User.objects.create_user("alice")
        generous = {"dollars": Decimal(1000), "tokens": 10**8, "guest_tokens": 10**7}
        many = {"messages": 1000, "guest_messages": 1000, "address_messages": 1000}
        fields = generous | many | {"guests_at_once": 1000, "model": "double/gpt-5.4"} | limits
        self.demo = demo_of(alice, **fields)
        rows = [self.demo.welcome(network=f"net {n % networks}")[0] for n in range(guests)]

        def one(number: int) -> bool:
            guest = Guest.objects.select_related("demo__user").get(pk=rows[number % guests].pk)
            wish = Wish(client_id=uuid.uuid4(), model=self.demo.model, text="Hello")
            wish.parameters["max_output_tokens"] = 100
            try:
                orders.place(guest.demo.user, wish, guest)
            except Refusal:
                return False
            return True

        return race(one, SENDS)

    def settle(self) -> None:
        for turn in Turn.objects.all():
            turn.status, turn.input_tokens, turn.output_tokens = Turn.Status.COMPLETED, 10, 20
            Entry.settle_for(turn.ledger_source, Decimal("0.001"))
            demos.settle(turn)

    def assert_sums(self, turns: int) -> None:
        self.assertEqual(Turn.objects.count(), turns)
        self.settle()
        self.assertEqual(self.demo.spent(), (Decimal("0.001") * turns, turns, 30 * turns))
        self.assertFalse(Account.objects.exclude(reserved=0).exists())
        self.assertFalse(Entry.objects.filter(settled=None).exists())

    def test_messages_of_the_demo(self) -> None:
        self.assertEqual(self.send(SENDS, messages=17), 17)
        self.assert_sums(17)

    def test_messages_of_one_address(self) -> None:
        self.assertEqual(self.send(SENDS, networks=2, address_messages=9), 18)
        self.assert_sums(18)

    def test_a_guest_has_one_answer_at_a_time(self) -> None:
        self.assertEqual(self.send(5), 5)
        self.assert_sums(5)

    def test_tokens_of_the_demo(self) -> None:
        self.assertEqual(self.send(SENDS, tokens=1000), 1000 // self.reserved("/tokens"))
        self.assert_sums(Turn.objects.count())

    def test_money_of_the_demo(self) -> None:
        accepted = self.send(SENDS, dollars=Decimal("0.01"))
        self.assertEqual(accepted, 10**7 // self.reserved(""))
        self.assert_sums(accepted)

    def reserved(self, unit: str) -> int:
        """Of one turn: tokens, or billionths of a dollar."""
        turn = Turn.objects.earliest("pk")
        entry = Entry.objects.get(source=f"{turn.ledger_source}{unit}")
        return entry.reserved // (10**9 if unit else 1)
