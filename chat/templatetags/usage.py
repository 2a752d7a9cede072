"""Sums in tables, written as in receipts."""

from __future__ import annotations

from django import template

from chat import figures
from chat.usage import Sum

register = template.Library()


@register.filter
def whole(number: int) -> str:
    return f"{number:,}"


@register.filter
def wait(milliseconds: int | None) -> str:
    return "–" if milliseconds is None else figures.seconds(milliseconds)


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
    turns = "turn" if total.unknown_costs == 1 else "turns"
    return f"+ {total.unknown_costs:,} {turns} of unknown cost"
