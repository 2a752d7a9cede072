"""A conversation is a tree of messages with an owner; a lane is one way down that tree."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from chat.models.search_index import IndexedTitle

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from chat.models.message import Message
    from chat.models.team import Team
    from chat.models.turn import Turn
    from chat.models.user import User

CHANGES = {
    "pin": {"pinned_at": True, "archived_at": False},
    "unpin": {"pinned_at": False},
    "archive": {"archived_at": True},
    "retrieve": {"archived_at": False},
    "delete": {"deleted_at": True},
    "restore": {"deleted_at": False},
}
"""What can be done to several at once: which moments it sets, and which it takes away."""


class KeptConversations(models.Manager["Conversation"]):
    """Leaves out what was deleted, so that no edge has to remember to."""

    def get_queryset(self) -> models.QuerySet[Conversation]:
        return super().get_queryset().filter(deleted_at=None)


class Conversation(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="conversations"
    )
    """Who began it, and whose it is unless it belongs to a team."""
    team = models.ForeignKey(
        "chat.Team",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="conversations",
    )
    folder = models.ForeignKey(
        "chat.Folder",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="conversations",
    )
    tags = models.ManyToManyField("chat.Tag", blank=True, related_name="conversations")
    guest = models.ForeignKey(
        "chat.Guest", on_delete=models.SET_NULL, null=True, blank=True, related_name="conversations"
    )
    """Who speaks in it on a demo of the user's."""
    title = models.CharField(max_length=200, blank=True)
    is_title_automatic = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    active_at = models.DateTimeField(default=timezone.now)
    """When something was last said: the order of the history."""
    pinned_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = KeptConversations()
    with_deleted: models.Manager[Conversation] = models.Manager()

    if TYPE_CHECKING:
        lanes: RelatedManager[Lane]
        messages: RelatedManager[Message]
        turns: RelatedManager[Turn]

    class Meta:
        base_manager_name = "with_deleted"
        indexes = [
            models.Index(
                fields=["user", "deleted_at", "archived_at", "pinned_at", "-active_at", "-id"],
                name="conversation_history",
            ),
            # What PostgreSQL seeks the list in: for it a column that IS NULL is no fixed one.
            models.Index(
                fields=["user", "-active_at", "-id"],
                name="conversation_newest",
                condition=models.Q(deleted_at=None, archived_at=None, pinned_at=None),
            ),
            models.Index(
                fields=["user", "deleted_at", "archived_at", "-created_at", "-id"],
                name="conversation_created",
            ),
            models.Index(fields=["team", "-active_at", "-id"], name="conversation_team"),
            models.Index(fields=["folder", "-active_at", "-id"], name="conversation_folder"),
        ]

    def __str__(self) -> str:
        return self.title or "New conversation"

    def get_absolute_url(self) -> str:
        return f"/c/{self.pk}/"

    @transaction.atomic
    def rename(self, title: str) -> None:
        self.title = " ".join(title.split())[: settings.LIMITS.title_characters]
        self.is_title_automatic = False
        self.save(update_fields=["title", "is_title_automatic"])
        IndexedTitle.put(self)

    @transaction.atomic
    def suggest(self, title: str) -> bool:
        """In place of the first words; what a person wrote stays. False: nothing has changed."""
        rows = Conversation.objects.filter(pk=self.pk, is_title_automatic=True)
        if not rows.exclude(title=title).update(title=title):
            return False
        self.title = title
        IndexedTitle.put(self)
        return True

    def give(self, team: Team) -> None:
        """To a team: its members see it, and its editors go on with it."""
        self.team = team
        self.save(update_fields=["team"])

    def take_back(self) -> None:
        """Whoever began it has it alone again."""
        self.team = None
        self.save(update_fields=["team"])

    def touch(self, *, title_from: str) -> None:
        """Something was said. A conversation without a title takes one from the first words, and
        one that was archived comes back."""
        self.active_at, self.archived_at = timezone.now(), None
        if not self.title and self.is_title_automatic:
            self.title = shorten(title_from)
            IndexedTitle.put(self)
        self.save(update_fields=["active_at", "archived_at", "title"])

    def delete_softly(self) -> None:
        """Gone from every list and URL at once; `restore` undoes it until it is purged."""
        self.deleted_at = timezone.now()
        self.save(update_fields=["deleted_at"])

    def restore(self) -> None:
        self.deleted_at = None
        self.save(update_fields=["deleted_at"])

    @classmethod
    def change(cls, user: User, change: str, pks: Iterable[uuid.UUID]) -> list[Conversation]:
        """Pin, archive or delete what `user` has of these, or undo that. Returns what changed."""
        moment = timezone.now()
        fields = CHANGES[change]
        rows = list(cls.with_deleted.filter(user.edits, pk__in=list(pks)).order_by("pk"))
        if change != "restore":
            rows = [row for row in rows if row.deleted_at is None]
        values = {name: moment if is_set else None for name, is_set in fields.items()}
        cls.with_deleted.filter(pk__in=[row.pk for row in rows]).update(**values)
        return rows

    @classmethod
    def purge_deleted(cls) -> int:
        """Remove for good what was deleted long enough ago. Returns how many."""
        cutoff = timezone.now() - timedelta(seconds=settings.LIMITS.deleted_kept)
        gone, _ = cls.with_deleted.filter(deleted_at__lt=cutoff).delete()
        return gone


def shorten(text: str, characters: int = 60) -> str:
    """The first words on one line, cut between words where there are any."""
    line = " ".join(text[:1000].split())
    if len(line) <= characters:
        return line
    head, _, _ = line[: characters + 1].rpartition(" ")
    return (head if len(head) > characters // 2 else line[:characters]) + "…"


class Lane(models.Model):
    """One column: a leaf of the tree, a model and parameters of its own."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="lanes")
    position = models.PositiveSmallIntegerField(default=0)
    leaf = models.ForeignKey(
        "chat.Message", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    model = models.CharField(max_length=300, blank=True)
    """`<endpoint>/<model id>`, as the model picker offers it."""
    parameters = models.JSONField(default=dict, blank=True)
    system = models.TextField(blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "position"], name="lane_position")
        ]

    def __str__(self) -> str:
        return f"lane {self.position} of {self.conversation_id}"

    def path(self) -> list[Message]:
        """From the first message to the leaf."""
        return self.leaf.path() if self.leaf else []

    def follow(self, message: Message) -> None:
        """Show the branch that runs through `message`, to where it was left."""
        self.leaf = message.latest_leaf()
        self.save(update_fields=["leaf"])
