"""Numbers in templates, written the same way everywhere."""

from __future__ import annotations

from decimal import Decimal

from django import template

from chat import figures as line
from chat.catalog.facts import day as written_day
from chat.catalog.features import money
from chat.models import Turn

register = template.Library()


@register.filter
def grouped(number: float) -> str:
    """8192 as 8,192."""
    return f"{number:,.0f}"


@register.filter
def dollars(price: Decimal | float | None) -> str:
    """A price per million tokens, exact, and written as everywhere else."""
    return "unknown" if price is None else money(Decimal(str(price)))


@register.filter
def spent(amount: Decimal) -> str:
    """A sum of money, however small."""
    return line.dollars(float(amount))


@register.filter
def day(iso: str) -> str:
    """2026-03-05 as 5 March 2026; the month alone where only that is known."""
    return written_day(iso)


@register.filter
def parameter_label(name: str) -> str:
    return line.label(name)


@register.filter
def figures(turn: Turn) -> list[tuple[str, str]]:
    """The receipt line of a turn as pairs of value and unit."""
    return line.figures(turn)
