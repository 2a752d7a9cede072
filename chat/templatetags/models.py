"""What the picker and the panel say of a model beside its name and price."""

from __future__ import annotations

from django import template
from django.utils import timezone

from chat import directory
from chat.directory import Entry
from chat.offers import AvailableModel
from chat.selection import searchable

register = template.Library()


@register.filter
def search_text(model: AvailableModel) -> str:
    """What the picker's search looks through: the same words as on the page of all models."""
    return f"{searchable(Entry(model.catalog, (model,), ''))} {model.endpoint_label.lower()}"


@register.filter
def retirement(model: AvailableModel) -> str:
    if model.catalog is None:
        return ""
    is_retired = model.catalog.is_retired(timezone.now().date())
    return directory.retirement(model.catalog, is_retired=is_retired)
