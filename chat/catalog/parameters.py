"""Which parameters a model takes, within which ranges; and what a person typed, checked.

Nothing is clamped: a value out of range is refused with a sentence that names the range.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from chat.llm.types import Parameters, ResponseFormat

NOT_EVERYWHERE = " Not every provider takes it."
Kind = Literal["number", "integer", "choice", "list", "json"]


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """One row of the panel. `default` is what the model uses when nothing is sent, if known."""

    name: str
    label: str
    kind: Kind
    hint: str
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    default: float | str | None = None
    choices: tuple[str, ...] = ()
    most: int = 0
    """Of a list: how many items."""
    excludes: tuple[str, ...] = ()
    """Which others may not be sent beside it."""

    @property
    def range_text(self) -> str:
        if self.minimum is None:
            return ""
        if self.maximum is None:
            return f"{_figure(self.minimum)} or more"
        return f"{_figure(self.minimum)} to {_figure(self.maximum)}"


def _figure(value: float) -> str:
    return f"{int(value):,}" if value == int(value) else f"{value:g}"


class InvalidParameters(ValueError):
    """`errors` maps the name of each parameter to a sentence for the person who set it."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__("; ".join(errors.values()))


def common_specs(*, max_output_tokens: int | None = None) -> tuple[ParameterSpec, ...]:
    """What an OpenAI-compatible endpoint takes, as far as its specification says.

    Ranges: https://platform.openai.com/docs/api-reference/chat/create
    """
    return (
        ParameterSpec(
            name="temperature",
            label="Temperature",
            kind="number",
            hint="Lower repeats, higher wanders.",
            minimum=0,
            maximum=2,
            step=0.1,
            default=1,
        ),
        ParameterSpec(
            name="max_output_tokens",
            label="Max output tokens",
            kind="integer",
            hint="The answer is cut there.",
            minimum=1,
            maximum=max_output_tokens,
            step=1,
        ),
        ParameterSpec(
            name="top_p",
            label="Top P",
            kind="number",
            hint="Only the likeliest tokens that add up to this share.",
            minimum=0,
            maximum=1,
            step=0.05,
            default=1,
        ),
        ParameterSpec(
            name="frequency_penalty",
            label="Frequency penalty",
            kind="number",
            hint="Above 0: says the same words less often.",
            minimum=-2,
            maximum=2,
            step=0.1,
            default=0,
        ),
        ParameterSpec(
            name="presence_penalty",
            label="Presence penalty",
            kind="number",
            hint="Above 0: moves on to new subjects.",
            minimum=-2,
            maximum=2,
            step=0.1,
            default=0,
        ),
        ParameterSpec(
            name="top_k",
            label="Top K",
            kind="integer",
            hint=f"Only so many of the likeliest tokens.{NOT_EVERYWHERE}",
            minimum=1,
            maximum=1000,
            step=1,
        ),
        ParameterSpec(
            name="seed",
            label="Seed",
            kind="integer",
            hint="The same seed and settings give the same answer, as far as the provider can.",
            minimum=0,
            maximum=2**31 - 1,
            step=1,
        ),
        ParameterSpec(
            name="stop_sequences",
            label="Stop sequences",
            kind="list",
            hint="The answer ends before any of these. One a line, four at most.",
            most=4,
        ),
        ParameterSpec(
            name="reasoning_effort",
            label="Reasoning effort",
            kind="choice",
            hint="Only for models that think before they answer.",
            choices=("none", "minimal", "low", "medium", "high", "xhigh"),
        ),
        ParameterSpec(
            name="response_format",
            label="Response format",
            kind="choice",
            hint="JSON asks for an object; say so in the prompt as well.",
            choices=("text", "json"),
        ),
        ParameterSpec(
            name="json_schema",
            label="JSON schema",
            kind="json",
            hint="The answer is an object that fits this schema.",
        ),
        ParameterSpec(
            name="extra",
            label="Extra JSON",
            kind="json",
            hint="Sent as it stands, on top of the request.",
        ),
    )


def clean(values: Mapping[str, Any], specs: tuple[ParameterSpec, ...]) -> Parameters:
    """What is to be sent. Raise `InvalidParameters` with a sentence for each bad value."""
    by_name = {spec.name: spec for spec in specs}
    fields: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, value in values.items():
        spec = by_name.get(name)
        if spec is None:
            errors[name] = f"This model has no parameter {name[:60]!r}."
            continue
        try:
            fields[name] = _CHECKS[spec.kind](value, spec)
        except ValueError as error:
            errors[name] = str(error)
    errors |= _both_set(fields, by_name)
    schema = fields.pop("json_schema", None)
    if "response_format" in fields:
        fields["response_format"] = ResponseFormat(fields["response_format"])
    if schema is not None:
        fields["response_format"] = ResponseFormat("json_schema", schema=schema)
    if refused := REFUSED_EXTRAS & set(fields.get("extra", ())):
        names = ", ".join(sorted(refused))
        errors["extra"] = f"{names} may not be set here: it would change where the request goes."
    if errors:
        raise InvalidParameters(errors)
    return Parameters(**fields)


REFUSED_EXTRAS = frozenset(
    {
        *("api_base", "base_url", "api_key", "api_version", "headers", "extra_headers"),
        *("extra_body", "organization", "proxy", "timeout"),
        *("model", "messages", "stream", "stream_options"),
    }
)
"""A request body can never redirect a provider's key, nor speak past the receipt."""


def _both_set(fields: dict[str, Any], specs: dict[str, ParameterSpec]) -> dict[str, str]:
    """A sentence for the second of each pair that may not be sent together."""
    errors = {}
    for name in fields:
        for other in specs[name].excludes:
            if other in fields:
                first, second = sorted((name, other), key=list(specs).index)
                labels = f"{specs[first].label} or {specs[second].label}"
                errors[second] = f"{labels}: this model takes one of them, not both."
    return errors


def _number(value: Any, spec: ParameterSpec) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value):
        raise ValueError(f"{spec.label} is a number.")
    is_low = spec.minimum is not None and value < spec.minimum
    is_high = spec.maximum is not None and value > spec.maximum
    if is_low or is_high:
        raise ValueError(f"{spec.range_text} for this model.")
    return value  # type: ignore[no-any-return]  # an int or a float, as the first check says


def _integer(value: Any, spec: ParameterSpec) -> int:
    number = _number(value, spec)
    if number != int(number):
        raise ValueError(f"{spec.label} is a whole number.")
    return int(number)


def _choice(value: Any, spec: ParameterSpec) -> str:
    if value not in spec.choices:
        raise ValueError(f"{spec.label} is one of {', '.join(spec.choices)}.")
    return str(value)


def _list(value: Any, spec: ParameterSpec) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise ValueError(f"{spec.label} are pieces of text.")
    if not 1 <= len(value) <= spec.most:
        raise ValueError(f"1 to {spec.most} for this model.")
    return tuple(value)


def _json(value: Any, spec: ParameterSpec) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{spec.label} is a JSON object: {{…}}.")  # noqa: TRY004  # for a person
    if len(json.dumps(value)) > 64 * 1024:
        raise ValueError(f"{spec.label} is longer than 64 KiB.")
    return value


_CHECKS: dict[Kind, Callable[[Any, ParameterSpec], Any]] = {
    "number": _number,
    "integer": _integer,
    "choice": _choice,
    "list": _list,
    "json": _json,
}
