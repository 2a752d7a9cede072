"""Numbers in templates, written the same way everywhere."""

from __future__ import annotations

from django import template

from chat import figures as line
from chat.models import Turn

register = template.Library()


@register.filter
def grouped(number: float) -> str:
    """8192 as 8,192."""
    return f"{number:,.0f}"


@register.filter
def dollars(price: float | None) -> str:
    """A price per million tokens: two decimals, and more only where they say something."""
    if price is None:
        return "unknown"
    text = f"{price:,.4f}"
    return "$" + text[:-2] + text[-2:].rstrip("0")


@register.filter
def figures(turn: Turn) -> list[tuple[str, str]]:
    """The receipt line of a turn as pairs of value and unit."""
    return line.figures(turn)
