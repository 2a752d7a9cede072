"""What is typed about a key of ours, checked.

The one rule: an empty field is no limit, and says so beside it.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from chat import budget_form
from chat.budget_form import DollarField
from chat.forms import LineField
from chat.models import ApiKey, User

MOST_PER_MINUTE = 10**9
OVERLAPS = (
    ("0", "at once"),
    ("3600", "in an hour"),
    ("86400", "in a day"),
    ("604800", "in a week"),
)


def _number(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=MOST_PER_MINUTE,
        widget=forms.TextInput(
            attrs={"class": "input num", "inputmode": "numeric", "autocomplete": "off"}
        ),
    )


def _lines(label: str, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=4000,
        help_text=help_text,
        widget=forms.Textarea(
            attrs={"class": "input", "rows": 2, "spellcheck": "false", "autocomplete": "off"}
        ),
    )


class KeyForm(forms.Form):
    """`row` is the key that is changed."""

    name = LineField(
        "Name", max_length=80, help_text="What will use it, so that you know it later."
    )
    environment = LineField(
        "Environment", max_length=30, required=False, help_text="A label, such as production."
    )
    model_patterns = _lines(
        "Models", "Which it may use, one a line: local/*, anthropic/claude-*. Empty: all of yours."
    )
    endpoint_names = _lines("Endpoints", "By the word before the slash, one a line. Empty: all.")
    daily = DollarField("US dollars a day")
    monthly = DollarField("US dollars a month")
    total = DollarField("US dollars in all")
    requests_per_minute = _number("Requests a minute")
    tokens_per_minute = _number("Tokens a minute")
    expires_on = forms.DateField(
        label="Last day",
        required=False,
        help_text="It works until the end of this day (UTC). Empty: until you revoke it.",
        widget=forms.DateInput(attrs={"class": "input num", "type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, data: Any = None, *, row: ApiKey | None = None) -> None:
        super().__init__(data, initial=_initial(row) if row else None)
        self.row = row

    @property
    def budgets(self) -> list[forms.BoundField]:
        return [self[name] for name in budget_form.PERIODS]

    @property
    def rates(self) -> list[forms.BoundField]:
        return [self[name] for name in ("requests_per_minute", "tokens_per_minute")]

    def clean_model_patterns(self) -> list[str]:
        return _split(self.cleaned_data["model_patterns"])

    def clean_endpoint_names(self) -> list[str]:
        return _split(self.cleaned_data["endpoint_names"])

    def clean_expires_on(self) -> Any:
        day = self.cleaned_data["expires_on"]
        if day is not None and day < timezone.now().date() and not self._is_unchanged(day):
            raise ValidationError("That day is over.")
        return day

    def make(self, user: User) -> tuple[ApiKey, str]:
        """The row, and the secret that is not kept."""
        key, secret = ApiKey.make(user, **self._fields())
        self._put_budgets(key)
        return key, secret

    def save(self) -> None:
        assert self.row is not None  # noqa: S101 - there is one to change
        self.row.change(**self._fields())
        self._put_budgets(self.row)

    def _fields(self) -> dict[str, Any]:
        day = self.cleaned_data["expires_on"]
        end = None if day is None else datetime.combine(day + timedelta(days=1), time.min)
        expires_at = None if end is None else end.replace(tzinfo=UTC)
        return {name: self.cleaned_data[name] for name in _COLUMNS} | {"expires_at": expires_at}

    def _put_budgets(self, key: ApiKey) -> None:
        budget_form.put(key.holder, self.cleaned_data)

    def _is_unchanged(self, day: Any) -> bool:
        return bool(self.initial.get("expires_on") == day)


class RotationForm(forms.Form):
    overlap = forms.ChoiceField(
        label="The present secret stops working",
        choices=OVERLAPS,
        initial="86400",
        widget=forms.Select(attrs={"class": "input"}),
    )

    @property
    def length(self) -> timedelta:
        return timedelta(seconds=int(self.cleaned_data["overlap"]))


_COLUMNS = (
    *("name", "environment", "model_patterns", "endpoint_names"),
    *("requests_per_minute", "tokens_per_minute"),
)


def _initial(row: ApiKey) -> dict[str, Any]:
    return {
        "name": row.name,
        "environment": row.environment,
        "model_patterns": "\n".join(row.model_patterns),
        "endpoint_names": "\n".join(row.endpoint_names),
        "requests_per_minute": row.requests_per_minute,
        "tokens_per_minute": row.tokens_per_minute,
        "expires_on": (row.expires_at - timedelta(days=1)).date() if row.expires_at else None,
        **budget_form.initial(row.holder),
    }


def _split(text: str) -> list[str]:
    lines = [line.strip() for line in text.splitlines()]
    found = list(dict.fromkeys(line for line in lines if line))
    if len(found) > settings.LIMITS.key_patterns:
        raise ValidationError(f"At most {settings.LIMITS.key_patterns} lines.")
    return found
