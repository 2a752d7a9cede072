"""One request for an answer, from *send* to *finished*. It owns status, receipt, usage, timings and
error, and it ends in exactly one of completed, stopped, failed or interrupted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from chat.llm import errors
from chat.models.search_index import IndexedMessage


class Turn(models.Model):
    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        COMPLETED = "completed"
        STOPPED = "stopped"
        FAILED = "failed"

    UNFINISHED = (Status.QUEUED, Status.RUNNING)

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="turns"
    )
    conversation = models.ForeignKey(
        "chat.Conversation", on_delete=models.CASCADE, related_name="turns"
    )
    lane = models.ForeignKey("chat.Lane", on_delete=models.CASCADE, related_name="turns")
    client_id = models.UUIDField()
    """Made by the sender: a second send with the same id is the same turn."""
    prompt = models.ForeignKey("chat.Message", on_delete=models.CASCADE, related_name="answers")
    """The user's message that is answered."""
    answer = models.OneToOneField("chat.Message", on_delete=models.CASCADE, related_name="turn")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    error = models.JSONField(null=True, blank=True)
    """`{code, message, is_retryable, parameter?}`; the message may be shown."""
    receipt = models.JSONField(default=dict)
    timeline = models.JSONField(default=list)
    """`[[milliseconds since the start, characters], …]`, one pair per piece of text as it came."""
    input_tokens = models.PositiveIntegerField(null=True, blank=True)
    output_tokens = models.PositiveIntegerField(null=True, blank=True)
    cost = models.DecimalField(max_digits=16, decimal_places=9, null=True, blank=True)
    """US dollars; None where the price is unknown, which is not the same as nothing."""
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(default=timezone.now)
    stop_requested_at = models.DateTimeField(null=True, blank=True)
    """Set by any process; the process that runs the turn looks about once a second."""
    imported_at = models.DateTimeField(null=True, blank=True)
    """Its receipt is what a file said, not what happened here: it is in no sum."""
    imported_from = models.CharField(max_length=40, blank=True, default="", db_default="")
    """Who wrote the file, as people know it: ChatGPT, Open WebUI …"""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "client_id"], name="turn_client_id")]
        indexes = [
            models.Index(
                fields=["heartbeat_at"],
                name="turn_unfinished",
                condition=models.Q(status__in=["queued", "running"]),
            ),
        ]

    def __str__(self) -> str:
        return f"turn {self.pk} ({self.state})"

    @property
    def is_again(self) -> bool:
        """Its prompt was answered before."""
        return self.prompt.children.filter(pk__lt=self.answer_id).exists()

    @property
    def has_others(self) -> bool:
        """There are other turns in the conversation, to compare it with."""
        return self.conversation.turns.exclude(pk=self.pk).exists()

    def others(self) -> list[Turn]:
        """The other turns of the conversation, the newest first, with their answers."""
        rows = Turn.objects.filter(conversation=self.conversation_id).exclude(pk=self.pk)
        return list(rows.select_related("answer").order_by("-pk"))

    @property
    def is_unfinished(self) -> bool:
        return self.status in self.UNFINISHED and not self.is_stale

    @property
    def is_stale(self) -> bool:
        """Nobody has been running it for a while: its process was killed."""
        age = timezone.now() - self.heartbeat_at
        return self.status in self.UNFINISHED and age > timedelta(
            seconds=settings.LIMITS.heartbeat_stale
        )

    @property
    def state(self) -> str:
        """queued, running, completed, stopped, failed or interrupted."""
        if self.is_stale or (self.error or {}).get("code") == errors.Interrupted.code:
            return "interrupted"
        return str(self.status)

    @property
    def context_tokens(self) -> int:
        """What the next message sends along: all that this turn read and wrote."""
        return (self.input_tokens or 0) + (self.output_tokens or 0)

    @property
    def failure(self) -> dict[str, Any] | None:
        """The error to show, also for a turn that nobody was there to finish."""
        if self.is_stale:
            return error_to_json(errors.Interrupted())
        return self.error

    @property
    def ledger_source(self) -> str:
        return f"turn:{self.pk}"

    @property
    def origin(self) -> str:
        """Where an imported turn comes from, in words."""
        is_ours = self.imported_from in ("", "Playground")
        return "the export of a playground" if is_ours else self.imported_from

    @property
    def is_cut(self) -> bool:
        """There are words, and more of them could follow."""
        if not self.answer.parts or self.is_unfinished:
            return False
        reason = (self.receipt.get("answered") or {}).get("finish_reason")
        is_broken = self.state in ("stopped", "interrupted") or reason == "length"
        return is_broken or (self.state == "failed" and bool(self.beginning))

    @property
    def beginning(self) -> str:
        """The words of a cut answer that this one went on from: they were sent along, and its own
        text begins with them."""
        told = self.receipt["asked"].get("continues") or {}
        return self.answer.text[: told.get("characters", 0)]

    def request_stop(self) -> None:
        """For the process that runs it, which looks once a second."""
        rows = Turn.objects.filter(pk=self.pk, status__in=self.UNFINISHED)
        rows.update(stop_requested_at=timezone.now())

    @classmethod
    @transaction.atomic
    def interrupt_stale(cls) -> int:
        """End the turns whose process is gone. Returns how many."""
        cutoff = timezone.now() - timedelta(seconds=settings.LIMITS.heartbeat_stale)
        stale = cls.objects.filter(status__in=cls.UNFINISHED, heartbeat_at__lt=cutoff)
        for turn in stale.select_related("answer__conversation"):
            IndexedMessage.put(turn.answer)
        return stale.update(
            status=cls.Status.FAILED,
            error=error_to_json(errors.Interrupted()),
            finished_at=models.F("heartbeat_at"),
        )


def error_to_json(error: errors.ModelError) -> dict[str, Any]:
    json: dict[str, Any] = {
        "code": error.code,
        "message": error.message,
        "is_retryable": error.is_retryable,
    }
    if error.parameter:
        json["parameter"] = error.parameter
    return json
