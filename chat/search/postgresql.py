"""The index of PostgreSQL: a generated column of words, in one GIN index with the owner.

The one rule: what is looked for is given as a parameter, and holds nothing but folded words.

What the planner guesses about words is far off now and then, and then it reads half a million rows.
So it is not asked: the newest rows are read first, which finds what is frequent, and only then the
index is, which finds what is rare.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from chat.search.query import Query, Term, fact_terms
from chat.search.scope import Scope

_END = (1 << 63) - 1
NEWEST = {"chat_indexedmessage": 5_000, "chat_indexedtitle": 500}
"""So many rows are read before the index is asked: what is in one of two hundred is there."""
_PLAN = "SET LOCAL jit = off; SET LOCAL enable_seqscan = off"

# A subquery in place of a join: it is asked row by row, and no further than the page goes.
_SEEN = "(SELECT true FROM chat_conversation c WHERE c.id = e.conversation_id AND {conditions})"
RECENT = """
SELECT e.{shown} FROM (
    SELECT * FROM {table} WHERE user_id = %s AND id >= %s AND id < %s ORDER BY id DESC LIMIT %s
) e WHERE {words} AND {seen} ORDER BY e.id DESC LIMIT %s
"""
# GIN compares numbers of one size only: without the cast it would not look at the owner.
ALL = """
WITH hits AS MATERIALIZED (
    SELECT {columns} FROM {table} e WHERE {pairs} {words} AND e.user_id = %s::bigint
)
SELECT e.{shown} FROM (
    SELECT * FROM hits WHERE id >= %s AND id < %s ORDER BY id DESC
) e WHERE {seen} ORDER BY e.id DESC LIMIT %s
"""


def messages(query: Query, scope: Scope, *, first: int, end: int, count: int) -> list[int]:
    """Ids from `first` up to `end`, the newest first."""
    bounds = (first, end, count)
    found = _found("chat_indexedmessage", query.terms, fact_terms(query), scope, bounds)
    return sorted(found, reverse=True)[:count]


def titles(query: Query, scope: Scope, *, count: int) -> list[Any]:
    """Ids of conversations, those with the newest rows first."""
    return _found("chat_indexedtitle", query.terms, [], scope, (0, _END, count))


@transaction.atomic
def _found(
    table: str,
    terms: Sequence[Term],
    facts: Sequence[Term],
    scope: Scope,
    bounds: tuple[int, int, int],
) -> list[Any]:
    """Of each owner up to so many as the last of `bounds` says."""
    words, looked_for = _words(terms, facts)
    pairs, paired = _pairs(terms) if table == "chat_indexedmessage" else ("", [])
    conditions, parameters = scope.conditions()
    first, end, count = bounds
    is_title = table == "chat_indexedtitle"
    names = {
        "table": table,
        "words": words,
        "seen": _SEEN.format(conditions=conditions),
        "shown": "conversation_id" if is_title else "id",
        "columns": "id, conversation_id" if is_title else "id, conversation_id, message_id",
    }
    found: list[Any] = []
    with connection.cursor() as cursor:
        cursor.execute(_PLAN)
        for owner in scope.owners:
            newest = NEWEST[table] if looked_for else _END
            values = [owner, first, end, newest, *looked_for, *parameters, count]
            cursor.execute(RECENT.format(**names), values)
            rows = cursor.fetchall()
            if len(rows) < count and looked_for:
                values = [*paired, *looked_for, owner, first, end, *parameters, count]
                cursor.execute(ALL.format(pairs=pairs, **names), values)
                rows = cursor.fetchall()
            found += [pk for (pk,) in rows]
    return found


def _words(terms: Sequence[Term], facts: Sequence[Term]) -> tuple[str, list[Any]]:
    """A condition on `e`, and what it looks for."""
    conditions: list[str] = []
    parameters: list[Any] = []
    for column, looked_for in (("body_words", terms), ("facts_words", facts)):
        if looked_for:
            conditions.append(f"e.{column} @@ to_tsquery('simple', %s)")
            parameters.append(" & ".join(_phrase(term) for term in looked_for))
    return " AND ".join(conditions) or "true", parameters


def _pairs(terms: Sequence[Term]) -> tuple[str, list[Any]]:
    """Neighbours of the phrases. The index does not know where words stand, only which do together;
    without this it would read every message that has all words of a phrase somewhere."""
    whole = [term.words[:-1] if term.is_prefix else term.words for term in terms]
    phrases = [" ".join(words) for words in whole if len(words) > 1]
    return "chat_word_pairs(e.body) @> chat_word_pairs(%s) AND " * len(phrases), phrases


def _phrase(term: Term) -> str:
    star = ":*" if term.is_prefix else ""
    return "(" + " <-> ".join(f"'{word}'" for word in term.words) + star + ")"
