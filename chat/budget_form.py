"""What is typed about budgets, checked.

The one rule: an empty field is no limit; nothing at all is a limit too, and a strict one.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from chat.models import Budget
from chat.models.ledger import Period

MOST_DOLLARS = Decimal(10**9)
CENT = Decimal("0.01")


class DollarField(forms.DecimalField):
    default_error_messages = {"invalid": "A number of dollars, such as 20 or 2.50."}

    def __init__(self, label: str, *, is_required: bool = False) -> None:
        widget = forms.TextInput(
            attrs={"class": "input num", "inputmode": "decimal", "autocomplete": "off"}
        )
        super().__init__(label=label, required=is_required, widget=widget)

    def to_python(self, value: Any) -> Any:
        text = value.strip().removeprefix("$") if isinstance(value, str) else value
        return super().to_python(text)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is None:
            return
        if value < 0:
            raise ValidationError("That is less than nothing. Empty is no limit, 0 is nothing.")
        if value > MOST_DOLLARS:
            raise ValidationError("More than a billion dollars. Leave it empty for no limit.")
        if value != value.quantize(CENT):
            raise ValidationError("Cents are the smallest: at most two digits after the point.")


class BudgetForm(forms.Form):
    """`holder` as the ledger knows it."""

    daily = DollarField("US dollars a day")
    monthly = DollarField("US dollars a month")
    total = DollarField("US dollars in all")

    def __init__(self, data: Any = None, *, holder: str) -> None:
        super().__init__(data, initial=initial(holder))
        self.holder = holder

    def save(self) -> None:
        put(self.holder, self.cleaned_data)


PERIODS = {"daily": Period.DAY, "monthly": Period.MONTH, "total": Period.TOTAL}


def initial(holder: str) -> dict[str, Decimal | None]:
    """By the names of the fields."""
    limits = dict(Budget.objects.filter(holder=holder).values_list("period", "dollars"))
    return {name: limits.get(period) for name, period in PERIODS.items()}


def put(holder: str, amounts: dict[str, Any]) -> None:
    for name, period in PERIODS.items():
        Budget.put(holder, period, amounts[name])
