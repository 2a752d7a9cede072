"""A person who signs in. Everything that a person may see is reached through this row."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.utils import timezone

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from chat.models.api_call import ApiCall
    from chat.models.api_key import ApiKey
    from chat.models.api_task import ApiTask
    from chat.models.conversation import Conversation
    from chat.models.demo import Demo
    from chat.models.endpoint import Endpoint
    from chat.models.label import Folder, Tag
    from chat.models.link import Link
    from chat.models.share import Share
    from chat.models.tally import Tally
    from chat.models.team import Membership
    from chat.models.turn import Turn


class LastAdministrator(Exception):
    """Without an administrator nobody could let anybody in."""


class Titles(models.TextChoices):
    NEVER = "never", "Never: a conversation is called by its first words"
    FREE = "free", "With models that cost nothing"
    ALWAYS = "always", "With every model"


class User(AbstractUser):
    """`is_staff` makes an administrator: invites people, sees the settings."""

    first_name = None  # type: ignore[assignment]  # one name field serves every culture
    last_name = None  # type: ignore[assignment]
    name = models.CharField(max_length=150, blank=True)
    titles = models.CharField(
        max_length=6, choices=Titles.choices, default=Titles.FREE, db_default=Titles.FREE
    )
    """Whether the model in use writes a title after the first answer. Nothing that costs money is
    asked for without being told to."""

    if TYPE_CHECKING:
        api_calls: RelatedManager[ApiCall]
        api_keys: RelatedManager[ApiKey]
        api_tasks: RelatedManager[ApiTask]
        conversations: RelatedManager[Conversation]
        demos: RelatedManager[Demo]
        endpoints: RelatedManager[Endpoint]
        folders: RelatedManager[Folder]
        links: RelatedManager[Link]
        links_made: RelatedManager[Link]
        tallies: RelatedManager[Tally]
        memberships: RelatedManager[Membership]
        shares: RelatedManager[Share]
        tags: RelatedManager[Tag]
        turns: RelatedManager[Turn]

    def __str__(self) -> str:
        return self.display_name

    @property
    def visible_conversations(self) -> models.QuerySet[Conversation]:
        """Those of one's own, and those of every team that one is in."""
        return self._conversations.filter(self.sees)

    @property
    def editable_conversations(self) -> models.QuerySet[Conversation]:
        """Those of them in which one may say and change something."""
        return self._conversations.filter(self.edits)

    @property
    def begun_conversations(self) -> models.QuerySet[Conversation]:
        """Those that one began oneself, but none of a team that one has left."""
        return self.conversations.filter(self.sees)

    @property
    def sees(self) -> models.Q:
        """Holds for conversations, deleted ones included."""
        return self._own | models.Q(team__in=self.memberships.values("team"))

    @property
    def edits(self) -> models.Q:
        writing = self.memberships.filter(role__in=["owner", "editor"])
        return self._own | models.Q(team__in=writing.values("team"))

    def may_edit(self, conversation: Conversation) -> bool:
        return self.editable_conversations.filter(pk=conversation.pk).exists()

    @property
    def _own(self) -> models.Q:
        return models.Q(user=self, team=None)

    @property
    def _conversations(self) -> models.QuerySet[Conversation]:
        # Through the relation: this module is below the one of conversations.
        return self.conversations.model.objects.all()

    @property
    def display_name(self) -> str:
        return self.name or self.username

    @property
    def initials(self) -> str:
        words = self.display_name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """Stored as it is compared, so that the unique index itself keeps look-alikes out."""
        folded = unicodedata.normalize("NFKC", username).casefold()
        # Folding can bring back what NFKC had put together.
        return unicodedata.normalize("NFKC", folded)

    @transaction.atomic
    def save_password(self) -> None:
        """After `set_password`: every session that is not told of it ends, and so do open links."""
        self.save(update_fields=["password"])
        self.links.filter(used_at=None).delete()

    def introduce(self, name: str, *, titles: str) -> None:
        """What the account page says; of titles it may say nothing."""
        self.name, self.titles = name, titles or self.titles
        self.save(update_fields=["name", "titles"])

    def promote(self) -> None:
        self.is_staff = True
        self.save(update_fields=["is_staff"])

    @transaction.atomic
    def demote(self) -> None:
        """Raises LastAdministrator. Links they handed out die, or one could be their way back."""
        self._leave_an_administrator()
        self.is_staff = self.is_superuser = False
        self.save(update_fields=["is_staff", "is_superuser"])
        self.links_made.filter(used_at=None).delete()

    @transaction.atomic
    def deactivate(self) -> None:
        """Raises LastAdministrator."""
        self._leave_an_administrator()
        self.is_active = False
        self.save(update_fields=["is_active"])
        self.links.filter(used_at=None).delete()
        self.links_made.filter(used_at=None).delete()
        self._end_sessions()

    def reactivate(self) -> None:
        self.is_active = True
        self.save(update_fields=["is_active"])

    def _leave_an_administrator(self) -> None:
        administrators = type(self).objects.filter(is_staff=True, is_active=True).order_by("pk")
        # Locked, so that of two who remove each other the second finds the other to be the last.
        if [user.pk for user in administrators.select_for_update()] == [self.pk]:
            raise LastAdministrator

    def _end_sessions(self) -> None:
        """For good: they would come back to life with the account."""
        own = [
            session.pk
            for session in Session.objects.filter(expire_date__gt=timezone.now())
            if session.get_decoded().get(SESSION_KEY) == str(self.pk)
        ]
        Session.objects.filter(pk__in=own).delete()
