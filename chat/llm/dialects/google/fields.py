"""Reading what Google's clients write: camelCase, snake_case, or both in one body."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from chat.llm.dialects.reading import Fields

_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")
_AS_THEY_ARE = frozenset({"enum", "required", "default", "example", "examples", "const"})
_OF_SCHEMAS = frozenset({"properties", "$defs", "defs", "patternProperties"})


class AnyCase(Fields):
    """Fields are asked for in camelCase. Whatever else is the same word is taken out with it: a
    second spelling must not go on to a provider beside what we read."""

    def __init__(self, value: Any, name: str = "") -> None:
        super().__init__(value, name)
        self._spellings: defaultdict[str, list[str]] = defaultdict(list)
        for spelling in self.rest:
            self._spellings[_plain(spelling)].append(spelling)

    def any(self, field: str) -> Any:
        snake = _HUMP.sub(lambda hump: "_" + hump[1].lower(), field)
        found = {name: self.rest.pop(name) for name in self._spellings.pop(_plain(field), ())}
        value = found.get(field)
        return found.get(snake) if value is None else value

    def object(self, field: str) -> AnyCase | None:
        value = self.any(field)
        return None if value is None else AnyCase(value, self.path(field))


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def json_schema(schema: Any) -> Any:
    """Google's own schema language as JSON Schema: `OBJECT` is object, `any_of` is anyOf."""
    if isinstance(schema, list):
        return [json_schema(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    converted: dict[str, Any] = {}
    for name, value in schema.items():
        keyword = re.sub(r"_([a-z])", lambda found: found[1].upper(), name)
        if keyword in _OF_SCHEMAS and isinstance(value, dict):
            converted[keyword] = {key: json_schema(item) for key, item in value.items()}
        elif keyword == "type" and isinstance(value, str):
            converted[keyword] = value.lower()
        elif keyword in _AS_THEY_ARE:
            converted[keyword] = value
        else:
            converted[keyword] = json_schema(value)
    return converted
