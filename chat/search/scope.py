"""Where somebody looks: in whose index, and in which conversations the filters leave.

The one rule: folders, tags and teams are those of the person who looks, and nobody else's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from chat.models import Conversation, Folder, IndexedMessage, Message, Tag, Team, User
from chat.models.label import key_of
from chat.search.query import Query

MOST_SCANNED = 5_000
"""Of so many messages the words themselves are read, without an index."""


@dataclass(frozen=True, slots=True)
class Scope:
    user: User
    teams: tuple[UUID, ...]
    owners: tuple[int, ...]
    """Whose parts of the index: one's own, and theirs who began what is in a team."""
    states: tuple[str, ...]
    tags: tuple[tuple[int, ...], ...]
    """One of each group has to be on it."""
    folders: tuple[tuple[int, ...], ...]
    named_teams: tuple[tuple[UUID, ...], ...]
    problems: tuple[str, ...]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.states or self._is_named)

    @property
    def _is_named(self) -> bool:
        return bool(self.tags or self.folders or self.named_teams)

    @property
    def conversations(self) -> QuerySet[Conversation]:
        rows = self.user.visible_conversations
        for tags in self.tags:
            of_tags = Conversation.tags.through.objects.filter(tag__in=tags)
            rows = rows.filter(pk__in=of_tags.values("conversation"))
        for folders in self.folders:
            rows = rows.filter(folder__in=folders)
        for teams in self.named_teams:
            rows = rows.filter(team__in=teams)
        if "pinned" in self.states:
            rows = rows.exclude(pinned_at=None)
        if "archived" in self.states:
            rows = rows.exclude(archived_at=None)
        return rows

    @property
    def few_messages(self) -> QuerySet[IndexedMessage] | None:
        """All that the filters leave, if these are few enough to be read one by one."""
        rows = IndexedMessage.objects.all()
        if self._is_named or set(self.states) - {"starred"}:
            rows = rows.filter(conversation__in=self.conversations)
        if "starred" in self.states:
            visible = self.user.visible_conversations.filter(pk=OuterRef("conversation"))
            starred = Message.objects.exclude(starred_at=None).filter(Exists(visible))
            pks = list(starred.order_by()[: MOST_SCANNED + 1].values_list("pk", flat=True))
            if len(pks) > MOST_SCANNED:
                return None
            rows = rows.filter(message__in=pks)
        count = rows.order_by()[: MOST_SCANNED + 1].count()
        return rows if count <= MOST_SCANNED else None

    def conditions(self) -> tuple[str, list[Any]]:
        """The same as SQL: over `c`, a conversation, and `message_id` of `e`."""
        own = "c.user_id = %s AND c.team_id IS NULL"
        sql, parameters = [f"({own})"], [self.user.pk]
        if self.teams:
            sql = [f"({own} OR c.team_id IN ({_marks(self.teams)}))"]
            parameters += _prepared(self.teams)
        for tags in self.tags:
            sql.append(_TAGGED.format(_marks(tags)))
            parameters += tags
        for folders in self.folders:
            sql.append(f"c.folder_id IN ({_marks(folders)})")
            parameters += folders
        for teams in self.named_teams:
            sql.append(f"c.team_id IN ({_marks(teams)})")
            parameters += _prepared(teams)
        sql += [_STATES[state] for state in self.states]
        return " AND ".join(["c.deleted_at IS NULL", *sql]), parameters


_TAGGED = (
    "EXISTS (SELECT 1 FROM chat_conversation_tags t"
    " WHERE t.conversation_id = c.id AND t.tag_id IN ({}))"
)
_STATES = {
    "pinned": "c.pinned_at IS NOT NULL",
    "archived": "c.archived_at IS NOT NULL",
    "starred": (
        "EXISTS (SELECT 1 FROM chat_message m"
        " WHERE m.id = e.message_id AND m.starred_at IS NOT NULL)"
    ),
}


def scope_of(user: User, query: Query) -> Scope:
    names = dict(user.memberships.values_list("team", "team__name"))
    teams = tuple(names)
    others = Conversation.objects.filter(team__in=teams).exclude(user=user) if teams else None
    owners = [] if others is None else others.order_by().values_list("user", flat=True).distinct()
    problems: list[str] = []
    return Scope(
        user=user,
        teams=teams,
        owners=(user.pk, *owners),
        states=query.states,
        tags=tuple(_named(Tag, user, name, problems) for name in query.tags),
        folders=tuple(_named(Folder, user, name, problems) for name in query.folders),
        named_teams=tuple(_named_team(names, name, problems) for name in query.teams),
        problems=tuple(problems),
    )


def _named(
    kind: type[Folder] | type[Tag], user: User, name: str, problems: list[str]
) -> tuple[int, ...]:
    """The one of that name, else all whose names begin so."""
    key = key_of(name)
    rows = list(kind._default_manager.filter(user=user, key__startswith=key))
    if not rows:
        word = kind._meta.verbose_name
        problems.append(f"You have no {word} “{name[:60]}”.")
    exact = tuple(row.pk for row in rows if row.key == key)
    return exact or tuple(row.pk for row in rows)


def _named_team(names: dict[UUID, str], name: str, problems: list[str]) -> tuple[UUID, ...]:
    """As `_named`, of the teams that the person is in."""
    key = key_of(name)
    found = {pk: key_of(its) for pk, its in names.items() if key_of(its).startswith(key)}
    if not found:
        problems.append(f"You are in no team “{name[:60]}”.")
    return tuple(pk for pk, its in found.items() if its == key) or tuple(found)


def _prepared(teams: tuple[UUID, ...]) -> list[Any]:
    return [Team._meta.pk.get_db_prep_value(pk, connection) for pk in teams]


def _marks(values: tuple[Any, ...]) -> str:
    return ", ".join(["%s"] * len(values))
