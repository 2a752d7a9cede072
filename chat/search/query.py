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
PLACES = ("title", "messages")

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
    place: str | None = None
    """`title` or `messages`; None is both."""
    after: datetime | None = None
    """Not before this moment."""
    before: datetime | None = None
    problems: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.terms or self.models or self.has or self.after or self.before)

    @property
    def is_for_titles(self) -> bool:
        return bool(self.terms) and self.place != "messages" and not (self.models or self.has)

    @property
    def is_for_messages(self) -> bool:
        return self.place != "title" and not self.is_empty


def parse(typed: str, *, zone: tzinfo) -> Query:
    """The query. The last bare word counts as a beginning until a space ends it."""
    typed = typed[:MOST_TYPED]
    terms: list[Term] = []
    models: list[Term] = []
    has: list[str] = []
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
            case "in" if value.lower().rstrip("s") in ("title", "message"):
                place = "title" if value.lower().startswith("title") else "messages"
            case "in":
                problems.append(f"in: is followed by {' or '.join(PLACES)}.")
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
        place=place,
        problems=tuple(dict.fromkeys(problems)),
        **moments,
    )


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
