"""A link that lets one person in, once: the first administrator's, an invitation, a reset.

The token is 256 bits, shown once and stored only as a hash.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

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

    @classmethod
    def find_welcome(cls, token: str) -> Link | None:
        """A link that makes an account; the first administrator's is good while there is none."""
        link = cls.find(token)
        if link is None or link.purpose == cls.Purpose.RESET:
            return None
        if link.purpose == cls.Purpose.SETUP and User.objects.exists():
            return None
        return link

    @classmethod
    def find_reset(cls, token: str) -> Link | None:
        """A link that sets the password of its `user`."""
        link = cls.find(token)
        if link is None or link.purpose != cls.Purpose.RESET or not link.user:
            return None
        return link if link.user.is_active else None

    @classmethod
    def open_invitations(cls) -> models.QuerySet[Link]:
        return cls.objects.filter(
            purpose=cls.Purpose.INVITATION, used_at=None, expires_at__gt=timezone.now()
        ).order_by("-created_at")

    @classmethod
    def invite(cls, made_by: User, *, note: str, makes_administrator: bool) -> tuple[Link, str]:
        return cls.make(
            cls.Purpose.INVITATION,
            seconds=settings.LIMITS.invitation_link,
            made_by=made_by,
            makes_administrator=makes_administrator,
            note=note,
        )

    @classmethod
    def make_reset(cls, user: User, *, made_by: User | None = None) -> tuple[Link, str]:
        """The newest is the only one that works."""
        user.links.filter(used_at=None).delete()
        seconds = settings.LIMITS.reset_link
        return cls.make(cls.Purpose.RESET, seconds=seconds, made_by=made_by, user=user)

    def address(self, token: str) -> str:
        """What to open, with the host from the settings: the request's own may be forged."""
        page = "reset" if self.purpose == self.Purpose.RESET else "welcome"
        return f"{settings.SITE_URL}/{page}/{token}/"

    def admit(self, user: User) -> bool:
        """Save a new user and spend the link, both or neither. False if the link is no longer good.

        Raises IntegrityError if the user name went to somebody else in the meantime.
        """
        with transaction.atomic():
            is_setup = self.purpose == self.Purpose.SETUP
            if is_setup and User.objects.exists():
                return False
            user.is_staff = is_setup or self.makes_administrator
            user.save()
            if self.use(user):
                return True
            transaction.set_rollback(True)
        return False

    @transaction.atomic
    def renew(self, user: User) -> bool:
        """Save the user's new password and spend the link. False if somebody was quicker."""
        if not self.use(user):
            return False
        user.save_password()
        return True

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
