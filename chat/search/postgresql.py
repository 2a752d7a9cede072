"""The index of PostgreSQL: a generated column of words, in one GIN index with the owner.

The one rule: what is looked for is given as a parameter, and holds nothing but folded words.
"""

from __future__ import annotations

from typing import Any

from chat.search.query import Query, Term

MESSAGES = """
SELECT e.id FROM chat_indexedmessage e JOIN chat_conversation c ON c.id = e.conversation_id
WHERE {words} e.id >= %s AND e.id < %s AND e.user_id = %s AND c.deleted_at IS NULL
ORDER BY e.id DESC LIMIT %s
"""
TITLES = """
SELECT e.conversation_id FROM chat_indexedtitle e
JOIN chat_conversation c ON c.id = e.conversation_id
WHERE {words} e.user_id = %s AND c.deleted_at IS NULL
ORDER BY e.id DESC LIMIT %s
"""


def messages(query: Query, user_id: int) -> tuple[str, list[Any]]:
    """SQL without its bounds, and the parameters that come before them."""
    del user_id  # stands among the bounds
    facts = [Term((f"has{kind}",)) for kind in query.has] + list(query.models)
    conditions: list[str] = []
    parameters: list[Any] = []
    for column, terms in (("body_words", query.terms), ("facts_words", facts)):
        if terms:
            conditions.append(f"e.{column} @@ to_tsquery('simple', %s) AND")
            parameters.append(" & ".join(_phrase(term) for term in terms))
    return MESSAGES.format(words=" ".join(conditions)), parameters


def titles(query: Query, user_id: int) -> tuple[str, list[Any]]:
    del user_id
    words = "e.body_words @@ to_tsquery('simple', %s) AND"
    return TITLES.format(words=words), [" & ".join(_phrase(term) for term in query.terms)]


def _phrase(term: Term) -> str:
    star = ":*" if term.is_prefix else ""
    return "(" + " <-> ".join(f"'{word}'" for word in term.words) + star + ")"
