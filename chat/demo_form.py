"""What is asked about a demo, checked.

The one rule: there is no demo without an end and without limits.
"""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from chat import endpoints
from chat.catalog import parameters as catalog
from chat.forms import LineField
from chat.models import Demo
from chat.offers import AvailableModel
from chat.uploads import Refused, accept

EXPIRIES = {
    "3600": "in an hour",
    "28800": "in 8 hours",
    "86400": "in a day",
    "604800": "in a week",
    "2592000": "in 30 days",
}
MOST_STARTERS = 8
LOGO_BYTES = 5 * 1024 * 1024
PLAIN = {"class": "input", "autocomplete": "off"}


def _number(label: str, most: int, hint: str = "") -> forms.IntegerField:
    widget = forms.TextInput(attrs=PLAIN | {"class": "input num", "inputmode": "numeric"})
    return forms.IntegerField(
        label=label, min_value=1, max_value=most, help_text=hint, widget=widget
    )


def _dollars(label: str, hint: str) -> forms.DecimalField:
    widget = forms.TextInput(attrs=PLAIN | {"class": "input num", "inputmode": "decimal"})
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=Decimal("0.01"),
        max_value=100_000,
        decimal_places=2,
        help_text=hint,
        widget=widget,
    )


def _area(label: str, most: int, rows: int, hint: str = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"class": "input", "rows": rows})
    return forms.CharField(
        label=label, required=False, max_length=most, help_text=hint, widget=widget
    )


class DemoForm(forms.Form):
    title = LineField("Title", max_length=100, help_text="Guests see this on top.")
    greeting = _area("Greeting", 1000, 2, "A sentence or two before they begin.")
    starters = _area("Starters", 4000, 3, f"One a line, {MOST_STARTERS} at most.")
    colour = forms.CharField(
        label="Colour", widget=forms.TextInput(attrs={"type": "color", "class": "input"})
    )
    logo = forms.FileField(label="Logo", required=False, help_text="PNG, JPEG, WebP or GIF.")
    without_logo = forms.BooleanField(label="No logo any more", required=False)
    model = forms.ChoiceField(label="Model", widget=forms.Select(attrs={"class": "input"}))
    system = _area("System message", 256 * 1024, 4, "Guests never see it.")
    parameters = _area("Parameters", 20_000, 2, "As JSON, under the names of the settings.")
    shows_model = forms.BooleanField(label="Guests see which model answers", required=False)
    is_recorded = forms.BooleanField(
        label="Ask guests to agree that what they write is kept", required=False
    )
    dollars = _dollars("US dollars, all guests together", "A model without a known price: empty.")
    messages = _number("Messages, all guests together", 1_000_000)
    tokens = _number("Tokens, all guests together", 1_000_000_000)
    guest_dollars = _dollars("US dollars, one guest", "Empty: no limit of its own.")
    guest_messages = _number("Messages, one guest", 10_000)
    guest_tokens = _number("Tokens, one guest", 100_000_000)
    guest_minutes = _number("Minutes, one guest", 100_000)
    address_messages = _number(
        "Messages, one address", 100_000, "All guests from one network together."
    )
    guests_at_once = _number("Guests at the same time", 1000)
    expiry = forms.ChoiceField(label="Ends", widget=forms.Select(attrs={"class": "input"}))

    def __init__(self, demo: Demo, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _initial(demo))
        super().__init__(*args, **kwargs)
        self.demo = demo
        self.models = endpoints.models(demo.user)
        model: Any = self.fields["model"]
        model.choices = [(each.key, f"{each.name} ({each.key})") for each in self.models]
        expiry: Any = self.fields["expiry"]
        kept = [] if demo._state.adding else [("keep", f"{demo.expires_at:%-d %B %Y, %H:%M} UTC")]
        expiry.choices = kept + list(EXPIRIES.items())
        if not demo.logo:
            del self.fields["without_logo"]

    @property
    def limits(self) -> list[forms.BoundField]:
        names = ("dollars", "messages", "tokens", "guest_dollars", "guest_messages")
        more = ("guest_tokens", "guest_minutes", "address_messages", "guests_at_once", "expiry")
        return [self[name] for name in (*names, *more)]

    def clean_starters(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["starters"].splitlines()]
        starters = [line for line in lines if line]
        if len(starters) > MOST_STARTERS:
            raise ValidationError(f"That is more than {MOST_STARTERS}.")
        if any(len(line) > 500 for line in starters):
            raise ValidationError("A starter may have 500 characters.")
        return starters

    def clean_logo(self) -> bytes | None:
        file = self.cleaned_data["logo"]
        if not file:
            return None
        if file.size > LOGO_BYTES:
            raise ValidationError("A logo may have 5 MiB.")
        try:
            accepted = accept(file.read(), file.name)
        except Refused as refused:
            raise ValidationError(refused.message) from None
        if accepted.thumbnail is None:
            raise ValidationError("That is no image.")
        return accepted.thumbnail

    def clean_colour(self) -> str:
        colour: str = self.cleaned_data["colour"].lower()
        if len(colour) != 7 or colour[0] != "#" or set(colour[1:]) - set("0123456789abcdef"):
            raise ValidationError("A colour looks like #0f766e.")
        return colour

    def clean_parameters(self) -> dict[str, Any]:
        text = self.cleaned_data["parameters"].strip() or "{}"
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            raise ValidationError("That is not JSON.") from None
        if not isinstance(found, dict):
            raise ValidationError('An object is needed, such as {"temperature": 0.7}.')
        return found

    def clean(self) -> None:
        super().clean()
        given = self.cleaned_data
        model = next((each for each in self.models if each.key == given.get("model")), None)
        if model is None:
            return
        try:
            catalog.clean(given.get("parameters") or {}, model.specs)
        except catalog.InvalidParameters as invalid:
            name, message = next(iter(invalid.errors.items()))
            self.add_error("parameters", f"{name}: {message}")
        self._check_money(model)

    def _check_money(self, model: AvailableModel) -> None:
        has_price = model.is_local or bool(model.catalog and model.catalog.list_price)
        if has_price and self.cleaned_data.get("dollars") is None:
            self.add_error("dollars", "How much may this demo cost in all?")
        if not has_price and self.cleaned_data.get("dollars") is not None:
            sentence = "No price is known for this model, so that money cannot be counted."
            self.add_error("dollars", f"{sentence} Leave it empty.")

    def apply(self) -> None:
        """Onto the row, which is not saved yet."""
        demo, given = self.demo, self.cleaned_data
        same = set(self.fields) - {"logo", "without_logo", "expiry"}
        for name in same:
            setattr(demo, name, given[name])
        if given["expiry"] != "keep":
            demo.expires_at = timezone.now() + timedelta(seconds=int(given["expiry"]))
        if given["logo"] or given.get("without_logo"):
            demo.logo = given["logo"]


def _initial(demo: Demo) -> dict[str, Any]:
    names = set(DemoForm.base_fields) - {"logo", "without_logo", "expiry"}
    found = {name: getattr(demo, name) for name in names}
    return found | {
        "starters": "\n".join(demo.starters),
        "parameters": json.dumps(demo.parameters, ensure_ascii=False) if demo.parameters else "",
        "colour": demo.colour or "#0f766e",
        "expiry": "86400" if demo._state.adding else "keep",
    }
