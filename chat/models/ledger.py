"""Who has spent how much, and the budgets that hold them to it.

The one rule: the most that an answer can cost is reserved before anybody is asked, under a lock of
the accounts, so that no number of answers at once gets past a budget; what it did cost is settled
once, on every way out. Money is whole billionths of a US dollar: it adds up exactly everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from chat.models.user import User

BILLION = 10**9
_WHOSE = {
    "address": "this address",
    "demo": "this demo",
    "guest": "this guest",
    "key": "this key",
    "team": "this team",
    "user": "your account",
}
NO_PRICE = "No price is known for this model, so that a budget cannot hold it."
MOST = 10**9 * BILLION
"""A billion dollars is as good as no limit, and fits into the column."""


class OverBudget(Exception):
    """`message` is for the holder; `budget` the one that holds, and `left` US dollars of it."""

    def __init__(
        self, message: str, *, budget: Budget | None = None, left: Decimal = Decimal(0)
    ) -> None:
        self.message = message
        self.budget = budget
        self.left = left
        super().__init__(message)


class Period(models.TextChoices):
    DAY = "day", "a day"
    MONTH = "month", "a month"
    TOTAL = "total", "in all"

    def name_at(self, moment: datetime) -> str:
        """`2026-11-22`, `2026-11` or `total`, in UTC."""
        match self:
            case Period.DAY:
                return f"{moment:%Y-%m-%d}"
            case Period.MONTH:
                return f"{moment:%Y-%m}"
            case _:
                return "total"

    def ends_at(self, moment: datetime) -> datetime | None:
        """When the next one begins, in UTC; None for the one that never ends."""
        day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        match self:
            case Period.DAY:
                return day + timedelta(days=1)
            case Period.MONTH:
                return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
            case _:
                return None


class Budget(models.Model):
    """Without one, a holder may spend what it likes."""

    holder = models.CharField(max_length=60)
    """`user:7`, `key:<uuid>`, `team:<uuid>`."""
    period = models.CharField(max_length=5, choices=Period.choices)
    dollars = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["holder", "period"], name="budget_once"),
            models.CheckConstraint(name="budget_positive", condition=models.Q(dollars__gte=0)),
        ]

    def __str__(self) -> str:
        return f"${self.dollars} {self.get_period_display()} for {self.holder}"

    @classmethod
    def put(cls, holder: str, period: Period, dollars: Decimal | None) -> None:
        """None takes it away."""
        if dollars is None:
            cls.objects.filter(holder=holder, period=period).delete()
        else:
            cls.objects.update_or_create(
                holder=holder, period=period, defaults={"dollars": dollars}
            )


class Account(models.Model):
    """What one holder has spent in one period, and what running answers may still cost."""

    holder = models.CharField(max_length=60)
    period = models.CharField(max_length=10)
    reserved = models.BigIntegerField(default=0)
    spent = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["holder", "period"], name="account_once")]

    def __str__(self) -> str:
        return f"{self.holder} in {self.period}"

    @classmethod
    def locked(cls, holders: Sequence[str], moment: datetime) -> dict[tuple[str, str], Account]:
        """Those of all periods at this moment, by holder and period. First what is missing is made,
        then all are locked, both in the same order: no two transactions wait for one another."""
        names = sorted(period.name_at(moment) for period in Period)
        rows = cls.objects.filter(holder__in=holders, period__in=names)
        there = set(rows.values_list("holder", "period"))
        wanted = [(holder, name) for holder in sorted(holders) for name in names]
        if missing := [pair for pair in wanted if pair not in there]:
            fresh = [Account(holder=holder, period=name) for holder, name in missing]
            Account.objects.bulk_create(fresh, ignore_conflicts=True)
        locked = rows.order_by("holder", "period").select_for_update()
        return {(row.holder, row.period): row for row in locked}

    @classmethod
    def spent_by(cls, holder: str, period: Period) -> Decimal:
        """US dollars in the running period."""
        name = period.name_at(timezone.now())
        found = cls.objects.filter(holder=holder, period=name).values_list("spent", flat=True)
        return Decimal(found.first() or 0) / BILLION


class Entry(models.Model):
    """One answer in the ledger: reserved when it is asked for, settled when it has ended."""

    source = models.CharField(max_length=60, unique=True)
    """`turn:7`, `call:<uuid>`."""
    holders = models.JSONField()
    reserved = models.BigIntegerField()
    settled = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["created_at"],
                name="entry_open",
                condition=models.Q(settled=None),
            )
        ]

    def __str__(self) -> str:
        return f"entry {self.pk}"

    @classmethod
    @transaction.atomic
    def reserve(cls, source: str, holders: Sequence[str], *, most: Decimal | None) -> None:
        """Raise `OverBudget`; then nothing is reserved. `most` of None: the price is not known,
        which no budget allows. What is free has no entry."""
        if most == 0:
            return
        budgets = list(Budget.objects.filter(holder__in=holders))
        if most is None:
            if budgets:
                raise OverBudget(NO_PRICE)
            return
        now, amount = timezone.now(), _billionths(most)
        if amount > MOST:
            raise OverBudget("This answer could cost more than anybody can spend.")
        accounts = Account.locked(holders, now)
        for budget in budgets:
            account = accounts[budget.holder, Period(budget.period).name_at(now)]
            if account.spent + account.reserved + amount > _billionths(budget.dollars):
                raise _refusal(budget, account, most)
        Account.objects.filter(pk__in=[account.pk for account in accounts.values()]).update(
            reserved=F("reserved") + amount
        )
        cls.objects.create(source=source, holders=list(holders), reserved=amount, created_at=now)

    @classmethod
    def settle_parts(cls, source: str, amounts: dict[str, Decimal]) -> None:
        """What was reserved in other units for the same turn; see `chat.demos`."""
        sources = {f"{source}/{unit}": amount for unit, amount in amounts.items()}
        for entry in cls.objects.filter(source__in=sources, settled=None).order_by("source"):
            entry.settle(sources[entry.source])

    @classmethod
    def settle_for(cls, source: str, cost: Decimal | None) -> None:
        for entry in cls.objects.filter(source=source, settled=None):
            entry.settle(cost)

    @transaction.atomic
    def settle(self, cost: Decimal | None) -> None:
        """Once; a second time changes nothing. None: nobody knows what it cost, and it may have
        been all that was reserved."""
        amount = self.reserved if cost is None else min(_billionths(cost), MOST)
        rows = Entry.objects.filter(pk=self.pk, settled=None)
        if not rows.update(settled=amount, settled_at=timezone.now()):
            return
        accounts = Account.locked(self.holders, self.created_at).values()
        Account.objects.filter(pk__in=[account.pk for account in accounts]).update(
            reserved=F("reserved") - self.reserved, spent=F("spent") + amount
        )

    @classmethod
    def settle_stale(cls) -> int:
        """Of those whose process was killed nobody knows the cost: it may have been all of it."""
        cutoff = timezone.now() - timedelta(seconds=settings.LIMITS.entry_stale)
        stale = list(cls.objects.filter(settled=None, created_at__lt=cutoff))
        for entry in stale:
            entry.settle(None)
        return len(stale)


def holder_of(user: User) -> str:
    return f"user:{user.pk}"


def team_holder(team_id: UUID) -> str:
    return f"team:{team_id}"


def holders_of(user: User, team_id: UUID | None) -> list[str]:
    """Who pays for a turn: the person who asks and, in a team's conversation, the team."""
    return [holder_of(user), *([team_holder(team_id)] if team_id else [])]


def _billionths(dollars: Decimal) -> int:
    return int((dollars * BILLION).to_integral_value(ROUND_CEILING))


def _refusal(budget: Budget, account: Account, most: Decimal) -> OverBudget:
    whose = _WHOSE[budget.holder.partition(":")[0]]
    spent = Decimal(account.spent + account.reserved) / BILLION
    message = (
        f"The budget of {whose} is ${budget.dollars} {budget.get_period_display()}: "
        f"${spent:.4f} of it is spent or reserved, and this answer may cost up to ${most:.4f}."
    )
    return OverBudget(message, budget=budget, left=budget.dollars - spent)
