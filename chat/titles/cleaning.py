"""What a model wrote, as a title; or nothing, if it is none.

The one rule: plain words on one line. What a model says is untrusted here as everywhere.
"""

from __future__ import annotations

import re
import unicodedata

from chat.models.words import words

MOST_WORDS = 6
MOST_CHARACTERS = 60
SHORTEST = 3
"""Letters of a word that can show what a title is about; where words have no spaces between them,
one is enough."""
_LABEL = re.compile(
    r"^(?:(?:the|a|chat|conversation)\s+)?(?:title|titel|titre|t[íi]tulo|titolo|заголовок|название"
    r"|标题|標題|タイトル|제목)\s*(?:is\b\s*:?|:|：|–|—|-)\s*",
    re.IGNORECASE,
)
_LEAD = re.compile(r"^(?:#{1,6}\s+|[-*+•>]\s+|\d{1,2}[.)]\s+)+")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_TAG = re.compile(r"<[^<>]{0,200}>")
_MARKS = re.compile(r"[*_`~]+")
_QUOTES = "\"'“”„«»‹›‘’「」『』《》"
_END = ".,:;!。，：；！、"
_REFUSAL = re.compile(
    r"^(?:i(?:['’]m| am)? (?:sorry|unable|cannot|can['’]t|not able|don['’]t|do not)"
    r"|i (?:cannot|can['’]t)|sorry\b|as an ai\b|unfortunately\b|here(?:['’]s| is)\b|sure\b)",
    re.IGNORECASE,
)


def cleaned(answer: str, about: str) -> str | None:
    """The title in `answer`, of a conversation that says `about`. None: it is empty, too long, a
    refusal, or about something else."""
    lines = [_line(line) for line in answer[:2000].splitlines()]
    told = [line for line in lines if line]
    # More than a line is no title but a talk about one.
    if len(told) != 1 or _REFUSAL.match(told[0]):
        return None
    title = told[0]
    if len(title) > MOST_CHARACTERS or len(title.split()) > MOST_WORDS:
        return None
    shared = set(words(title)) & set(words(about))
    return title if any(_is_telling(word) for word in shared) else None


def _line(text: str) -> str:
    text = "".join(char if _is_plain(char) else " " for char in text).strip()
    if text.startswith("```"):
        return ""
    text = _LEAD.sub("", _TAG.sub("", _LINK.sub(r"\1", text)))
    text = _MARKS.sub("", text).strip()
    text = _LABEL.sub("", text.strip(_QUOTES))
    return " ".join(text.strip(_QUOTES + " ").rstrip(_END).strip(_QUOTES + " ").split())


def _is_plain(char: str) -> bool:
    """Neither a control character nor one that turns the text around, which nobody would see."""
    return unicodedata.category(char)[0] != "C"


def _is_telling(word: str) -> bool:
    return len(word) >= SHORTEST or not word.isascii()
