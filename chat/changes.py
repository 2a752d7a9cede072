"""What is done to several conversations of the history at once, and what undoes it.

The one rule: a change says what it did to which, so that its undo touches nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from chat.models import Conversation, Folder, Tag, User
from chat.models.conversation import CHANGES
from chat.models.label import Refused

DONE: dict[str, tuple[str, str | None]] = {
    "pin": ("pinned", "unpin"),
    "unpin": ("no longer pinned", "pin"),
    "archive": ("in the archive", "retrieve"),
    "retrieve": ("back from the archive", "archive"),
    "delete": ("deleted", "restore"),
    "restore": ("back", None),
}
"""What is said when it is done, and what undoes it."""


class NotThere(Exception):
    """None of these is the person's, or no folder or tag of that number is."""


@dataclass(frozen=True, slots=True)
class Changed:
    """`undo` are the fields of a form that takes it back, in their order; empty if nothing does."""

    text: str
    undo: tuple[tuple[str, str], ...] = ()


def apply(
    user: User, change: str, pks: Sequence[UUID], *, folders: Sequence[str] = (), tag: str = ""
) -> Changed:
    """`folders`: the one for all, or one for each; an empty one is none. Raise `NotThere`."""
    if change in CHANGES:
        rows = Conversation.change(user, change, pks)
        if not rows:
            raise NotThere
        word, undo = DONE[change]
        named = [("conversation", str(row.pk)) for row in rows]
        undoing = (("change", undo), *named) if undo else ()
        return Changed(f"{_count(rows)} {word}.", undoing)
    if not user.begun_conversations.filter(pk__in=list(pks)).exists():
        raise NotThere
    if change == "move":
        return _move(user, pks, folders)
    if change in ("tag", "untag"):
        return _tag(user, change, pks, tag)
    raise NotThere


def _move(user: User, pks: Sequence[UUID], folders: Sequence[str]) -> Changed:
    if len(folders) == 1:
        folders = [*folders] * len(pks)
    if len(folders) != len(pks):
        return Changed("Pick the folder first.")
    known = _named(user, folders)
    places = dict(zip(pks, (known[number] for number in folders), strict=True))
    moved = Folder.move(user, places)
    if not moved:
        return Changed("They were there already." if len(pks) > 1 else "It was there already.")
    undo: list[tuple[str, str]] = [("change", "move")]
    for row, before in moved.items():
        undo += [("conversation", str(row.pk)), ("folder", str(before or ""))]
    targets = {places[row.pk] for row in moved}
    folder = targets.pop()
    if targets:
        return Changed(f"{_count(moved)} back in their folders.", tuple(undo))
    where = f"in “{folder}”" if folder else "in no folder"
    return Changed(f"{_count(moved)} {where}.", tuple(undo))


def _named(user: User, folders: Iterable[str]) -> Mapping[str, Folder | None]:
    numbers = {text for text in folders if text}
    if not all(text.isascii() and text.isdecimal() and len(text) < 19 for text in numbers):
        raise NotThere
    rows = {str(row.pk): row for row in user.folders.filter(pk__in=numbers)}
    if rows.keys() != numbers:
        raise NotThere
    return {**rows, "": None}


def _tag(user: User, change: str, pks: Sequence[UUID], number: str) -> Changed:
    if not number:
        return Changed("Pick the tag first.")
    is_number = number.isascii() and number.isdecimal() and len(number) < 19
    tag: Tag | None = user.tags.filter(pk=number).first() if is_number else None
    if tag is None:
        raise NotThere
    is_set = change == "tag"
    try:
        rows = tag.put_on(pks) if is_set else tag.take_off(pks)
    except Refused as refused:
        return Changed(str(refused))
    if not rows:
        return Changed(f"Nothing to do: the tag “{tag}” is {'' if is_set else 'not '}on them.")
    named = [("conversation", str(row.pk)) for row in rows]
    undo = (("change", "untag" if is_set else "tag"), ("tag", number), *named)
    return Changed(f"{_count(rows)} {'tagged' if is_set else 'no longer tagged'} “{tag}”.", undo)


def _count(rows: Iterable[Conversation]) -> str:
    count = len(list(rows))
    return "The conversation is" if count == 1 else f"{count} conversations are"
