"""What was answered to a request that named itself, for when it is sent again.

The one rule: of equal requests at the same time one is made; the others are told to come back. A
reply is kept only if it was a good one: whoever failed may try again.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from chat.models.api_call import ApiCall


class InProgress(Exception):
    """The first of the equal requests is still being answered."""


class OtherRequest(Exception):
    """The name was given to another request before."""


class KeptReply(models.Model):
    key = models.ForeignKey("chat.ApiKey", on_delete=models.CASCADE, related_name="kept_replies")
    name = models.CharField(max_length=255)
    """The caller's `Idempotency-Key`."""
    fingerprint = models.CharField(max_length=64)
    """Of address and body, so that a name stands for one request."""
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    """None while it is being answered."""
    content_type = models.CharField(max_length=100, blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    body = models.BinaryField(default=bytes)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "name"], name="kept_reply_once")]

    def __str__(self) -> str:
        return f"reply {self.pk}"

    @classmethod
    def claim(
        cls, key_id: object, name: str, *, fingerprint: str, request_id: str
    ) -> tuple[KeptReply, bool]:
        """The row, and whether it is new and to be filled. Raise `InProgress` or `OtherRequest`."""
        rows = cls.objects.filter(key_id=key_id, name=name)
        cutoff = timezone.now() - timedelta(seconds=settings.LIMITS.call_stale)
        for row in rows.filter(status=None, created_at__lt=cutoff):
            if not ApiCall.is_under_way(row.request_id):  # its process was killed
                row.release()
        fields = {"name": name, "fingerprint": fingerprint, "request_id": request_id}
        try:
            with transaction.atomic():
                return cls.objects.create(key_id=key_id, **fields), True
        except IntegrityError:
            earlier = rows.first()
        if earlier is None or (earlier.status is None and earlier.fingerprint == fingerprint):
            raise InProgress
        if earlier.fingerprint != fingerprint:
            raise OtherRequest
        return earlier, False

    def fill(self, body: bytes, *, status: int, content_type: str, request_id: str) -> None:
        rows = KeptReply.objects.filter(pk=self.pk)
        rows.update(status=status, content_type=content_type, request_id=request_id, body=body)

    def release(self) -> None:
        KeptReply.objects.filter(pk=self.pk, status=None).delete()

    @classmethod
    def purge(cls) -> int:
        cutoff = timezone.now() - timedelta(seconds=settings.LIMITS.reply_kept)
        return cls.objects.filter(created_at__lt=cutoff).delete()[0]
