"""A conversation as scenes, one a message, in the order in which they are played.

The one rule: scenes are drawn whole, so that they can be read where nothing plays; a player takes
them apart with the tracks whose addresses they carry. Whoever shows them says where those are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from chat import thread
from chat.models import Turn
from chat.models.message import path_ids
from chat.replays.timings import Timing, timing
from chat.thread import Item, PartView

MESSAGES = 400
WINDOWS = 12
"""A window of the thread is about a MiB at most; so much is drawn for one reel."""

UNFINISHED = "unfinished"
"""The state of an answer that was being written when its scene was drawn: as far as it had come."""

Address = Callable[[Item], str]


@dataclass(frozen=True, slots=True)
class Scene:
    """One message. What a person said has no timing: it is there at once."""

    pk: int
    parts: tuple[PartView, ...]
    characters: int = 0
    timing: Timing | None = None
    track: str = ""
    model: str = ""
    state: str = "completed"
    failure: str = ""
    figures: Sequence[tuple[str, str]] = ()
    receipt: str = ""
    """Where its receipt is; empty where none is shown."""
    said_at: datetime | None = None

    @property
    def is_answer(self) -> bool:
        return self.timing is not None

    @property
    def has_no_times(self) -> bool:
        return self.timing is not None and not self.timing.is_recorded

    @property
    def left_out_seconds(self) -> float:
        return round(self.timing.left_out_ms / 1000, 1) if self.timing else 0


@dataclass(frozen=True, slots=True)
class Reel:
    scenes: tuple[Scene, ...]
    earlier: int = 0
    later: int = 0
    """Messages of the path that this reel leaves out."""

    @property
    def first(self) -> int | None:
        return self.scenes[0].pk if self.scenes else None

    @property
    def last(self) -> int | None:
        return self.scenes[-1].pk if self.scenes else None


def reel(
    leaf: int | None, *, begin: int | None = None, track: Address, receipt: Address | None = None
) -> Reel:
    """The path to `leaf`, or as much of it as one reel holds: then from the question of `begin`."""
    ids = path_ids(leaf)
    if not ids:
        return Reel(())
    at = ids.index(begin) if begin in ids and len(ids) > MESSAGES else 0
    start = max(0, at - 1)
    items = list(thread.items_after(ids[start : start + 2][-1], ids[start - 1] if start else None))
    later = len(ids) - start - len(items)
    for _ in range(WINDOWS):
        if not later or len(items) >= MESSAGES:
            break
        window = thread.window(leaf, after=items[-1].message.pk)
        items += window.items
        later = window.later
    return Reel(scenes(items, track=track, receipt=receipt), start, later)


def scenes(
    items: Iterable[Item], *, track: Address, receipt: Address | None = None
) -> tuple[Scene, ...]:
    items = tuple(items)
    pks = [item.message.pk for item in items if item.is_assistant]
    rows = Turn.objects.filter(answer__in=pks).values_list("answer_id", "timeline")
    timelines = dict(rows)
    return tuple(
        _scene(item, timelines.get(item.message.pk, []), track=track, receipt=receipt)
        for item in items
    )


def _scene(
    item: Item, timeline: list[list[int]], *, track: Address, receipt: Address | None
) -> Scene:
    message, turn = item.message, item.turn
    if not item.is_assistant:
        return Scene(message.pk, item.parts, characters=len(message.text))
    return Scene(
        message.pk,
        item.parts,
        timing=timing(message.parts, timeline),
        track=track(item),
        model=item.model_label,
        state=UNFINISHED if turn and turn.is_unfinished else item.state,
        failure=(turn.failure or {}).get("message", "") if turn else "",
        figures=item.figures if receipt else (),
        receipt=receipt(item) if receipt and turn else "",
        said_at=message.created_at,
    )
