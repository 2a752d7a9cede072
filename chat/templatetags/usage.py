"""Sums in tables, written as in receipts."""

from __future__ import annotations

from datetime import datetime, tzinfo
from decimal import Decimal

from django import template
from django.utils.timezone import localtime

from chat import figures
from chat.usage import Spread, Sum

register = template.Library()


@register.filter
def whole(number: int) -> str:
    return f"{number:,}"


@register.filter
def duration(milliseconds: int | None) -> str:
    return "–" if milliseconds is None else figures.seconds(milliseconds)


@register.filter
def median(spread: Spread | None) -> str:
    return duration(spread.p50 if spread else None)


@register.filter
def cost(total: Sum) -> str:
    if total.unknown_costs and not total.cost:
        return "unknown"
    return figures.dollars(float(total.cost))


@register.filter
def unpriced(total: Sum) -> str:
    """What the cost leaves out, if it is known at all."""
    if not (total.unknown_costs and total.cost):
        return ""
    answers = "answer" if total.unknown_costs == 1 else "answers"
    return f"+ {total.unknown_costs:,} {answers} of unknown cost"


@register.filter
def price(amount: Decimal | None) -> str:
    """Of one answer."""
    return "unknown" if amount is None else figures.dollars(float(amount))


@register.filter
def moment(at: datetime, zone: tzinfo) -> str:
    """Where the person is, to the second."""
    return f"{localtime(at, zone):%Y-%m-%d %H:%M:%S}"


@register.filter
def share(total: Sum) -> str:
    """Of its answers, how many failed."""
    if not total.failed:
        return ""
    percent = 100 * total.failed / total.count
    return f"{percent:.0f} %" if percent >= 1 else "under 1 %"
