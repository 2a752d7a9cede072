"""Budgets as people read them: what is spent, what is set aside, what is left, and what to do.

The one rule: what is set aside for answers that are running counts as gone, because it may be.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils import timezone
from django.utils.timesince import timeuntil

from chat import charges
from chat.figures import dollars
from chat.models import Account, Budget, User
from chat.models.ledger import BILLION, OverBudget, Period, holders_of

NO_PRICE = "Pick one whose price is known, or one that runs on this server."
ASK = "or ask an administrator for more"


@dataclass(frozen=True, slots=True)
class Standing:
    """One budget, or a period without one. Amounts are US dollars."""

    period: Period
    limit: Decimal | None
    spent: Decimal
    reserved: Decimal
    ends_at: datetime | None

    @property
    def left(self) -> Decimal | None:
        return None if self.limit is None else max(Decimal(0), self.limit - self._gone)

    @property
    def is_used_up(self) -> bool:
        return self.left == 0

    @property
    def ends_in(self) -> str:
        """`5 hours, 3 minutes`."""
        return timeuntil(self.ends_at, timezone.now()) if self.ends_at else ""

    @property
    def spent_share(self) -> float:
        """Of the limit, as percent; never more than all of it."""
        return self._share(self.spent)

    @property
    def reserved_share(self) -> float:
        return self._share(self._gone) - self.spent_share

    @property
    def _gone(self) -> Decimal:
        return self.spent + self.reserved

    def _share(self, amount: Decimal) -> float:
        if not self.limit:
            return 100.0
        return round(min(100.0, float(100 * amount / self.limit)), 2)


def standings(holder: str) -> list[Standing]:
    """Of the day, of the month, and in all."""
    now = timezone.now()
    limits = dict(Budget.objects.filter(holder=holder).values_list("period", "dollars"))
    accounts = {
        account.period: account
        for account in Account.objects.filter(
            holder=holder, period__in=[period.name_at(now) for period in Period]
        )
    }
    found = []
    for period in Period:
        account = accounts.get(period.name_at(now)) or Account()
        spent, reserved = (Decimal(each) / BILLION for each in (account.spent, account.reserved))
        limit = limits.get(period)
        found.append(Standing(period, limit, spent, reserved, period.ends_at(now)))
    return found


def left(user: User, team_id: UUID | None = None) -> str:
    """In the words of the estimate: of the strictest budget, be it the person's or, in a team's
    conversation, the team's; empty where there is none."""
    holders = holders_of(user, team_id)
    limited = set(Budget.objects.filter(holder__in=holders).values_list("holder", flat=True))
    known = [
        (each.left, "the team's" if number else "your")
        for number, holder in enumerate(holders)
        if holder in limited
        for each in standings(holder)
        if each.left is not None
    ]
    if not known:
        return ""
    amount, whose = min(known, key=lambda each: each[0])
    if amount:
        return f"{dollars(float(amount))} of {whose} budget left"
    return "budget used up" if whose == "your" else f"{whose} budget used up"


def left_in(user: User, conversation: str) -> str:
    """The same by the id of a conversation, which may be none or not there for this person."""
    try:
        pk = UUID(conversation)
    except ValueError:
        return left(user)
    found = user.visible_conversations.filter(pk=pk).values_list("team_id", flat=True)
    return left(user, found.first())


def advice(over: OverBudget, *, fields: Iterable[str] = ()) -> str:
    """What somebody at the page can do about it; `fields` are those of the extra JSON."""
    budget = over.budget
    if budget is None:
        names = charges.other_price(fields)
        return (
            f"Take {names} out of the extra JSON: it may change the price." if names else NO_PRICE
        )
    now = timezone.now()
    ends_at = Period(budget.period).ends_at(now)
    wait = ""
    if ends_at is not None:
        wait = f", wait until {ends_at:%H:%M} UTC on {ends_at.day} {ends_at:%B}"
        wait += f" ({timeuntil(ends_at, now, depth=1)})"
    if over.left <= 0:
        return f"Nothing is left. Pick a model that costs nothing{wait}, {ASK}."
    return f"Ask for a shorter answer with Max output tokens, pick a cheaper model{wait}, {ASK}."
