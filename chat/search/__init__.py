"""Everything a person may see, found by its words: titles first, then messages, newest first.

The one rule: an index only names rows. What is shown is read through the person, so that an index
that is behind can leave something out but never show what is deleted or somebody else's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Protocol

from django.db import connection

from chat.models import Conversation, IndexedMessage, Message, User
from chat.models.search_index import first_id, text_of
from chat.search import postgresql, sqlite
from chat.search.excerpts import Piece, excerpt
from chat.search.query import Query, parse

PAGE = 20
MOST_TITLES = 8
TITLES_LOOKED_AT = 200
"""Of so many titles with the words, the newest, those are shown where something was said last."""
_LAST_ID = (1 << 63) - 1


class Engine(Protocol):
    """What a database has to say: SQL that yields ids, and its first parameters."""

    def messages(self, query: Query, user_id: int) -> tuple[str, list[Any]]:
        """To be followed by the least id, the end of the ids, the user and how many."""

    def titles(self, query: Query, user_id: int) -> tuple[str, list[Any]]:
        """To be followed by the user and how many."""


@dataclass(frozen=True, slots=True)
class FoundTitle:
    conversation: Conversation
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class FoundMessage:
    message: Message
    conversation: Conversation
    pieces: tuple[Piece, ...]
    day: str
    """When it was written, where the person is."""

    @property
    def is_own(self) -> bool:
        return self.message.role == Message.Role.USER

    @property
    def address(self) -> str:
        """Opens the branch, at the message."""
        pk = self.message.pk
        return f"{self.conversation.get_absolute_url()}?message={pk}#message-{pk}"


@dataclass(frozen=True, slots=True)
class Found:
    typed: str
    query: Query
    titles: tuple[FoundTitle, ...] = ()
    messages: tuple[FoundMessage, ...] = ()
    before: int | None = None
    next: int | None = None
    """The page after this one is `find(…, before=next)`."""

    @property
    def is_nothing(self) -> bool:
        return not (self.titles or self.messages)


def parse_place(text: str) -> int | None:
    """Where a page begins, as it stands in an address. What makes no sense is the beginning."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def find(user: User, typed: str, *, zone: tzinfo, before: int | None = None) -> Found:
    """A page of what `user` may see. Titles are on the first page only."""
    query = parse(typed, zone=zone)
    titles = _titles(user, query) if query.is_for_titles and before is None else ()
    ids = _message_ids(user, query, before=before) if query.is_for_messages else []
    last = ids[PAGE - 1] if len(ids) > PAGE else None
    found = _messages(user, query, ids[:PAGE], zone=zone)
    return Found(typed, query, titles=titles, messages=found, before=before, next=last)


def _titles(user: User, query: Query) -> tuple[FoundTitle, ...]:
    sql, parameters = _engine().titles(query, user.pk)
    pks = _run(sql, [*parameters, user.pk, TITLES_LOOKED_AT])
    rows = user.conversations.filter(pk__in=pks).order_by("-active_at", "-id")
    if query.after:
        rows = rows.filter(active_at__gte=query.after)
    if query.before:
        rows = rows.filter(active_at__lt=query.before)
    return tuple(FoundTitle(row, excerpt(row.title, query.terms)) for row in rows[:MOST_TITLES])


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y}"


def _message_ids(user: User, query: Query, *, before: int | None) -> list[int]:
    sql, parameters = _engine().messages(query, user.pk)
    end = min(_id(query.before, _LAST_ID), _LAST_ID if before is None else before)
    return _run(sql, [*parameters, _id(query.after, 0), end, user.pk, PAGE + 1])


def _id(moment: datetime | None, default: int) -> int:
    return min(max(first_id(moment), 0), _LAST_ID) if moment else default


def _messages(
    user: User, query: Query, ids: list[int], *, zone: tzinfo
) -> tuple[FoundMessage, ...]:
    rows = IndexedMessage.objects.filter(pk__in=ids, conversation__in=user.conversations.all())
    return tuple(
        FoundMessage(
            row.message,
            row.conversation,
            excerpt(text_of(row.message.parts), query.terms),
            day=_day(row.message.created_at.astimezone(zone)),
        )
        for row in rows.select_related("message", "conversation").order_by("-id")
    )


def _engine() -> Engine:
    return postgresql if connection.vendor == "postgresql" else sqlite


def _run(sql: str, parameters: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [pk for (pk,) in cursor.fetchall()]
