"""How a conversation stands: what a page compares itself with to know whether it is up to date.

The one rule: equal marks mean equal messages. They are never edited, so the leaf and how many there
are tell as much as all of them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Subquery

from chat.models import Conversation, Lane


@dataclass(frozen=True, slots=True)
class Standing:
    title: str = ""
    mark: str = ""


def standings(ids: Collection[str]) -> dict[str, Standing]:
    """Of those conversations that are there, by id."""
    if not ids:
        return {}
    lanes = Lane.objects.filter(conversation=OuterRef("pk")).order_by("position", "pk")
    rows = Conversation.objects.filter(pk__in=ids).annotate(
        leaf=Subquery(lanes.values("leaf")[:1]), count=Count("messages")
    )
    return {str(row.pk): Standing(str(row), f"{row.leaf or 0}.{row.count}") for row in rows}
