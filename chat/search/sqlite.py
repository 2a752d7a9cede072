"""The index of SQLite: FTS5 tables beside the words, read from the newest row on.

The one rule: every expression begins with the owner, and holds nothing but folded words in quotes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chat.search.query import Query, Term

MESSAGES = """
SELECT e.id FROM chat_message_words
CROSS JOIN chat_indexedmessage e ON e.id = chat_message_words.rowid
CROSS JOIN chat_conversation c ON c.id = e.conversation_id
WHERE chat_message_words MATCH %s AND chat_message_words.rowid >= %s
AND chat_message_words.rowid < %s AND e.user_id = %s AND c.deleted_at IS NULL
ORDER BY chat_message_words.rowid DESC LIMIT %s
"""
TITLES = """
SELECT e.conversation_id FROM chat_title_words
CROSS JOIN chat_indexedtitle e ON e.id = chat_title_words.rowid
CROSS JOIN chat_conversation c ON c.id = e.conversation_id
WHERE chat_title_words MATCH %s AND e.user_id = %s AND c.deleted_at IS NULL
ORDER BY chat_title_words.rowid DESC LIMIT %s
"""


def messages(query: Query, user_id: int) -> tuple[str, list[Any]]:
    """SQL without its bounds, and the parameters that come before them."""
    facts = [_phrase("facts", Term((f"has{kind}",))) for kind in query.has]
    facts += [_phrase("facts", term) for term in query.models]
    return MESSAGES, [_expression(user_id, query.terms, facts)]


def titles(query: Query, user_id: int) -> tuple[str, list[Any]]:
    return TITLES, [_expression(user_id, query.terms)]


def _expression(user_id: int, terms: Iterable[Term], facts: Iterable[str] = ()) -> str:
    phrases = [_phrase("body", term) for term in terms]
    return " AND ".join([f'owner : "u{user_id}"', *phrases, *facts])


def _phrase(column: str, term: Term) -> str:
    star = " *" if term.is_prefix else ""
    return f'{column} : "{" ".join(term.words)}"{star}'
