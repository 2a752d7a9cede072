"""Folders and tags: the names under which a person keeps conversations. One is in at most one
folder and has any number of tags.

The one rule: they belong to a person and reach conversations only that this person began and sees;
whoever deletes a name deletes no conversation.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models, transaction

from chat.models.conversation import Conversation
from chat.models.parts import storable
from chat.models.user import User

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import ManyRelatedManager, RelatedManager


class Refused(Exception):
    """The name cannot be had; the message says why, in words for the person."""


class Colour(models.TextChoices):
    RED = "red", "Red"
    AMBER = "amber", "Amber"
    GREEN = "green", "Green"
    BLUE = "blue", "Blue"
    VIOLET = "violet", "Violet"


class Label(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="%(class)ss"
    )
    name = models.CharField(max_length=100)
    key = models.CharField(max_length=400, editable=False)
    """The name as names are compared: Work and WORK are one."""
    colour = models.CharField(max_length=6, choices=Colour.choices, blank=True)

    class Meta:
        abstract = True
        ordering = ["key", "pk"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="%(class)s_name")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    @transaction.atomic
    def make(cls, user: User, name: str, *, colour: str = "") -> Self:
        """A new one. Raise `Refused`."""
        name, key = _checked(cls, user, name)
        if cls.of(user).count() >= settings.LIMITS.labels:
            raise Refused(f"There are {settings.LIMITS.labels} of them already: that is the limit.")
        return cls._default_manager.create(user=user, name=name, key=key, colour=colour)

    @classmethod
    def obtain(cls, user: User, name: str) -> Self:
        """The one of that name, made if need be. Raise `Refused`."""
        found = cls.of(user).filter(key=key_of(name)).first()
        return found or cls.make(user, name)

    @classmethod
    def of(cls, user: User) -> models.QuerySet[Self]:
        return cls._default_manager.filter(user=user)

    @transaction.atomic
    def change(self, *, name: str, colour: str) -> None:
        """Raise `Refused`."""
        self.name, self.key = _checked(type(self), self.user, name, besides=self.pk)
        self.colour = colour
        self.save(update_fields=["name", "key", "colour"])


class Folder(Label):
    if TYPE_CHECKING:
        conversations: RelatedManager[Conversation]

    @classmethod
    @transaction.atomic
    def move(
        cls, user: User, places: Mapping[uuid.UUID, Folder | None]
    ) -> dict[Conversation, int | None]:
        """Put conversations of `user` each into its folder, or into none. Returns those that were
        elsewhere, with the folders that they come from."""
        rows = user.begun_conversations.filter(pk__in=list(places)).order_by("pk")
        moved = {row: row.folder_id for row in rows if row.folder_id != _pk(places[row.pk])}
        for row in moved:
            row.folder = places[row.pk]
        Conversation.objects.bulk_update(moved, ["folder"])
        return moved


class Tag(Label):
    if TYPE_CHECKING:
        conversations: ManyRelatedManager[Conversation, models.Model]

    @transaction.atomic
    def put_on(self, pks: Iterable[uuid.UUID]) -> list[Conversation]:
        """Returns those that did not have it. Raise `Refused`, and change nothing."""
        own = self.user.begun_conversations.filter(pk__in=list(pks))
        rows = own.exclude(pk__in=self.conversations.values("pk")).annotate(
            count=models.Count("tags")
        )
        most = settings.LIMITS.tags_per_conversation
        if row := rows.filter(count__gte=most).first():
            raise Refused(f"“{row}” has {most} tags already: that is the limit.")
        without: list[Conversation] = list(rows)
        self.conversations.add(*without)
        return without

    @classmethod
    @transaction.atomic
    def put_all(cls, conversation: Conversation, user: User, tags: Iterable[Tag]) -> None:
        """These and no others of `user` are on it. Raise `Refused`."""
        chosen = set(tags)
        most = settings.LIMITS.tags_per_conversation
        if len(chosen) > most:
            raise Refused(f"These are {len(chosen)} tags; a conversation has {most} at most.")
        conversation.tags.remove(
            *conversation.tags.filter(user=user).exclude(pk__in=[row.pk for row in chosen])
        )
        conversation.tags.add(*chosen)

    @transaction.atomic
    def take_off(self, pks: Iterable[uuid.UUID]) -> list[Conversation]:
        """Returns those that had it."""
        rows = list(self.user.begun_conversations.filter(pk__in=list(pks), tags=self))
        self.conversations.remove(*rows)
        return rows


def key_of(name: str) -> str:
    folded = unicodedata.normalize("NFKC", " ".join(name.split())).casefold()
    # Folding can bring back what NFKC had put together.
    return unicodedata.normalize("NFKC", folded)[:400]


def _checked(
    kind: type[Label], user: User, name: str, *, besides: int | None = None
) -> tuple[str, str]:
    """The name as it is kept, and its key. The person's row is locked, so that of two windows that
    give the same name at once the second hears of it in words."""
    name = " ".join("".join(filter(_is_shown, storable(name))).split())
    word = kind._meta.verbose_name
    if not any(char.isalnum() or unicodedata.category(char)[0] == "S" for char in name):
        raise Refused(f"A {word} needs a name with a letter, a number or a sign in it.")
    if len(name) > settings.LIMITS.label_characters:
        most = settings.LIMITS.label_characters
        raise Refused(f"The name has {len(name)} characters; a {word}'s has {most} at most.")
    User.objects.select_for_update().get(pk=user.pk)
    key = key_of(name)
    if there := kind.of(user).filter(key=key).exclude(pk=besides).first():
        raise Refused(f"There is a {word} “{there}” already.")
    return name, key


def _is_shown(char: str) -> bool:
    """No controls, nor what turns the writing around; joiners stay, for the signs they make."""
    if char in "\u200c\u200d\n\t":
        return True
    return char != "\ufffd" and unicodedata.category(char) not in ("Cc", "Cf", "Cs")


def _pk(row: models.Model | None) -> int | None:
    return row.pk if row else None
