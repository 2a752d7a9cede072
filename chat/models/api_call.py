"""One call of a program: who asked for what, how it ended, what it cost. It owns the receipt.

The one rule: no words of the conversation are kept, only their number and their hash.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from chat.llm.errors import Interrupted


class ApiCall(models.Model):
    class Status(models.TextChoices):
        RUNNING = "running"
        COMPLETED = "completed"
        CANCELLED = "cancelled"
        """The client went away."""
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request_id = models.CharField(max_length=40, db_index=True)
    """As the client was told it."""
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_calls"
    )
    key = models.ForeignKey(
        "chat.ApiKey", on_delete=models.SET_NULL, null=True, related_name="calls"
    )
    dialect = models.CharField(max_length=10)
    """In which it was asked; the endpoint's own stands in the receipt."""
    model = models.CharField(max_length=300)
    """The key of the model that answered, or was asked last."""
    is_streamed = models.BooleanField(default=False)
    is_task = models.BooleanField(default=False)
    """Made by a worker; nobody waited for it."""
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    error = models.JSONField(null=True, blank=True)
    receipt = models.JSONField(default=dict)
    input_tokens = models.PositiveIntegerField(null=True, blank=True)
    output_tokens = models.PositiveIntegerField(null=True, blank=True)
    cache_read_tokens = models.PositiveIntegerField(default=0)
    """Of the input. As in the receipt, but where fifty thousand rows are added up quickly."""
    reasoning_tokens = models.PositiveIntegerField(default=0)
    """Of the output."""
    cost = models.DecimalField(max_digits=16, decimal_places=9, null=True, blank=True)
    """US dollars; None where the price is unknown, which is not the same as nothing."""
    first_token_ms = models.PositiveIntegerField(null=True, blank=True)
    total_ms = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "pk")
        indexes = [
            models.Index(fields=["user", "-created_at"], name="api_call_of_user"),
            models.Index(fields=["key", "-created_at"], name="api_call_of_key"),
            models.Index(fields=["-created_at", "-id"], name="api_call_by_time"),
        ]

    def __str__(self) -> str:
        return f"call {self.request_id} ({self.status})"

    @property
    def state(self) -> str:
        """running, completed, cancelled, failed or interrupted."""
        is_interrupted = (self.error or {}).get("code") == Interrupted.code
        return "interrupted" if is_interrupted else str(self.status)

    @property
    def failure(self) -> dict[str, Any] | None:
        return self.error

    @property
    def ledger_source(self) -> str:
        return f"call:{self.pk}"

    @classmethod
    def interrupt_stale(cls) -> int:
        """End those whose process was killed. Returns how many."""
        cutoff = timezone.now() - timedelta(seconds=settings.LIMITS.call_stale)
        rows = cls.objects.filter(status=cls.Status.RUNNING, created_at__lt=cutoff)
        return rows.update(
            status=cls.Status.FAILED,
            error={"code": Interrupted.code, "message": Interrupted.default_message},
            finished_at=timezone.now(),
        )
