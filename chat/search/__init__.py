"""Everything a person may see, found by its words: titles first, then messages, newest first.

The one rule: an index only names rows. What is shown is read through the person, so that an index
that is behind can leave something out but never show what is deleted or somebody else's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any, Protocol

from django.db import connection

from chat.models import Conversation, IndexedMessage, Message, User
from chat.models.search_index import first_id, text_of
from chat.search import postgresql, sqlite
from chat.search.excerpts import Piece, excerpt
from chat.search.query import Query, Term, fact_terms, parse
from chat.search.scanning import with_terms
from chat.search.scope import Scope, scope_of
from chat.search.spelling import suggest

PAGE = 20
MOST_TITLES = 8
MOST_LISTED = 100
"""Conversations that are listed for filters without words."""
SUGGESTED_FROM = 30
"""Messages whose words are looked at for another spelling."""
TITLES_LOOKED_AT = 200
"""Of so many titles with the words, the newest, those are shown where something was said last."""
_LAST_ID = (1 << 63) - 1


class Engine(Protocol):
    """What a database has to say: ids of messages, and of conversations by their titles."""

    def messages(
        self, query: Query, scope: Scope, *, first: int, end: int, count: int
    ) -> list[int]: ...

    def titles(self, query: Query, scope: Scope, *, count: int) -> list[Any]: ...


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
    instead: str | None = None
    """What was typed, spelt as something is that can be found."""

    @property
    def is_nothing(self) -> bool:
        return not (self.titles or self.messages)


def parse_place(text: str) -> int | None:
    """Where a page begins, as it stands in an address. What makes no sense is the beginning."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def find(user: User, typed: str, *, zone: tzinfo, before: int | None = None) -> Found:
    """A page of what `user` may see. Titles are on the first page only."""
    query = parse(typed, zone=zone)
    scope = scope_of(user, query)
    query = replace(query, problems=query.problems + scope.problems)
    if scope.problems:
        # A name that is nobody's leaves nothing; everything would be a wrong answer.
        return Found(typed, query)
    titles = _titles(scope, query) if query.is_for_titles and before is None else ()
    ids = _message_ids(scope, query, before=before) if query.is_for_messages else []
    last = ids[PAGE - 1] if len(ids) > PAGE else None
    messages = _messages(scope, query, ids[:PAGE], zone=zone)
    is_lost = before is None and not (titles or messages)
    return Found(
        typed,
        query,
        titles=titles,
        messages=messages,
        before=before,
        next=last,
        instead=_instead(scope, typed, query, zone=zone) if is_lost else None,
    )


def _instead(scope: Scope, typed: str, query: Query, *, zone: tzinfo) -> str | None:
    """Another spelling, if it finds a message."""
    other = suggest(typed, query, _bodies(scope))
    if other and _message_ids(scope, parse(other, zone=zone), before=None):
        return other
    return None


def _titles(scope: Scope, query: Query) -> tuple[FoundTitle, ...]:
    rows = scope.conversations.order_by("-active_at", "-id")
    if query.terms and scope.is_narrowed:
        rows = with_terms(rows, "indexed_title__body", query.terms)
    elif query.terms:
        rows = rows.filter(pk__in=_engine().titles(query, scope, count=TITLES_LOOKED_AT))
    if query.after:
        rows = rows.filter(active_at__gte=query.after)
    if query.before:
        rows = rows.filter(active_at__lt=query.before)
    most = MOST_TITLES if query.is_for_messages else MOST_LISTED
    return tuple(FoundTitle(row, excerpt(row.title, query.terms)) for row in rows[:most])


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y}"


def _message_ids(scope: Scope, query: Query, *, before: int | None) -> list[int]:
    first = _id(query.after, 0)
    end = min(_id(query.before, _LAST_ID), _LAST_ID if before is None else before)
    few = scope.few_messages if scope.is_narrowed else None
    if few is None:
        return _engine().messages(query, scope, first=first, end=end, count=PAGE + 1)
    rows = few.filter(pk__gte=first, pk__lt=end).order_by("-pk")
    rows = with_terms(rows, "body", query.terms)
    rows = with_terms(rows, "facts", fact_terms(query))
    return list(rows.values_list("pk", flat=True)[: PAGE + 1])


def _id(moment: datetime | None, default: int) -> int:
    return min(max(first_id(moment), 0), _LAST_ID) if moment else default


def _messages(
    scope: Scope, query: Query, ids: list[int], *, zone: tzinfo
) -> tuple[FoundMessage, ...]:
    rows = IndexedMessage.objects.filter(pk__in=ids).select_related("message", "conversation")
    # Asked for these few: as a subquery SQLite would list all that the person may see.
    visible = scope.user.visible_conversations.filter(pk__in={row.conversation_id for row in rows})
    seen = set(visible.values_list("pk", flat=True))
    return tuple(
        FoundMessage(
            row.message,
            row.conversation,
            excerpt(text_of(row.message.parts), query.terms),
            day=_day(row.message.created_at.astimezone(zone)),
        )
        for row in sorted(rows, key=lambda row: row.pk, reverse=True)
        if row.conversation_id in seen
    )


def _bodies(scope: Scope) -> Callable[[Term], list[str]]:
    """Words of the newest messages with that term, anywhere in what the person may see."""

    def bodies(term: Term) -> list[str]:
        everywhere = replace(scope, states=(), tags=(), folders=(), named_teams=())
        ids = _engine().messages(
            Query(terms=(term,)), everywhere, first=0, end=_LAST_ID, count=SUGGESTED_FROM
        )
        rows = IndexedMessage.objects.filter(pk__in=ids)
        return list(rows.values_list("body", flat=True))

    return bodies


def _engine() -> Engine:
    return postgresql if connection.vendor == "postgresql" else sqlite
