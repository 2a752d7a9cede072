"""What was used without a turn that is kept: the answers of a temporary conversation, and titles.

The one rule: of what is temporary it holds numbers, a model and a moment, and no word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from chat.models.turn import Turn


class Tally(models.Model):
    class Kind(models.TextChoices):
        TEMPORARY = "temporary", "a temporary conversation"
        TITLE = "title", "a title"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tallies"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    source = models.CharField(max_length=60, unique=True)
    """As in the ledger."""
    conversation = models.ForeignKey(
        "chat.Conversation", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    """Of a title; none of what is temporary."""
    model = models.CharField(max_length=300)
    status = models.CharField(max_length=10)
    input_tokens = models.PositiveIntegerField(null=True, blank=True)
    output_tokens = models.PositiveIntegerField(null=True, blank=True)
    cost = models.DecimalField(max_digits=16, decimal_places=9, null=True, blank=True)
    """US dollars; None where the price is unknown, which is not the same as nothing."""
    first_token_ms = models.PositiveIntegerField(null=True, blank=True)
    total_ms = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    receipt = models.JSONField(default=dict, blank=True)
    """Of a title: what was asked, sent, answered and charged. Of what is temporary: empty."""

    class Meta:
        indexes = [models.Index(fields=["user", "-created_at"], name="tally_of_user")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.input_tokens} in, {self.output_tokens} out"

    @property
    def state(self) -> str:
        return self.status

    @property
    def failure(self) -> None:
        """A title that failed is not made again, and nobody waits for it."""

    @classmethod
    def of_turn(cls, turn: Turn, kind: Kind, **fields: Any) -> Tally:
        """The numbers of a turn that has ended."""
        answered = turn.receipt.get("answered") or {}
        return cls.objects.create(
            user=turn.user,
            kind=kind,
            source=turn.ledger_source,
            model=turn.receipt["asked"]["model"][:300],
            status=turn.status,
            input_tokens=turn.input_tokens,
            output_tokens=turn.output_tokens,
            cost=turn.cost,
            first_token_ms=answered.get("first_token_ms"),
            total_ms=answered.get("total_ms"),
            created_at=turn.created_at,
            **fields,
        )
