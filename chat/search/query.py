"""What a person typed into the search field, as words, phrases, beginnings and filters.

The one rule: nothing that can be typed is an error. What makes no sense as a filter is said in
`problems`, in words for the person, and everything else is looked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from chat.models.words import words

MOST_TYPED = 1000
MOST_TERMS = 20
KINDS = ("code", "image", "file")
STATES = ("starred", "pinned", "archived")

_PIECE = re.compile(
    r'(?:(?P<name>[A-Za-z]+):)?(?:"(?P<phrase>[^"]*)(?:"|$)(?P<star>\*)?|(?P<bare>[^\s"]+))|"'
)
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand together in this order; of the last one perhaps only the beginning."""

    words: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    terms: tuple[Term, ...] = ()
    models: tuple[Term, ...] = ()
    has: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    """What the message (`starred`) or its conversation is."""
    tags: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    """Names, or how they begin, as they were typed."""
    place: str | None = None
    """`title` or `messages`; None is both."""
    after: datetime | None = None
    """Not before this moment."""
    before: datetime | None = None
    problems: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.terms or self._is_about_messages or self._is_about_conversations)

    @property
    def is_for_titles(self) -> bool:
        """Without words: all conversations that the filters leave, if they are about those."""
        if self.place == "messages" or self.models or self.has or "starred" in self.states:
            return False
        return bool(self.terms) or (self._is_about_conversations and not self.is_for_messages)

    @property
    def is_for_messages(self) -> bool:
        if self.place == "title":
            return False
        is_listed = self.place == "messages" and self._is_about_conversations
        return bool(self.terms) or self._is_about_messages or is_listed

    @property
    def _is_about_messages(self) -> bool:
        return bool(
            self.models or self.has or "starred" in self.states or self.after or self.before
        )

    @property
    def _is_about_conversations(self) -> bool:
        named = self.tags or self.folders or self.teams
        return bool(named or {"pinned", "archived"} & {*self.states})


def parse(typed: str, *, zone: tzinfo) -> Query:
    """The query. The last bare word counts as a beginning until a space ends it."""
    typed = typed[:MOST_TYPED]
    terms: list[Term] = []
    models: list[Term] = []
    has: list[str] = []
    states: list[str] = []
    tags: list[str] = []
    folders: list[str] = []
    teams: list[str] = []
    problems: list[str] = []
    place: str | None = None
    moments: dict[str, datetime] = {}
    for piece in _PIECE.finditer(typed):
        name = (piece["name"] or "").lower()
        value = piece["phrase"] if piece["phrase"] is not None else piece["bare"] or ""
        match name:
            case "model":
                models += _terms(value, is_prefix=True)
            case "has" if value.lower() in KINDS:
                has.append(value.lower())
            case "has":
                problems.append(f"has: is followed by one of {', '.join(KINDS)}.")
            case "is" if value.lower() in STATES:
                states.append(value.lower())
            case "is":
                problems.append(f"is: is followed by one of {', '.join(STATES)}.")
            case "in" if value.lower().rstrip("s") in ("title", "message"):
                place = "title" if value.lower().startswith("title") else "messages"
            case "in" | "folder" if value.strip():
                folders.append(value)
            case "in" | "folder":
                problems.append(f"{name}: is followed by the name of a folder.")
            case "tag" if value.strip():
                tags.append(value)
            case "tag":
                problems.append("tag: is followed by the name of a tag.")
            case "team" if value.strip():
                teams.append(value)
            case "team":
                problems.append("team: is followed by the name of a team.")
            case "before" | "after" if moment := _moment(value, zone):
                moments[name] = moment
            case "before" | "after":
                problems.append(f"{name}: is followed by a day, such as 2026-03-31.")
            case _:
                is_typing = piece["bare"] is not None and piece.end() == len(typed)
                is_prefix = bool(piece["star"]) or value.endswith("*") or is_typing
                # What looked like a filter is words: `https://…`, `Dear:all`.
                terms += _terms(f"{piece['name'] or ''} {value}", is_prefix=is_prefix)
    return Query(
        terms=tuple(dict.fromkeys(terms))[:MOST_TERMS],
        models=tuple(models)[:MOST_TERMS],
        has=tuple(dict.fromkeys(has)),
        states=tuple(dict.fromkeys(states)),
        tags=tuple(dict.fromkeys(tags))[:MOST_TERMS],
        folders=tuple(dict.fromkeys(folders))[:MOST_TERMS],
        teams=tuple(dict.fromkeys(teams))[:MOST_TERMS],
        place=place,
        problems=tuple(dict.fromkeys(problems)),
        **moments,
    )


def fact_terms(query: Query) -> list[Term]:
    """What is looked for among the facts of a message, see `IndexedMessage.facts`."""
    return [Term((f"has{kind}",)) for kind in query.has] + list(query.models)


def _terms(text: str, *, is_prefix: bool) -> list[Term]:
    found = tuple(words(text))
    # A single letter begins too many words to be worth looking for.
    is_prefix = is_prefix and len("".join(found)) > 1
    return [Term(found, is_prefix)] if found else []


def _moment(text: str, zone: tzinfo) -> datetime | None:
    """When a day, a month or a year begins where the person is."""
    found = _DAY.fullmatch(text)
    if not found:
        return None
    year, month, day = (int(number or 1) for number in found.groups())
    try:
        moment = datetime(year, month, day, tzinfo=zone)
        # The first and the last days of the calendar have no moment in some zones.
        moment - timedelta(days=2), moment + timedelta(days=2)
    except (ValueError, OverflowError):
        return None
    return moment
