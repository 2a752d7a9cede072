"""Which calls somebody wants to see, as it stands in the address.

The one rule: who is not among the choices is not there. A key or a person of somebody else is no
choice, and what cannot be understood is said beside its field instead of being left out.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet

from chat.calls import formats
from chat.figures import DIALECTS
from chat.llm import errors
from chat.models import ApiCall, ApiKey, ApiTask, User

EVERYBODY = "Everybody"
_STATES = (
    ("completed", "Completed"),
    ("failed", "Failed"),
    ("cancelled", "Cancelled"),
    ("running", "Running"),
)
CALL_STATES = (*_STATES, ("refused", "Refused"))
TASK_STATES = (("queued", "Waiting"), *_STATES)


def _codes() -> list[str]:
    """Of all failures that there can be."""
    found, classes = set(), [errors.ModelError]
    for each in classes:
        found.add(each.code)
        classes.extend(each.__subclasses__())
    return sorted(found)


class Filter(forms.Form):
    """`keys` are those that may be named; `people` is None for one's own rows."""

    key = forms.ChoiceField(label="Key", required=False)
    person = forms.ChoiceField(label="Person", required=False)
    model = forms.CharField(
        label="Model",
        required=False,
        max_length=300,
        widget=forms.TextInput(
            attrs={"class": "input", "placeholder": "Any", "spellcheck": "false"}
        ),
    )
    state = forms.ChoiceField(label="State", required=False)
    dialect = forms.ChoiceField(
        label="Format", required=False, choices=[("", "Any"), *DIALECTS.items()]
    )
    id = forms.CharField(
        label="Id",
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={"class": "input", "placeholder": "req_…", "spellcheck": "false"}
        ),
    )
    day = forms.DateField(
        label="Day",
        required=False,
        widget=forms.DateInput(attrs={"class": "input num", "type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "A day is written as 2026-11-22."},
    )

    def __init__(
        self,
        data: Any,
        *,
        keys: QuerySet[ApiKey],
        people: QuerySet[User] | None = None,
        states: tuple[tuple[str, str], ...] = CALL_STATES,
        without: tuple[str, ...] = (),
    ) -> None:
        super().__init__(data, auto_id="filter-%s")
        if people is None:
            named = [(str(key.pk), _named(key)) for key in keys]
            self.fields["key"].choices = [("", "All"), *named]  # type: ignore[attr-defined]
        else:
            listed = [(str(person.pk), str(person)) for person in people]
            self.fields["person"].choices = [("", EVERYBODY), *listed]  # type: ignore[attr-defined]
        codes = [(code, f"Failed or refused: {code.replace('_', ' ')}") for code in _codes()]
        offered = [("", "Any"), *states, *(codes if states is CALL_STATES else ())]
        self.fields["state"].choices = offered  # type: ignore[attr-defined]
        for name in (*without, "person" if people is None else "key"):
            del self.fields[name]

    def clean_day(self) -> date | None:
        day: date | None = self.cleaned_data["day"]
        if day is not None and not 2000 <= day.year < 2200:
            raise forms.ValidationError("There is nothing from that day.")
        return day

    @property
    def names_nobody(self) -> bool:
        """A key or a person that is not there for whoever asks."""
        return bool({"key", "person"} & self.errors.keys())

    @property
    def value(self) -> dict[str, Any]:
        """What was chosen, and understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def query(self, **more: str) -> str:
        """As the query of an address; `more` is put over it, an empty string takes away."""
        asked = {name: str(value) for name, value in self.value.items()} | more
        return urlencode({name: value for name, value in asked.items() if value})

    def calls(self, rows: QuerySet[ApiCall], *, zone: tzinfo) -> QuerySet[ApiCall]:
        """Those that are wanted; none, while something was not understood."""
        if self.errors:
            return rows.none()
        wanted = self.value
        rows = _common(rows, wanted, zone=zone)
        if id := wanted.get("id"):
            rows = rows.filter(request_id=formats.request_id_of(id))
        state = wanted.get("state")
        if state in dict(CALL_STATES):
            return rows.filter(status=state)
        is_bad = Q(status__in=("failed", "refused"), error__code=state)
        return rows.filter(is_bad) if state else rows

    def tasks(self, rows: QuerySet[ApiTask], *, zone: tzinfo) -> QuerySet[ApiTask]:
        if self.errors:
            return rows.none()
        wanted = self.value
        rows = _common(rows, wanted, zone=zone)
        if id := wanted.get("id"):
            rows = rows.filter(Q(pk=id) | Q(request_id=formats.request_id_of(id)))
        return rows.filter(status=wanted["state"]) if "state" in wanted else rows


def _common(rows: QuerySet[Any], wanted: dict[str, Any], *, zone: tzinfo) -> QuerySet[Any]:
    found = Q()
    if key := wanted.get("key"):
        found &= Q(key=key)
    if person := wanted.get("person"):
        found &= Q(user=person)
    if model := wanted.get("model"):
        found &= Q(model__icontains=model)
    if dialect := wanted.get("dialect"):
        found &= Q(dialect=dialect)
    if day := wanted.get("day"):
        end = _start(day + timedelta(days=1), zone)
        found &= Q(created_at__gte=_start(day, zone), created_at__lt=end)
    return rows.filter(found)


def _start(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _named(key: ApiKey) -> str:
    return f"{key} ({key.prefix}…)" + (", revoked" if key.revoked_at else "")
