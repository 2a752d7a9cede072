"""Words looked for in the rows themselves, where filters leave few: no index is asked.

The one rule: it finds what an index finds, because both hold the same folded words.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import F, Model, QuerySet, TextField, Value
from django.db.models.functions import Concat

from chat.search.query import Term

Row = TypeVar("Row", bound=Model)


def with_terms(rows: QuerySet[Row], field: str, terms: Iterable[Term]) -> QuerySet[Row]:
    """Those rows whose `field`, folded words with spaces between them, has every term."""
    line = Concat(Value(" "), F(field), Value(" "), output_field=TextField())
    for number, term in enumerate(terms):
        name = f"{field}_line_{number}"
        words = " ".join(term.words)
        end = "" if term.is_prefix else " "
        condition: dict[str, Any] = {f"{name}__contains": f" {words}{end}"}
        rows = rows.alias(**{name: line}).filter(**condition)
    return rows
