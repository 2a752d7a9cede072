"""What an administrator says of a model, over the catalogue or beside it.

The one rule: only facts that were checked are stored, each with the day on which it was set.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Self

import msgspec
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from chat.catalog import override
from chat.catalog.override import Facts, Override
from chat.models.user import User


class ModelOverride(models.Model):
    model_id = models.CharField(max_length=121, unique=True)
    """`<vendor>/<slug>`: one of the catalogue's, or a new one."""
    facts = models.JSONField(default=dict)
    set_on = models.JSONField(default=dict)
    """Fact → ISO date."""
    note = models.CharField(max_length=500, blank=True)
    """For administrators; no other page shows it."""
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("model_id",)

    def __str__(self) -> str:
        return self.model_id

    @classmethod
    @transaction.atomic
    def put(cls, model_id: str, facts: Facts, *, note: str, by: User) -> Self:
        """A fact that stays as it was keeps its day. Raise `ValueError` for what is no id."""
        if not override.is_id(model_id):
            raise ValueError(override.BAD_ID)
        row, _ = cls.objects.select_for_update().get_or_create(model_id=model_id)
        plain = override.to_plain(facts)
        today = timezone.now().date().isoformat()
        row.set_on = {
            name: row.set_on.get(name, today) if row.facts.get(name) == value else today
            for name, value in plain.items()
        }
        row.facts, row.note, row.changed_by = plain, note, by
        row.save()
        return row

    @classmethod
    def readable(cls) -> Iterator[Override]:
        """What another version of this program wrote stays out; the list of overrides says so."""
        for row in cls.objects.all():
            with suppress(msgspec.ValidationError):
                yield row.to_catalog()

    def to_catalog(self) -> Override:
        """Raise `msgspec.ValidationError` where another version of this program wrote the facts."""
        return Override(self.model_id, override.parse(self.facts), self.set_on)
