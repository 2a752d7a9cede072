"""The page of one's budget, and that on which administrators set it."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from decimal import Decimal
from unittest import mock

from django.test import Client, override_settings

from chat import budgets
from chat.models import Account, Budget, Conversation, Entry, Lane, Membership, Team
from chat.models.ledger import BILLION, OverBudget, Period, holder_of, team_holder
from tests.cast import PARROT, CastCase
from tests.usage.case import text_of

PAGE = "/usage/budget/"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class BudgetCase(CastCase):
    def setUp(self) -> None:
        super().setUp()
        clock = mock.patch("django.utils.timezone.now", return_value=NOON)
        clock.start()
        self.addCleanup(clock.stop)
        self.holder = holder_of(self.alice)
        self.path = f"/people/{self.alice.pk}/budget/"

    def spend(self, dollars: str, *, reserved: str = "0") -> None:
        now = budgets.timezone.now()
        for period in Period:
            Account.objects.create(
                holder=self.holder,
                period=period.name_at(now),
                spent=int(Decimal(dollars) * BILLION),
                reserved=int(Decimal(reserved) * BILLION),
            )

    def spend_all(self) -> None:
        Account.objects.update(spent=100 * BILLION)

    def text(self, path: str = PAGE, client: Client | None = None) -> str:
        return text_of((client or self.client).get(path))


class OwnBudgetTests(BudgetCase):
    def test_it_says_what_is_spent_set_aside_and_left_and_when_it_begins_again(self) -> None:
        Budget.put(self.holder, Period.DAY, Decimal(2))
        self.spend("0.50", reserved="0.25")

        text = self.text()

        self.assertIn("Today $1.25 left", text)
        self.assertIn("$0.50 spent of $2.00 · $0.25 set aside", text)
        self.assertIn("begins again 2026-11-23 00:00:00 (in 12 hours)", text)
        self.assertIn("This month no limit", text)
        self.assertIn("begins again 2026-12-01 00:00:00", text)

    def test_it_begins_again_by_the_clock_of_the_person(self) -> None:
        Budget.put(self.holder, Period.DAY, Decimal(2))
        self.client.cookies["zone"] = "Asia/Tokyo"

        self.assertIn("begins again 2026-11-23 09:00:00", self.text())

    def test_one_that_is_used_up_says_so(self) -> None:
        Budget.put(self.holder, Period.TOTAL, Decimal("0.10"))
        self.spend("0.50")

        self.assertIn("In all used up", self.text())

    def test_without_one_there_is_no_limit(self) -> None:
        self.assertIn("There is no limit on what you spend.", self.text())

    def test_what_is_left_of_the_strictest_is_left(self) -> None:
        Budget.put(self.holder, Period.DAY, Decimal(2))
        Budget.put(self.holder, Period.TOTAL, Decimal("0.70"))
        self.spend("0.50")

        self.assertEqual(self.text(f"{PAGE}left/"), "$0.20 of your budget left")
        self.spend_all()
        self.assertEqual(self.text(f"{PAGE}left/"), "budget used up")

    @override_settings(ENDPOINTS=[PARROT])
    def test_in_a_teams_conversation_the_nearer_of_both_counts(self) -> None:
        team = Team.objects.create(name="Greenhouse")
        Membership.objects.create(team=team, user=self.alice, role="editor")
        conversation = Conversation.objects.create(user=self.alice, team=team)
        Lane.objects.create(conversation=conversation)
        here = f"{PAGE}left/?conversation={conversation.pk}"
        Budget.put(self.holder, Period.DAY, Decimal(2))
        self.assertEqual(self.text(here), "$2.00 of your budget left")

        Budget.put(team_holder(team.pk), Period.MONTH, Decimal(1))

        self.assertEqual(self.text(here), "$1.00 of the team's budget left")
        self.assertEqual(self.text(f"{PAGE}left/"), "$2.00 of your budget left")
        self.assertEqual(
            self.text(f"{PAGE}left/?conversation=nonsense"), "$2.00 of your budget left"
        )
        self.assertEqual(self.text(here, self.as_user(self.bob)), "")
        page = html.unescape(self.client.get(conversation.get_absolute_url()).content.decode())
        self.assertIn("$1.00 of the team's budget left", page)

    def test_without_a_budget_nothing_is_left_to_say(self) -> None:
        self.assertEqual(self.text(f"{PAGE}left/"), "")

    def test_it_hides_from_strangers(self) -> None:
        Budget.put(self.holder, Period.DAY, Decimal(2))
        bobs = self.as_user(self.bob)

        self.assertIn("There is no limit", self.text(PAGE, bobs))
        self.assertEqual(self.text(f"{PAGE}left/", bobs), "")
        for path in (PAGE, f"{PAGE}left/"):
            self.assertEqual(Client().get(path).status_code, 302)


class SettingTests(BudgetCase):
    def setUp(self) -> None:
        super().setUp()
        self.bob.promote()
        self.client = self.as_user(self.bob)

    def test_an_administrator_sets_and_takes_away(self) -> None:
        self.client.post(self.path, {"daily": "2", "monthly": "$20.50", "total": ""})
        self.assertEqual(self.limits(), {"day": Decimal(2), "month": Decimal("20.50")})

        response = self.client.post(self.path, {"daily": "", "monthly": "0"}, follow=True)

        self.assertEqual(self.limits(), {"month": Decimal(0)})
        self.assertContains(response, "The budget of Alice Aster is saved.")

    def test_what_was_set_is_there_to_be_changed(self) -> None:
        Budget.put(self.holder, Period.DAY, Decimal("1.50"))

        self.assertContains(self.client.get(self.path), 'value="1.50"')

    def test_nonsense_is_refused_in_sentences_and_changes_nothing(self) -> None:
        Budget.put(self.holder, Period.DAY, Decimal(1))
        for typed, sentence in (
            ("-1", "That is less than nothing."),
            ("-1e99", "That is less than nothing."),
            ("1e10", "More than a billion dollars."),
            ("1e999999", "More than a billion dollars."),
            ("0.005", "Cents are the smallest"),
            ("1e-30", "Cents are the smallest"),
            ("much", "A number of dollars, such as 20 or 2.50."),
            ("2,50", "A number of dollars, such as 20 or 2.50."),
            ("NaN", "A number of dollars, such as 20 or 2.50."),
            ("Infinity", "A number of dollars, such as 20 or 2.50."),
            ("9" * 50_000, "More than a billion dollars."),
        ):
            with self.subTest(typed[:20]):
                response = self.client.post(self.path, {"daily": typed, "monthly": "3"})
                self.assertContains(response, sentence)
                self.assertContains(response, 'value="3"')
                self.assertEqual(self.limits(), {"day": Decimal(1)})

    def test_it_hides_from_strangers(self) -> None:
        for stranger in (self.alice, self.charlie):
            self.assertEqual(self.as_user(stranger).get(self.path).status_code, 404)
            answer = self.as_user(stranger).post(self.path, {"daily": "1000"})
            self.assertEqual(answer.status_code, 404)
        self.assertFalse(Budget.objects.exists())

    def limits(self) -> dict[str, Decimal]:
        return dict(Budget.objects.filter(holder=self.holder).values_list("period", "dollars"))


class AdviceTests(BudgetCase):
    def refused(self, most: str | None) -> str:
        with self.assertRaises(OverBudget) as caught:
            Entry.reserve("turn:1", [self.holder], most=most and Decimal(most))
        return f"{caught.exception.message} {budgets.advice(caught.exception)}"

    def test_a_budget_that_is_used_up_says_until_when(self) -> None:
        Budget.put(self.holder, Period.DAY, Decimal(2))
        self.spend("2")

        said = self.refused("0.01")

        self.assertIn("Nothing is left. Pick a model that costs nothing, wait until 00:00", said)
        self.assertIn("00:00 UTC on 23 November (12\xa0hours)", said)

    def test_an_answer_that_could_cost_too_much_can_be_made_shorter(self) -> None:
        Budget.put(self.holder, Period.TOTAL, Decimal(2))
        self.spend("1")

        said = self.refused("1.50")

        self.assertIn("may cost up to $1.5000.", said)
        self.assertIn("Ask for a shorter answer with Max output tokens", said)
        self.assertNotIn("wait until", said)

    def test_a_model_without_a_price_can_be_changed(self) -> None:
        Budget.put(self.holder, Period.DAY, Decimal(2))

        self.assertIn("Pick one whose price is known", self.refused(None))


class PeriodTests(CastCase):
    def test_the_next_day_and_the_next_month_are_found(self) -> None:
        for moment, day, month in (
            ("2026-12-31T23:59:59+00:00", "2027-01-01", "2027-01-01"),
            ("2028-02-29T00:00:00+00:00", "2028-03-01", "2028-03-01"),
            ("2026-11-01T00:30:00+02:00", "2026-11-01", "2026-11-01"),
        ):
            at = datetime.fromisoformat(moment)
            self.assertEqual(f"{Period.DAY.ends_at(at):%Y-%m-%d}", day)
            self.assertEqual(f"{Period.MONTH.ends_at(at):%Y-%m-%d}", month)
        self.assertIsNone(Period.TOTAL.ends_at(at))
