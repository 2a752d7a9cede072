"""The folder and the tags of one conversation, as a form: what it has, what was picked and typed.

The one rule: all of it is kept or nothing, and what was typed stays in the form that was refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.conf import settings
from django.db import transaction
from django.http import QueryDict

from chat.models import Conversation, Folder, Tag, User
from chat.models.label import Refused


@dataclass(frozen=True, slots=True)
class Form:
    user: User
    conversation: Conversation
    folder: str = ""
    tags: frozenset[str] = frozenset()
    new_folder: str = ""
    new_tags: str = ""
    problem: str = ""

    @classmethod
    def of(cls, user: User, conversation: Conversation) -> Form:
        tags = conversation.tags.filter(user=user).values_list("pk", flat=True)
        return cls(
            user,
            conversation,
            folder=str(conversation.folder_id or ""),
            tags=frozenset(str(pk) for pk in tags),
        )

    @classmethod
    def parse(cls, user: User, conversation: Conversation, given: QueryDict) -> Form:
        return cls(
            user,
            conversation,
            folder=given.get("folder", ""),
            tags=frozenset(given.getlist("tag")[: settings.LIMITS.labels]),
            new_folder=given.get("new_folder", "")[:1000].strip(),
            new_tags=given.get("new_tags", "")[:2000].strip(),
        )

    @property
    def folders_to_pick(self) -> list[tuple[Folder, bool]]:
        return [(row, str(row.pk) == self.folder) for row in self.user.folders.all()]

    @property
    def tags_to_pick(self) -> list[tuple[Tag, bool]]:
        return [(row, str(row.pk) in self.tags) for row in self.user.tags.all()]


def file(form: Form) -> Form:
    """Do as the form says. With a `problem`, and nothing done, if a name is refused."""
    try:
        with transaction.atomic():
            _file(form)
    except Refused as refused:
        return replace(form, problem=str(refused))
    return form


def _file(form: Form) -> None:
    user, conversation = form.user, form.conversation
    # What was deleted in another window meanwhile is in no list any more, and so not asked for.
    folder = {str(row.pk): row for row in user.folders.all()}.get(form.folder)
    if form.new_folder:
        folder = Folder.obtain(user, form.new_folder)
    tags = [tag for tag, is_picked in form.tags_to_pick if is_picked]
    tags += [Tag.obtain(user, name) for name in form.new_tags.split(",") if name.strip()]
    Folder.move(user, {conversation.pk: folder})
    Tag.put_all(conversation, user, tags)
