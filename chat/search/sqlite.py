"""The index of SQLite: FTS5 tables beside the words, read from the newest row on.

The one rule: every expression begins with the owners, and holds nothing but folded words in quotes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection

from chat.search.query import Query, Term, fact_terms
from chat.search.scope import Scope

MESSAGES = """
SELECT e.id FROM chat_message_words
CROSS JOIN chat_indexedmessage e ON e.id = chat_message_words.rowid
CROSS JOIN chat_conversation c ON c.id = e.conversation_id
WHERE chat_message_words MATCH %s AND chat_message_words.rowid >= %s
AND chat_message_words.rowid < %s AND {conditions}
ORDER BY chat_message_words.rowid DESC LIMIT %s
"""
TITLES = """
SELECT e.conversation_id FROM chat_title_words
CROSS JOIN chat_indexedtitle e ON e.id = chat_title_words.rowid
CROSS JOIN chat_conversation c ON c.id = e.conversation_id
WHERE chat_title_words MATCH %s AND {conditions}
ORDER BY chat_title_words.rowid DESC LIMIT %s
"""


def messages(query: Query, scope: Scope, *, first: int, end: int, count: int) -> list[int]:
    """Ids from `first` up to `end`, the newest first."""
    expression = _expression(scope, query.terms, fact_terms(query))
    conditions, parameters = scope.conditions()
    sql = MESSAGES.format(conditions=conditions)
    return _run(sql, [expression, first, end, *parameters, count])


def titles(query: Query, scope: Scope, *, count: int) -> list[str]:
    """Ids of conversations, those with the newest rows first."""
    conditions, parameters = scope.conditions()
    sql = TITLES.format(conditions=conditions)
    return _run(sql, [_expression(scope, query.terms), *parameters, count])


def _expression(scope: Scope, terms: Iterable[Term], facts: Iterable[Term] = ()) -> str:
    owners = " OR ".join(f'"u{pk}"' for pk in scope.owners)
    phrases = [_phrase("body", term) for term in terms]
    phrases += [_phrase("facts", term) for term in facts]
    return " AND ".join([f"owner : ({owners})", *phrases])


def _phrase(column: str, term: Term) -> str:
    star = " *" if term.is_prefix else ""
    return f'{column} : "{" ".join(term.words)}"{star}'


def _run(sql: str, parameters: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [pk for (pk,) in cursor.fetchall()]
