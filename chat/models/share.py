"""A conversation that was published: one address, whom it is for, and what of it shows.

The one rule: a share is looked at anew for every visit. Revoked, expired, seen often enough or
without its conversation it is not there, and looks like one that never was.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import models, transaction
from django.utils import timezone

from chat.models.link import hash_token
from chat.models.user import User
from chat.secrets import Unreadable, seal, unseal

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

TOKEN_BYTES = 24
"""192 bits."""


class Audience(models.TextChoices):
    LINK = "link", "Anyone with the link"
    SIGNED_IN = "signed_in", "Whoever is signed in here"
    TEAM = "team", "One team"
    PEOPLE = "people", "Named people"


class Mode(models.TextChoices):
    SNAPSHOT = "snapshot", "As it is now"
    LIVE = "live", "Live, as it goes on"


class ShareQuerySet(models.QuerySet["Share"]):
    def open(self) -> ShareQuerySet:
        """Neither revoked nor expired, and with a conversation and a publisher."""
        return self.filter(
            models.Q(expires_at=None) | models.Q(expires_at__gt=timezone.now()),
            revoked_at=None,
            conversation__deleted_at=None,
            user__is_active=True,
        )


class Share(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="shares"
    )
    """Who published it. It ends with that person's right to the conversation."""
    conversation = models.ForeignKey(
        "chat.Conversation", on_delete=models.CASCADE, related_name="shares"
    )
    lane = models.ForeignKey("chat.Lane", on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    sealed_token = models.TextField()
    """Encrypted for this row, so that the publisher can copy the address again."""
    title = models.CharField(max_length=200, blank=True)
    """In place of the conversation's own."""
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.SNAPSHOT)
    audience = models.CharField(max_length=9, choices=Audience.choices, default=Audience.LINK)
    team = models.ForeignKey("chat.Team", on_delete=models.CASCADE, null=True, blank=True)
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    password = models.CharField(max_length=200, blank=True)
    """As a hash; empty: none is asked for."""
    expires_at = models.DateTimeField(null=True, blank=True)
    view_limit = models.PositiveIntegerField(null=True, blank=True)
    views = models.PositiveIntegerField(default=0)
    shows_system = models.BooleanField(default=False)
    shows_parameters = models.BooleanField(default=False)
    shows_receipts = models.BooleanField(default=False)
    shows_cost = models.BooleanField(default=False)
    allows_copy = models.BooleanField(default=False)
    allows_data = models.BooleanField(default=False)
    """The Markdown and JSON forms."""
    allows_embed = models.BooleanField(default=False)
    has_card = models.BooleanField(default=False)
    """Title and first words for those who preview links."""
    redaction = models.JSONField(default=dict)
    """`{is_on, kept: […], words: […]}`, see `chat.sharing.redaction`."""
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ShareQuerySet.as_manager()

    if TYPE_CHECKING:
        revisions: RelatedManager[Revision]
        visits: RelatedManager[Visit]

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title or str(self.conversation)

    @classmethod
    def find(cls, token: str) -> Share | None:
        """The share, if it is there for anybody."""
        rows = cls.objects.open().filter(token_hash=hash_token(token))
        share = rows.select_related("conversation", "user", "lane").first()
        if share is None or not share.user.may_edit(share.conversation):
            return None
        return share

    def new_token(self) -> None:
        """Sets what is to be saved; an older address no longer works then."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self.token_hash = hash_token(token)
        self.sealed_token = seal(token, place=self._place)

    @property
    def address(self) -> str | None:
        """None where the master key is not the one any more."""
        try:
            return f"{settings.SITE_URL}/s/{unseal(self.sealed_token, place=self._place)}/"
        except Unreadable:
            return None

    @property
    def _place(self) -> str:
        return f"share {self.pk}"

    @property
    def is_live(self) -> bool:
        return self.mode == Mode.LIVE

    @property
    def is_open(self) -> bool:
        is_seen_up = self.view_limit is not None and self.views >= self.view_limit
        return not is_seen_up and Share.objects.open().filter(pk=self.pk).exists()

    @property
    def revision(self) -> Revision | None:
        return self.revisions.order_by("-number").first()

    def is_for(self, user: User | None) -> bool:
        """Whether this person, or nobody in particular, is of the audience."""
        if self.audience == Audience.LINK:
            return True
        if user is None:
            return False
        match self.audience:
            case Audience.SIGNED_IN:
                return True
            case Audience.TEAM:
                return user.memberships.filter(team=self.team_id).exists()
            case _:
                return user.pk == self.user_id or self.people.filter(pk=user.pk).exists()

    def set_password(self, password: str) -> None:
        self.password = make_password(password) if password else ""

    def is_password(self, password: str) -> bool:
        return check_password(password, self.password)

    @transaction.atomic
    def publish(self, content: dict[str, Any] | None) -> Revision | None:
        """Save what was changed; `content` is what visitors see from now on, None for a live one.
        Earlier revisions stay as they are."""
        if not self.token_hash:
            self.new_token()
        self.save()
        # The lock is for the number: of two who publish at once one comes second.
        Share.objects.select_for_update().get(pk=self.pk)
        if content is None:
            return None
        last = self.revision
        return self.revisions.create(number=last.number + 1 if last else 1, content=content)

    def freeze(self, content: dict[str, Any]) -> None:
        """A live share becomes a snapshot of this moment."""
        self.mode = Mode.SNAPSHOT
        self.publish(content)

    def revoke(self) -> None:
        self.revoked_at = timezone.now()
        self.save(update_fields=["revoked_at"])

    def renew(self) -> None:
        """Another address; the old one is not there any more."""
        self.new_token()
        self.save(update_fields=["token_hash", "sealed_token"])

    @transaction.atomic
    def admit(self, user: User | None, *, visitor: str) -> bool:
        """Write a visit down. False if the share was seen as often as it may be: exact, however
        many come at once."""
        is_left = models.Q(view_limit=None) | models.Q(views__lt=models.F("view_limit"))
        rows = Share.objects.filter(is_left, pk=self.pk)
        if not rows.update(views=models.F("views") + 1):
            return False
        self.visits.create(user=user, visitor=visitor)
        return True


class Revision(models.Model):
    """What visitors see of a snapshot. Never changed."""

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    """See `chat.sharing.content`."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["share", "number"], name="revision_number")]

    def __str__(self) -> str:
        return f"revision {self.number} of {self.share_id}"


class Visit(models.Model):
    """One look at a share. Of those who are not signed in there is no more than a word that tells
    one visitor of a day from another."""

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="visits")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    visitor = models.CharField(max_length=12)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["share", "-at"], name="visit_log")]

    def __str__(self) -> str:
        return f"visit to {self.share_id}"

    @classmethod
    def purge(cls) -> int:
        """Forget old ones. Returns how many."""
        cutoff = timezone.now() - timedelta(seconds=settings.LIMITS.visits_kept)
        gone, _ = cls.objects.filter(at__lt=cutoff).delete()
        return gone
