"""What an administrator types about a model, checked.

The one rule: an empty field leaves the catalogue's fact as it is, and every field that is refused
says what it takes. What passes here makes `Facts` that can be stored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec
from django import forms
from django.core.exceptions import ValidationError

from chat import catalog, endpoints
from chat.catalog import override
from chat.catalog.facts import KINDS
from chat.catalog.override import CAPABILITIES, MODALITIES, Facts, Rates
from chat.forms import LineField
from chat.llm.providers import PROVIDERS
from chat.models import Endpoint, ModelOverride, User
from chat.override_list import LABELS, told

RATES = ("input", "output", "cache_read", "cache_write")
NEEDS_NAME = "A model of your own needs a name."
NEEDS_BOTH = "A price needs both: what input costs and what output costs."
NEEDS_FACT = "Nothing is set yet. Set one fact at least, or cancel."
BAD_DAY = "A day looks like 2027-03-31."
BAD_LINE = "Line {number}: {sentence}"
NO_COLON = "write the name, a colon, and the rest."
TWICE = "{name} is there twice."
NOBODY = "{name} is neither a provider nor an endpoint here."
TAKEN = "{other} has this id there already."
NO_ROOM = "The longest answer would not fit into the context window of {window:,} tokens."
MOST_CHARACTERS = 20_000
_TOKENS = re.compile(r"\d{1,12}|\d{1,3}([, _]\d{3}){1,3}")
_RATE = re.compile(r"\$? ?(\d{1,6}(?:\.\d{1,20})?)")
_HINTED = {"routes", "refusals", *CAPABILITIES}
"""Fields that say in another way what the catalogue has."""
_PLAIN = {"class": "input", "autocomplete": "off", "spellcheck": "false"}


class TokensField(forms.CharField):
    """128000 or 128,000, but not 128.000, which is another number to some."""

    def to_python(self, value: Any) -> Any:
        text = (super().to_python(value) or "").strip()
        if not text:
            return None
        if not _TOKENS.fullmatch(text):
            raise ValidationError(override.BAD_TOKENS)
        count = int(re.sub("[, _]", "", text))
        if not 1 <= count <= override.MOST_TOKENS:
            raise ValidationError(override.BAD_TOKENS)
        return count


class RateField(forms.CharField):
    def to_python(self, value: Any) -> Any:
        text = (super().to_python(value) or "").strip()
        if not text:
            return None
        found = _RATE.fullmatch(text)
        rate = Decimal(found[1]) if found else None
        if rate is None or not override.is_rate(rate):
            raise ValidationError(override.BAD_RATE)
        return rate


class LinesField(forms.CharField):
    """`name: rest` on every line; gives a mapping."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={**_PLAIN, "rows": 2})
        super().__init__(required=False, max_length=MOST_CHARACTERS, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        found: dict[str, str] = {}
        for number, line in enumerate(str(super().clean(value)).splitlines(), 1):
            name, colon, rest = (part.strip() for part in line.partition(":"))
            if not line.strip():
                continue
            sentence = "" if colon and name and rest else NO_COLON
            sentence = sentence or (TWICE.format(name=name[:60]) if name in found else "")
            if sentence:
                raise ValidationError(BAD_LINE.format(number=number, sentence=sentence))
            found[name] = rest
        if len(found) > override.MOST_LINES:
            raise ValidationError(override.BAD_ROUTES)
        return found


class OverrideForm(forms.Form):
    """`row` is what is changed; `model_id` may be one of the catalogue's or a new one."""

    name = LineField("Name", max_length=80, required=False)
    description = LineField("Description", max_length=500, required=False)
    context_window = TokensField(required=False)
    max_output_tokens = TokensField(required=False)
    input_modalities = forms.MultipleChoiceField(
        required=False,
        choices=[
            (kind, KINDS[kind].capitalize() if kind != "pdf" else "PDF") for kind in MODALITIES
        ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": override.BAD_MODALITIES},
    )
    price_input = RateField(label="Input", required=False)
    price_output = RateField(label="Output", required=False)
    price_cache_read = RateField(label="Cache read", required=False)
    price_cache_write = RateField(label="Cache write", required=False)
    retires_on = forms.DateField(
        required=False,
        widget=forms.DateInput(attrs={"class": "input", "type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": BAD_DAY},
    )
    routes = LinesField(
        help_text="One a line: a provider or an endpoint here, a colon, the model's id there. "
        "Such as openai: gpt-5.4."
    )
    refusals = LinesField(
        help_text="One a line: the parameter, a colon, and why, as a sentence for people. "
        "They come on top of those of the catalogue."
    )
    note = LineField(
        "Note", max_length=500, required=False, help_text="Only administrators see it."
    )

    def __init__(
        self, model_id: str, data: Any = None, *, row: ModelOverride | None = None
    ) -> None:
        super().__init__(data, initial=_initial(row))
        self.model_id = model_id
        self.row = row
        self.base = catalog.get(model_id)
        for name in CAPABILITIES:
            unset = f"Catalogue: {told(self.base, name)}" if self.base else "Not known"
            self.fields[name] = forms.ChoiceField(
                required=False, choices=(("", unset), ("yes", "Yes"), ("no", "No"))
            )
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            if self.base and name in LABELS and name not in _HINTED:
                field.help_text = f"Catalogue: {told(self.base, name)}"
            if isinstance(field, TokensField | RateField):
                digits = "numeric" if isinstance(field, TokensField) else "decimal"
                field.widget.attrs |= {**_PLAIN, "inputmode": digits}

    @property
    def capabilities(self) -> Iterator[forms.BoundField]:
        return (self[name] for name in CAPABILITIES)

    @property
    def rates(self) -> Iterator[forms.BoundField]:
        return (self[f"price_{name}"] for name in RATES)

    @property
    def price_text(self) -> str:
        return told(self.base, "price") if self.base else ""

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if not name and self.base is None:
            raise ValidationError(NEEDS_NAME)
        return name

    def clean_description(self) -> str:
        text: str = self.cleaned_data["description"]
        if "```" in text or "~~~" in text:
            raise ValidationError(override.BAD_FENCE)
        return text

    def clean_input_modalities(self) -> list[str]:
        """Text goes without saying."""
        kinds = self.cleaned_data["input_modalities"]
        return [kind for kind in MODALITIES if kind in kinds or (kinds and kind == "text")]

    def clean_routes(self) -> dict[str, str]:
        routes: dict[str, str] = self.cleaned_data["routes"]
        known = {*PROVIDERS, *(endpoint.name for endpoint in endpoints.configured())}
        known |= set(Endpoint.shared().values_list("name", flat=True))
        taken = _taken(besides=self.model_id)
        for number, (name, id) in enumerate(routes.items(), 1):
            sentence = "" if name in known else NOBODY.format(name=name[:60])
            if not sentence and (len(id) > 255 or not id.isprintable() or " " in id):
                sentence = override.BAD_ROUTE
            if not sentence and (other := taken.get((name, id.lower()))):
                sentence = TAKEN.format(other=other)
            if sentence:
                raise ValidationError(BAD_LINE.format(number=number, sentence=sentence))
        return routes

    def clean_refusals(self) -> dict[str, str]:
        refusals: dict[str, str] = self.cleaned_data["refusals"]
        for number, (name, reason) in enumerate(refusals.items(), 1):
            sentence = ""
            if name not in override.parameter_names():
                sentence = override.BAD_PARAMETER.format(name=name[:60])
            elif len(reason) > 300 or not reason.isprintable():
                sentence = override.BAD_LINE.format(most=300)
            if sentence:
                raise ValidationError(BAD_LINE.format(number=number, sentence=sentence))
        return refusals

    def clean(self) -> None:
        super().clean()
        data = self.cleaned_data
        given = [name for name in RATES if data.get(f"price_{name}") is not None]
        for name in ("input", "output"):
            if given and name not in given and f"price_{name}" not in self.errors:
                self.add_error(f"price_{name}", NEEDS_BOTH)
        self._check_room()
        if not self.errors and not self.facts.names:
            self.add_error(None, NEEDS_FACT)

    @property
    def facts(self) -> Facts:
        """Of a form without errors."""
        data = self.cleaned_data
        flags = {name: {"yes": True, "no": False}.get(data[name]) for name in CAPABILITIES}
        rates = {name: data[f"price_{name}"] for name in RATES}
        plain = ("name", "description", "context_window", "max_output_tokens", "retires_on")
        return override.parse(
            {name: data[name] or None for name in (*plain, "routes", "refusals")}
            | flags
            | {
                "input_modalities": tuple(data["input_modalities"]) or None,
                "price": None if rates["input"] is None else Rates(**rates),
            }
        )

    def save(self, user: User) -> ModelOverride:
        return ModelOverride.put(self.model_id, self.facts, note=self.cleaned_data["note"], by=user)

    def _check_room(self) -> None:
        window, longest = (
            self.cleaned_data.get(name) or getattr(self.base, name, None)
            for name in ("context_window", "max_output_tokens")
        )
        if not window or not longest or longest <= window:
            return
        for name in ("max_output_tokens", "context_window"):
            if self.cleaned_data.get(name):
                self.add_error(name, NO_ROOM.format(window=window))
                return


def _taken(*, besides: str) -> Mapping[tuple[str, str], str]:
    return {
        (place, id.lower()): row.model_id
        for row in ModelOverride.readable()
        if row.model_id != besides
        for place, id in (row.facts.routes or {}).items()
    }


def _initial(row: ModelOverride | None) -> dict[str, Any]:
    if row is None:
        return {}
    try:
        plain = override.to_plain(row.to_catalog().facts)
    except msgspec.ValidationError:
        return {"note": row.note}
    price = plain.pop("price", {})
    for name in ("routes", "refusals"):
        if name in plain:
            plain[name] = "\n".join(f"{key}: {value}" for key, value in plain[name].items())
    flags = {name: "yes" if plain[name] else "no" for name in CAPABILITIES if name in plain}
    rates = {f"price_{name}": price[name] for name in RATES if price.get(name) is not None}
    return plain | flags | rates | {"note": row.note}
