"""A link that lets one person in, once: the first administrator's, an invitation, a reset.

The token is 256 bits, shown once and stored only as a hash.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

if TYPE_CHECKING:
    from chat.models.user import User


class Link(models.Model):
    class Purpose(models.TextChoices):
        SETUP = "setup", "makes the first administrator"
        INVITATION = "invitation", "makes an account"
        RESET = "reset", "sets a new password"

    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="links_made",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="links",
    )
    """Whose password a reset sets; who came of an invitation."""
    makes_administrator = models.BooleanField(default=False)
    note = models.CharField(max_length=150, blank=True)
    """For whom it was meant, in the words of the one who made it."""
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.purpose} link {self.pk}"

    @classmethod
    def make(
        cls,
        purpose: Purpose,
        *,
        seconds: int,
        made_by: User | None = None,
        user: User | None = None,
        makes_administrator: bool = False,
        note: str = "",
    ) -> tuple[Link, str]:
        """The row, and the token that is not kept."""
        token = secrets.token_urlsafe(32)
        link = cls.objects.create(
            purpose=purpose,
            token_hash=hash_token(token),
            made_by=made_by,
            user=user,
            makes_administrator=makes_administrator,
            note=note,
            expires_at=timezone.now() + timedelta(seconds=seconds),
        )
        return link, token

    @classmethod
    def find(cls, token: str) -> Link | None:
        """The link, if it may still be used."""
        return cls.objects.filter(
            token_hash=hash_token(token), used_at=None, expires_at__gt=timezone.now()
        ).first()

    @transaction.atomic
    def use(self, user: User) -> bool:
        """Spend it. False if somebody was quicker."""
        won = (
            type(self)
            .objects.filter(pk=self.pk, used_at=None)
            .update(used_at=timezone.now(), user=user)
        )
        return won == 1


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
