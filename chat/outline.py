"""The whole tree of a conversation, short enough to read.

The one rule: what nests is another version, never a reply. A trunk goes on at its own level, along
the path that is shown or else where most was said; so a conversation of any length nests about as
deep as the logarithm of its messages, and what has no other versions folds into one line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Left

from chat.models import Conversation, Message
from chat.models.message import path_ids

SHORTEST_RUN = 3
"""Fewer messages stand for themselves."""
MOST_OPENED = 200
PREVIEW_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class Row:
    """A message, or with `hidden` a run of so many that begins with it."""

    pk: int
    role: str = ""
    preview: str = ""
    name: str = ""
    is_starred: bool = False
    is_current: bool = False
    """On the path that the conversation shows."""
    is_leaf: bool = False
    """Where that path ends."""
    hidden: int = 0
    version: int = 0
    """Its number among its siblings, from 1; 0 for a message without any."""
    below: int = 0
    """How many messages follow it, in all branches."""
    stars: int = 0
    """How many of those are starred."""
    rows: tuple[Row, ...] = ()

    @property
    def is_own(self) -> bool:
        return self.role == Message.Role.USER


@dataclass(slots=True)
class _Tree:
    messages: dict[int, tuple[Any, ...]]
    path: Sequence[int]
    children: dict[int | None, list[int]] = field(default_factory=lambda: defaultdict(list))
    sizes: dict[int, int] = field(default_factory=dict)
    stars: dict[int, int] = field(default_factory=dict)
    current: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        self.current = frozenset(self.path)
        for pk, (parent, *_) in self.messages.items():
            self.children[parent].append(pk)
        for pk in reversed(list(self._from_the_top())):
            below = self.children[pk]
            self.sizes[pk] = 1 + sum(self.sizes[child] for child in below)
            self.stars[pk] = self._is_starred(pk) + sum(self.stars[child] for child in below)

    def _from_the_top(self) -> Iterator[int]:
        waiting = list(self.children[None])
        while waiting:
            pk = waiting.pop()
            yield pk
            waiting += self.children[pk]

    def _is_starred(self, pk: int) -> bool:
        return self.messages[pk][3] is not None

    def siblings(self, pk: int) -> list[int]:
        return self.children[self.messages[pk][0]]

    def trunk(self, head: int) -> Iterator[int]:
        """From `head` along the path that is shown, or else where most was said."""
        at: int | None = head
        while at is not None:
            yield at
            below = self.children[at]
            at = max(below, key=lambda pk: (pk in self.current, self.sizes[pk], pk), default=None)

    def stands_out(self, pk: int) -> bool:
        has_versions = len(self.siblings(pk)) > 1
        return has_versions or bool(self.messages[pk][2]) or self._is_starred(pk)

    def row(self, pk: int, rows: tuple[Row, ...] = ()) -> Row:
        _, role, name, _ = self.messages[pk]
        siblings = self.siblings(pk)
        return Row(
            pk=pk,
            role=role,
            name=name,
            is_starred=self._is_starred(pk),
            is_current=pk in self.current,
            is_leaf=bool(self.path) and pk == self.path[-1],
            version=siblings.index(pk) + 1 if len(siblings) > 1 else 0,
            below=self.sizes[pk] - 1,
            stars=self.stars[pk] - self._is_starred(pk),
            rows=rows,
        )

    def rows(self, trunk: Sequence[int], *, opened: int | None) -> tuple[Row, ...]:
        """The lines of a trunk; beside a message its other versions, each with what follows it."""
        found: list[Row] = []
        run: list[int] = []
        for number, pk in enumerate(trunk):
            is_end = number in (0, len(trunk) - 1)
            if not is_end and not self.stands_out(pk):
                run.append(pk)
                continue
            found += self.folded(run, opened=opened)
            run = []
            others = [other for other in self.siblings(pk) if other != pk]
            found.append(self.row(pk, tuple(self.version(other, opened) for other in others)))
        return (*found, *self.folded(run, opened=opened))

    def version(self, head: int, opened: int | None) -> Row:
        trunk = list(self.trunk(head))[1:]
        return self.row(head, self.rows(trunk, opened=opened) if trunk else ())

    def folded(self, run: Sequence[int], *, opened: int | None = None) -> list[Row]:
        if len(run) < SHORTEST_RUN:
            return [self.row(pk) for pk in run]
        if opened != run[0]:
            return [replace(self.row(run[0]), hidden=len(run), below=0, stars=0)]
        rest = run[MOST_OPENED:]
        return [*(self.row(pk) for pk in run[:MOST_OPENED]), *self.folded(rest)]

    def run(self, first: int) -> list[int]:
        """The messages from `first` on that fold into one line."""
        found: list[int] = []
        for pk in self.trunk(first):
            if self.stands_out(pk) or not self.children[pk]:
                break
            found.append(pk)
        return found


def outline(conversation: Conversation, *, opened: int | None = None) -> tuple[Row, ...]:
    """All of it. `opened` is the first message of a run that is not folded."""
    tree = _read(conversation)
    roots = tree.children[None]
    if not roots:
        return ()
    head = max(roots, key=lambda pk: (pk in tree.current, tree.sizes[pk], pk))
    return _worded(tree.rows(list(tree.trunk(head)), opened=opened))


def opened(conversation: Conversation, first: int) -> tuple[Row, ...]:
    """The messages of the run that begins with `first`; a very long one goes on folded."""
    tree = _read(conversation)
    if first not in tree.messages:
        return ()
    return _worded(tree.folded(tree.run(first), opened=first))


def _read(conversation: Conversation) -> _Tree:
    lane = conversation.lanes.first()
    fields = ("pk", "parent", "role", "name", "starred_at")
    rows = conversation.messages.order_by("pk").values_list(*fields)
    return _Tree({pk: tuple(rest) for pk, *rest in rows}, path_ids(lane.leaf_id if lane else None))


def _worded(rows: Iterable[Row]) -> tuple[Row, ...]:
    """With the first words of each message, read for those alone that are shown."""
    rows = tuple(rows)
    pks = list(_pks(rows))
    pieces = {
        f"{name}{number}": Left(
            KeyTextTransform(name, KeyTransform(number, "parts")), PREVIEW_CHARACTERS
        )
        for number in (0, 1)
        for name in ("type", "text")
    }
    found = Message.objects.filter(pk__in=pks).values_list("pk", *pieces.values())
    words = {pk: _preview(*rest) for pk, *rest in found}
    return tuple(_with_words(row, words) for row in rows)


def _preview(
    kind: str | None, text: str | None, next_kind: str | None, next_text: str | None
) -> str:
    chosen = next_text if kind != "text" and next_kind == "text" else text
    return " ".join((chosen or "").split())


def _pks(rows: Iterable[Row]) -> Iterator[int]:
    for row in rows:
        if not row.hidden:
            yield row.pk
        yield from _pks(row.rows)


def _with_words(row: Row, words: dict[int, str]) -> Row:
    inner = tuple(_with_words(one, words) for one in row.rows)
    return replace(row, preview=words.get(row.pk, ""), rows=inner)
