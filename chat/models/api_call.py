"""One call of a program: who asked for what, how it ended, what it cost. It owns the receipt.

The one rule: no words of the conversation are kept, only their number and their hash.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from chat.llm.errors import Interrupted


@dataclass(frozen=True, slots=True)
class Progress:
    """What a call has had so far, as far as it can be seen."""

    input_tokens: int
    output_tokens: int
    cost: Decimal | None
    first_token_ms: int | None


class ApiCall(models.Model):
    class Status(models.TextChoices):
        RUNNING = "running"
        COMPLETED = "completed"
        CANCELLED = "cancelled"
        """The client went away."""
        FAILED = "failed"
        REFUSED = "refused"
        """By a limit, a budget or a scope of ours, before anybody was asked."""

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
    heartbeat_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    """The process that makes it says once a second that it lives, and what has come so far."""
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "pk")
        indexes = [
            models.Index(fields=["user", "-created_at"], name="api_call_of_user"),
            models.Index(fields=["key", "-created_at"], name="api_call_of_key"),
            models.Index(fields=["-created_at", "-id"], name="api_call_by_time"),
            models.Index(
                fields=["heartbeat_at"],
                name="api_call_running",
                condition=models.Q(status="running"),
            ),
        ]

    def __str__(self) -> str:
        return f"call {self.request_id} ({self.status})"

    @property
    def state(self) -> str:
        """running, completed, cancelled, failed, refused or interrupted."""
        is_interrupted = (self.error or {}).get("code") == Interrupted.code
        return "interrupted" if is_interrupted else str(self.status)

    @property
    def failure(self) -> dict[str, Any] | None:
        return self.error

    @property
    def ledger_source(self) -> str:
        return f"call:{self.pk}"

    @classmethod
    def stale(cls) -> models.QuerySet[ApiCall]:
        """Those whose process was killed."""
        limits, now = settings.LIMITS, timezone.now()
        is_silent = models.Q(heartbeat_at__lt=now - timedelta(seconds=limits.call_stale))
        is_old = models.Q(
            heartbeat_at=None, created_at__lt=now - timedelta(seconds=limits.entry_stale)
        )
        return cls.objects.filter(is_silent | is_old, status=cls.Status.RUNNING)

    @classmethod
    def is_under_way(cls, request_id: str) -> bool:
        """Or has ended a moment ago."""
        cutoff = timezone.now() - timedelta(seconds=settings.LIMITS.call_stale)
        has_just_ended = models.Q(finished_at__gt=cutoff)
        rows = cls.objects.filter(request_id=request_id)
        return rows.filter(models.Q(status=cls.Status.RUNNING) | has_just_ended).exists()

    @classmethod
    def beat(cls, progress: Mapping[uuid.UUID, Progress]) -> set[uuid.UUID]:
        """They are being made. Returns those that may not go on: their key was revoked, or their
        person sent away."""
        now = timezone.now()
        running = cls.objects.filter(pk__in=progress, status=cls.Status.RUNNING)
        running.update(heartbeat_at=now)
        for pk, known in progress.items():
            if known.output_tokens:
                cls.objects.filter(pk=pk, status=cls.Status.RUNNING).update(**asdict(known))
        is_over = models.Q(key=None) | models.Q(key__revoked_at__isnull=False)
        unwanted = running.filter(is_over | models.Q(user__is_active=False))
        return set(unwanted.values_list("pk", flat=True))
