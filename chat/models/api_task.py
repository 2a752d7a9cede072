"""A call that nobody waits for: asked for now, made by a worker, its answer kept for a while.

The one rule: a task moves from one status to the next by a conditional UPDATE, so that of two
workers one gets it, and of a cancellation and an answer one counts.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils import timezone


def new_id() -> str:
    return f"task_{secrets.token_hex(16)}"


class ApiTask(models.Model):
    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        COMPLETED = "completed"
        FAILED = "failed"
        CANCELLED = "cancelled"

    UNFINISHED = (Status.QUEUED, Status.RUNNING)

    id = models.CharField(primary_key=True, max_length=40, default=new_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tasks"
    )
    key = models.ForeignKey("chat.ApiKey", on_delete=models.CASCADE, related_name="tasks")
    dialect = models.CharField(max_length=10)
    model = models.CharField(max_length=300)
    """As it was asked for."""
    body = models.JSONField()
    """The request as it came in; emptied when the task has ended."""
    request_id = models.CharField(max_length=40)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    result = models.JSONField(null=True, blank=True)
    """The whole answer, in the dialect that asked."""
    error = models.JSONField(null=True, blank=True)
    """Likewise."""
    error_status = models.PositiveSmallIntegerField(null=True, blank=True)
    worker = models.CharField(max_length=40, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = [
            models.Index(fields=["user", "-created_at"], name="api_task_of_user"),
            models.Index(
                fields=["not_before"],
                name="api_task_queued",
                condition=models.Q(status="queued"),
            ),
            models.Index(
                fields=["heartbeat_at"],
                name="api_task_running",
                condition=models.Q(status="running"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} ({self.status})"

    @classmethod
    def claim(cls, worker: str, *, most: int) -> list[ApiTask]:
        """The oldest that are due, from now on this worker's."""
        now = timezone.now()
        due = cls.objects.filter(status=cls.Status.QUEUED, not_before__lte=now)
        ids = list(due.order_by("created_at", "pk").values_list("pk", flat=True)[:most])
        claimed = [
            pk
            for pk in ids
            if cls.objects.filter(pk=pk, status=cls.Status.QUEUED).update(
                status=cls.Status.RUNNING,
                worker=worker,
                attempts=F("attempts") + 1,
                started_at=now,
                heartbeat_at=now,
            )
        ]
        rows = cls.objects.select_related("key", "key__user").filter(pk__in=claimed)
        return sorted(rows, key=lambda row: (row.created_at, row.pk))

    @classmethod
    def beat(cls, worker: str, ids: Collection[str]) -> list[str]:
        """This worker is alive. Returns which of its tasks are not wanted any more."""
        own = cls.objects.filter(pk__in=ids, worker=worker, status=cls.Status.RUNNING)
        own.update(heartbeat_at=timezone.now())
        wanted = set(own.filter(cancel_requested_at=None).values_list("pk", flat=True))
        return [pk for pk in ids if pk not in wanted]

    @classmethod
    def stale(cls) -> models.QuerySet[ApiTask]:
        """Those of a worker that is gone."""
        cutoff = timezone.now() - timedelta(seconds=settings.LIMITS.task_stale)
        return cls.objects.filter(status=cls.Status.RUNNING, heartbeat_at__lt=cutoff)

    @classmethod
    def purge(cls) -> int:
        """Forget what ended so long ago that nobody will come for it."""
        cutoff = timezone.now() - timedelta(seconds=settings.LIMITS.task_kept)
        return cls.objects.filter(finished_at__lt=cutoff).delete()[0]

    def finish(self, status: Status, **fields: Any) -> bool:
        """False if it is not running any more: somebody else has ended it."""
        rows = ApiTask.objects.filter(pk=self.pk, status=self.Status.RUNNING, worker=self.worker)
        return bool(rows.update(status=status, finished_at=timezone.now(), body={}, **fields))

    def put_back(self, *, seconds: float = 0, is_counted: bool = True) -> None:
        """For later, or for another worker."""
        rows = ApiTask.objects.filter(pk=self.pk, status=self.Status.RUNNING, worker=self.worker)
        rows.update(
            status=self.Status.QUEUED,
            worker="",
            not_before=timezone.now() + timedelta(seconds=seconds),
            attempts=self.attempts - (0 if is_counted else 1),
        )

    def cancel(self) -> None:
        """At once if it waits, else as soon as its worker hears of it. What has ended stays."""
        now = timezone.now()
        rows = ApiTask.objects.filter(pk=self.pk)
        queued = rows.filter(status=self.Status.QUEUED)
        if not queued.update(status=self.Status.CANCELLED, finished_at=now, body={}):
            rows.filter(status=self.Status.RUNNING).update(cancel_requested_at=now)
        self.refresh_from_db()

    @property
    def expires_at(self) -> Any:
        if self.finished_at is None:
            return None
        return self.finished_at + timedelta(seconds=settings.LIMITS.task_kept)
