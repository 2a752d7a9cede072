"""A team: people who keep conversations together, each with a role.

The one rule: a role is looked up whenever something is asked for, never remembered, so that whoever
is removed or made a viewer can do less from that moment on, on every way in.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from chat.models.link import hash_token
from chat.models.user import User

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from chat.models.conversation import Conversation


class LastOwner(Exception):
    """Without an owner nobody could let anybody in, or end the team."""


class TeamFull(Exception):
    """There are as many members as a team may have."""


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    EDITOR = "editor", "Editor"
    VIEWER = "viewer", "Viewer"


WRITING = (Role.OWNER, Role.EDITOR)
"""Those who may say and change something; a viewer reads, and copies."""


class Team(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)

    if TYPE_CHECKING:
        conversations: RelatedManager[Conversation]
        memberships: RelatedManager[Membership]
        invitations: RelatedManager[TeamInvitation]

    class Meta:
        ordering = ["name", "created_at"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    @transaction.atomic
    def found(cls, user: User, name: str) -> Team:
        """A new team, owned by `user`."""
        team = cls.objects.create(name=name)
        team.memberships.create(user=user, role=Role.OWNER)
        return team

    @classmethod
    def of(cls, user: User, *roles: Role) -> models.QuerySet[Team]:
        """Those that `user` is in, with one of these roles if any is named."""
        rows = Membership.objects.filter(user=user)
        return cls.objects.filter(pk__in=(rows.filter(role__in=roles) if roles else rows).teams())

    def rename(self, name: str) -> None:
        self.name = name
        self.save(update_fields=["name"])

    @transaction.atomic
    def add(self, user: User, role: Role) -> Membership:
        """Raise `TeamFull`. Whoever is in already keeps the role."""
        Team.objects.select_for_update().get(pk=self.pk)
        if there := self.memberships.filter(user=user).first():
            return there
        if self.memberships.count() >= settings.LIMITS.team_members:
            raise TeamFull
        return self.memberships.create(user=user, role=role)

    @transaction.atomic
    def end(self) -> int:
        """Each conversation goes back to whoever began it. Returns how many do."""
        count = self.conversations.count()
        for conversation in self.conversations.all():
            conversation.take_back()
        self.delete()
        return count


class MembershipQuerySet(models.QuerySet["Membership"]):
    def teams(self) -> models.QuerySet[Membership, uuid.UUID]:
        return self.values_list("team", flat=True)


class Membership(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=6, choices=Role.choices)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["joined_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}"

    @property
    def is_owner(self) -> bool:
        return self.role == Role.OWNER

    @property
    def may_write(self) -> bool:
        return self.role in WRITING

    @transaction.atomic
    def change_role(self, role: Role) -> None:
        """Raise `LastOwner`."""
        if role != Role.OWNER:
            self._leave_an_owner()
        self.role = role
        self.save(update_fields=["role"])

    @transaction.atomic
    def end(self) -> None:
        """The person leaves or is removed; what they began in the team stays. Raise `LastOwner`."""
        self._leave_an_owner()
        self.delete()

    @transaction.atomic
    def hand_over(self, to: Membership) -> None:
        """The other one is an owner from now on, this one an editor."""
        to.change_role(Role.OWNER)
        self.change_role(Role.EDITOR)

    def _leave_an_owner(self) -> None:
        owners = Membership.objects.filter(team=self.team_id, role=Role.OWNER).order_by("pk")
        # Locked, so that of two who go at once the second finds itself to be the last.
        if [row.pk for row in owners.select_for_update()] == [self.pk]:
            raise LastOwner


class TeamInvitation(models.Model):
    """A link that lets those who have an account here into a team until it expires or is revoked.
    The token has 256 bits, is shown once and is stored as a hash."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=6, choices=Role.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"invitation to {self.team}"

    @classmethod
    def make(cls, team: Team, role: Role, *, made_by: User) -> tuple[TeamInvitation, str]:
        """The row, and the token that is not kept."""
        token = secrets.token_urlsafe(32)
        row = cls.objects.create(
            team=team,
            role=role,
            token_hash=hash_token(token),
            made_by=made_by,
            expires_at=timezone.now() + timedelta(seconds=settings.LIMITS.team_invitation),
        )
        return row, token

    @classmethod
    def find(cls, token: str) -> TeamInvitation | None:
        """It ends with the ownership of whoever made it."""
        rows = cls.objects.filter(token_hash=hash_token(token), expires_at__gt=timezone.now())
        row = rows.select_related("team", "made_by").first()
        if row is None or not row.made_by.is_active:
            return None
        owners = row.team.memberships.filter(user=row.made_by, role=Role.OWNER)
        return row if owners.exists() else None

    @property
    def is_open(self) -> bool:
        return self.expires_at > timezone.now()

    def address(self, token: str) -> str:
        return f"{settings.SITE_URL}/teams/invitations/{token}/"
