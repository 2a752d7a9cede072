"""A person who signs in. Everything that a person may see is reached through this row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import AbstractUser
from django.db import models

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from chat.models.conversation import Conversation
    from chat.models.turn import Turn


class User(AbstractUser):
    """`is_staff` makes an administrator: invites people, sees the settings."""

    first_name = None  # type: ignore[assignment]  # one name field serves every culture
    last_name = None  # type: ignore[assignment]
    name = models.CharField(max_length=150, blank=True)

    if TYPE_CHECKING:
        conversations: RelatedManager[Conversation]
        turns: RelatedManager[Turn]

    def __str__(self) -> str:
        return self.display_name

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
