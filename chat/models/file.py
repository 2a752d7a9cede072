"""A file that somebody attached, or that a model made. It belongs to a person, and from the moment
it is sent to a conversation, with which it goes."""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from chat.models import blobs

ORPHAN_SECONDS = 3600
_FACTS = ("width", "height", "pages", "seconds")


class FileQuerySet(models.QuerySet["File"]):
    def visible_to(self, user: Any) -> FileQuerySet:
        """In conversations that this person may see, or attached by them and not sent yet."""
        in_conversations = models.Q(conversation__in=user.visible_conversations)
        return self.filter(in_conversations | models.Q(conversation=None, user=user))


class File(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    """Also where the bytes are: see `blobs`."""
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="files"
    )
    conversation = models.ForeignKey(
        "chat.Conversation", on_delete=models.CASCADE, null=True, blank=True, related_name="files"
    )
    """None until it is sent."""
    name = models.CharField(max_length=200)
    """As it was given. It is text to show, nothing else."""
    media_type = models.CharField(max_length=100)
    """From its first bytes, never from its name."""
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    pages = models.PositiveIntegerField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FileQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["created_at"], name="file_unsent", condition=models.Q(conversation=None)
            )
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def of(cls, data: bytes, **fields: Any) -> File:
        """The row as it would be kept."""
        return cls(size=len(data), sha256=hashlib.sha256(data).hexdigest(), **fields)

    @classmethod
    def keep(cls, data: bytes, *, thumbnail: bytes | None = None, **fields: Any) -> File:
        """Bytes first, then the row: a row never stands for nothing."""
        file = cls.of(data, **fields)
        blobs.write(file.pk, data)
        if thumbnail is not None:
            blobs.write(file.pk, thumbnail, blobs.THUMBNAIL)
        file.save()
        return file

    def to_part(self) -> dict[str, Any]:
        """The stored part of the message that it is attached to. See `parts`."""
        known = {name: getattr(self, name) for name in _FACTS}
        return {
            "type": "media",
            "media_type": self.media_type,
            "name": self.name,
            "file": str(self.pk),
            "size": self.size,
            "sha256": self.sha256,
        } | {name: value for name, value in known.items() if value is not None}

    def discard(self) -> None:
        id = self.pk
        self.delete()
        blobs.remove(id)

    @classmethod
    def purge_unsent(cls) -> int:
        """Remove what was attached and never sent. Returns how many."""
        cutoff = timezone.now() - timedelta(seconds=settings.LIMITS.files_unsent_kept)
        ids = list(
            cls.objects.filter(conversation=None, created_at__lt=cutoff).values_list(
                "pk", flat=True
            )
        )
        # Asked again: a file that was sent in between stays.
        cls.objects.filter(pk__in=ids, conversation=None).delete()
        for id in set(ids) - set(cls.objects.filter(pk__in=ids).values_list("pk", flat=True)):
            blobs.remove(id)
        return len(ids)

    @classmethod
    def sweep(cls) -> int:
        """Remove bytes without a row: their conversation was purged. Returns how many."""
        found = set(blobs.stored(older_than=ORPHAN_SECONDS))
        orphans = found - set(cls.objects.values_list("pk", flat=True))
        for id in orphans:
            blobs.remove(id)
        return len(orphans)
