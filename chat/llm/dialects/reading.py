"""Reading a caller's request: typed fields, and the sentence when a field is of another type.

The one rule: a caller's mistake is a `BadRequest` that names the field, never another exception.
"""

from __future__ import annotations

from typing import Any

from chat.llm.errors import BadRequest

LARGEST = 2**53
"""Beyond it a number is not the same everywhere."""


def invalid(field: str, wanted: str) -> BadRequest:
    return BadRequest(f"“{field}” must be {wanted}.", parameter=field, status=400)


class Fields:
    """A JSON object of which fields are taken one by one; `rest` is what nobody took."""

    def __init__(self, value: Any, name: str = "") -> None:
        if not isinstance(value, dict):
            raise invalid(name or "body", "an object")
        self.rest: dict[str, Any] = dict(value)
        self._name = name

    def path(self, field: str) -> str:
        return f"{self._name}.{field}" if self._name else field

    def any(self, field: str) -> Any:
        return self.rest.pop(field, None)

    def text(self, field: str) -> str | None:
        value = self.any(field)
        if value is not None and not isinstance(value, str):
            raise invalid(self.path(field), "a string")
        return value

    def required_text(self, field: str) -> str:
        value = self.text(field)
        if not value:
            raise invalid(self.path(field), "a string that is not empty")
        return value

    def number(self, field: str) -> float | None:
        value = self.any(field)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise invalid(self.path(field), "a number")
        self._check_size(field, value)
        return value

    def whole(self, field: str) -> int | None:
        value = self.any(field)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise invalid(self.path(field), "a whole number")
        self._check_size(field, value)
        return value

    def _check_size(self, field: str, value: float | None) -> None:
        if value is not None and not abs(value) < LARGEST:  # NaN is not less than anything
            raise invalid(self.path(field), "a number of ordinary size")

    def flag(self, field: str) -> bool | None:
        value = self.any(field)
        if value is not None and not isinstance(value, bool):
            raise invalid(self.path(field), "true or false")
        return value

    def items(self, field: str) -> list[Any] | None:
        value = self.any(field)
        if value is not None and not isinstance(value, list):
            raise invalid(self.path(field), "a list")
        return value

    def object(self, field: str) -> Fields | None:
        value = self.any(field)
        return None if value is None else Fields(value, self.path(field))
